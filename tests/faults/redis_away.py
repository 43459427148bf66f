"""Redis is flushed, restarted, held, full and absent while people sign up on two bots."""

import itertools
import time
from pathlib import Path

from bot.demo.server import serve
from tests.conftest import TOKEN
from tests.faults.bots import Place, bots
from tests.faults.nemesis import REDIS_FAULTS, redis_server
from tests.faults.people import Crowd, Verdict, come_to_rest


def play(database: str, home: Path, people: int, faults: int, every: float) -> Verdict:
    """So many faults, one every so many seconds, while so many people sign up at once."""
    verdict = Verdict({"people at once": people, "faults": faults})
    with serve(port=0, token=TOKEN) as server, redis_server(home / "redis") as redis:
        processes = faults > len(REDIS_FAULTS)
        place = Place(server, home, database, redis.url, processes=processes)
        with bots(place) as house:
            crowd = Crowd(server)
            crowd.sign_up()  # in calm
            with crowd.at_work(people):
                for kind in itertools.islice(itertools.cycle(REDIS_FAULTS), faults):
                    redis.strike(kind, every / 2)
                    time.sleep(every / 2)
            come_to_rest(server, house, verdict)
            crowd.check(house, verdict)
    verdict.figures["longest wait"] = f"{max(crowd.spans):.2f} s"
    return verdict
