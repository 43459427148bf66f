"""No space is left for the database: nothing is acknowledged, and all goes on when there is."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event
from sqlmodel import Session

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from storage import inbox
from storage.database import AWAY
from storage.inbox import Received
from storage.models import Inbound
from tests.conftest import TOKEN
from tests.faults.bots import Place, bots
from tests.faults.nemesis import postgres, small_disk
from tests.faults.people import Verdict, at_rest, come_to_rest, nothing_is_doubled, say, wait_for
from tests.steps import all_of

LONG = "x" * 4000
LARGE_ID = 2**60
MOST = 400  # messages after which a disk must be full
SMALL = 110  # megabytes: an empty PostgreSQL takes two thirds of them
Switch = Callable[[bool], None]


def sqlite(home: Path, times: int) -> Verdict:
    """An SQLite file that may not grow, so many times."""
    verdict = Verdict({"times full": times})
    with (
        serve(port=0, token=TOKEN) as server,
        bots(Place(server, home, hooked=False), 1) as house,
        bounded(house.engine) as full,
    ):
        _again_and_again(server, house, full, times, verdict)
    return verdict


@contextmanager
def bounded(engine: Engine) -> Iterator[Switch]:
    """What forbids the file to grow, or lets it."""
    pages = [2**30]

    def on_begin(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")  # type: ignore[attr-defined]

    event.listen(engine, "begin", on_begin)
    yield lambda is_full: pages.__setitem__(0, 1 if is_full else 2**30)
    event.remove(engine, "begin", on_begin)


def postgresql(home: Path, times: int) -> Verdict | None:
    """A PostgreSQL on a small disk that something else fills up; None where none can be mounted."""
    verdict = Verdict({"times full": times})
    with small_disk(home / "disk", SMALL) as mounted:
        if not mounted:
            return None
        with postgres(home / "disk") as database, serve(port=0, token=TOKEN) as server:
            place = Place(server, home, database.address, hooked=False)
            with bots(place, 1) as house:

                def switch(is_full: bool) -> None:
                    (fill if is_full else free)(home / "disk" / "filler")
                    if not is_full:
                        database.start()  # as whoever watches over services does

                _again_and_again(server, house, switch, times, verdict)
    return verdict


def fill(file: Path) -> None:
    """Take all the space that there is."""
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(64 * 1024))

        except OSError:
            os.truncate(file, filler.tell() // 4096 * 4096)


def free(file: Path) -> None:
    """Give it back."""
    file.unlink(missing_ok=True)


def _again_and_again(
    server: Server, house: House, full: Switch, times: int, verdict: Verdict
) -> None:
    phone, said = server.phones.add("Wayan"), 1
    say(phone, "/status")
    for _ in range(times):
        full(True)
        verdict.must(refuses(house), "there is space still")
        said += _until_nothing_goes_on(phone, server, house, verdict)
        replies = len(phone.chat.sent)
        verdict.must(not wait_for(lambda: at_rest(server, house), 1), "it went on without space")
        with server.state.condition:
            kept = len(server.state.updates.pending)
        stored = len(all_of(house, Inbound))
        verdict.must(stored + kept >= said, "acknowledged what is not stored")
        verdict.must(len(phone.chat.sent) == replies, "it answered without space")
        full(False)
        come_to_rest(server, house, verdict)
    verdict.figures["messages"] = said
    missing = said - len(phone.chat.sent)
    verdict.must(not missing, f"{missing} answers are missing (or too many)")
    nothing_is_doubled(house, verdict)


def refuses(house: House) -> bool:
    """Whether the database takes nothing that is large any more."""
    large = Received(LARGE_ID, 1, {"x": LONG * 50})
    try:
        with Session(house.engine) as db:  # never committed
            inbox.store(db, house.keys, [large], house.clock())
    except AWAY:
        return True
    return False


def _until_nothing_goes_on(phone: Phone, server: Server, house: House, verdict: Verdict) -> int:
    """Long messages until one is not served; how many."""
    for number in range(1, MOST):
        phone.send(LONG)
        if not wait_for(lambda: at_rest_or_away(server, house), 2):
            return number
    verdict.broken.append("the disk was never full")
    return MOST - 1


def at_rest_or_away(server: Server, house: House) -> bool:
    """Whether all is served; False where the database does not even say."""
    try:
        return at_rest(server, house)
    except Exception:
        return False
