"""Redis goes and comes back while two bots send many notices within Telegram's limits."""

import time
from collections import Counter
from pathlib import Path

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from tests.conftest import TOKEN
from tests.faults.bots import Place, bots
from tests.faults.crowds import acquainted, tell
from tests.faults.nemesis import redis_server
from tests.faults.people import Verdict, come_to_rest, wait_for

EACH = 3  # notices to one person: as many as a chat takes at once


def play(database: str, home: Path, people: int, away: tuple[float, float]) -> Verdict:
    """Three notices each by two bots; Redis is away for so long, then there, again and again."""
    verdict = Verdict({"notices": people * EACH})
    with serve(port=0, token=TOKEN) as server, redis_server(home / "redis") as redis:
        place = Place(server, home, database, redis.url, limited=True, processes=people > 100)
        phones = acquainted(server, people)
        with bots(place) as house:
            server.state.limits.enforced = True
            for number in range(EACH):
                tell(house, phones, f"kabar {number}")
            for _ in range(max(1, people // 100)):
                half_a_second_of_notices(server)
                redis.stop()
                time.sleep(away[0])
                redis.start()
                time.sleep(away[1])
            come_to_rest(server, house, verdict, 30 + people)
    _counted(phones, verdict)
    limits = server.state.limits
    verdict.must(not limits.broken, f"limits broken {limits.broken} times")
    verdict.figures["most messages in any second"] = limits.most
    return verdict


def half_a_second_of_notices(server: Server) -> None:
    """Wait until so many more have gone out, from whichever bot."""
    enough = _sent(server) + 12
    wait_for(lambda: _sent(server) >= enough, 20)


def _sent(server: Server) -> int:
    with server.state.condition:
        return sum(call.ok and call.method == "sendMessage" for call in server.state.calls)


def _counted(phones: list[Phone], verdict: Verdict) -> None:
    """Each notice once, to each person in order."""
    wanted = tuple(f"kabar {number}" for number in range(EACH))
    heard = Counter(tuple(str(one.raw["text"]) for one in phone.chat.sent) for phone in phones)
    verdict.must(set(heard) == {wanted}, f"what people heard: {dict(heard)}")
