"""Two pollers on one SQLite file: the second ends with a clear word; later it may begin."""

from pathlib import Path

from bot.demo.server import Server, serve
from bot.starting import TAKEN
from tests.chaos.bots import RUNS, Bot, Mother
from tests.chaos.world import environment_of, wait_until
from tests.conftest import TOKEN, opened, settings_for


def takeovers(mother: Mother, folder: Path, starts: int) -> list[str]:
    """Start `lindung serve` beside one that runs, end that one, start again; what went wrong."""
    folder.mkdir()
    wrong: list[str] = []
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(folder, "", server)
        with opened(settings):
            pair = [Bot(mother, environment_of(settings), folder / f"{name}.log") for name in "ab"]
            pair[0].start(do="serve")
            wrong += [] if _polls(server, 0) else ["the first did not begin to poll"]
            for number in range(starts):
                wrong += _taken_over(server, pair[number % 2], pair[(number + 1) % 2], number)
            for one in pair:
                one.kill()
    return wrong


def _taken_over(server: Server, first: Bot, second: Bot, number: int) -> list[str]:
    """`second` is refused while `first` is there, and polls when it is gone."""
    second.start(do="serve")
    if second.wait(20) != 1 or not second.said().rstrip().endswith(TAKEN):
        second.kill()
        return [f"the second said {second.said()!r}"]
    polls = _count(server)
    ended = first.kill() if number % 4 < 2 else first.stop()[0]
    if ended == RUNS:
        return ["the first did not end"]
    second.start(do="serve")
    return [] if _polls(server, polls) else ["the next did not take over"]


def _count(server: Server) -> int:
    with server.state.condition:
        return server.state.updates.poller


def _polls(server: Server, before: int) -> bool:
    return wait_until(lambda: _count(server) > before, 20)
