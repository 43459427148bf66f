"""A whole run: rounds over the four set-ups, several at a time, and the verdict."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.servers import postgresql
from tests.chaos import nemesis
from tests.chaos.bots import Mother, mother
from tests.chaos.checker import Findings, check
from tests.chaos.nemesis import Deeds
from tests.chaos.takeovers import takeovers
from tests.chaos.world import SETUPS, Setup, World, world

ROUND = 25  # kills or restarts in one world: then a new one begins
LONGEST_STOP = 10.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How much of everything; `people` at a time in one world, `at_once` worlds."""

    kills: int = 1000
    restarts: int = 50
    copies: int = 50
    starts: int = 20
    people: int = 4
    at_once: int = 4
    seed: int = 1


@dataclass(frozen=True)
class Round:
    """What one world goes through; `clock` is that of its bots."""

    setup: Setup
    seed: int
    people: int
    kills: int = 0
    copies: int = 0
    restarts: int = 0
    clock: str = ""

    def __str__(self) -> str:
        clock = ", clock jumps" if self.clock else ""
        return f"{self.setup}: {self.kills} kills, {self.restarts} restarts{clock}"


@dataclass(frozen=True)
class Machines:
    """A folder, the mother of the bots, and the address of a PostgreSQL server."""

    folder: Path
    mother: Mother
    postgresql: str


@dataclass
class Verdict:
    """All that was done and found."""

    deeds: Deeds = field(default_factory=Deeds)
    found: Findings = field(default_factory=Findings)
    points: dict[str, Counter[str]] = field(default_factory=dict)  # died at, by set-up
    most_twice: int = 0  # by each kill, of half of the people
    twice_by_restarts: int = 0
    takeovers: int = 0
    seconds: float = 0.0

    def add(self, one: Round, deeds: Deeds, found: Findings) -> None:
        """Take in a round."""
        self.deeds.add(deeds)
        self.found.add(found)
        self.points.setdefault(str(one.setup), Counter()).update(deeds.points)
        self.most_twice += one.kills * -(-one.people // 2)
        self.twice_by_restarts += 0 if one.kills else found.twice

    @property
    def wrong(self) -> list[str]:
        """Everything that may not be, but for what took too long."""
        twice, most = self.found.twice, self.most_twice
        often = [f"{twice} replies came twice, where {most} may"] if twice > most else []
        again = self.twice_by_restarts
        calm = [f"{again} replies came twice at a restart"] if again else []
        return [*self.found.wrong, *self.deeds.wrong, *often, *calm]

    @property
    def late(self) -> list[str]:
        """What took too long."""
        slow = self.deeds.slowest_stop
        return [f"a stop took {slow:.1f} s"] if slow > LONGEST_STOP else []

    def __str__(self) -> str:
        deeds, found = self.deeds, self.found
        return (
            f"{'wrong' if self.wrong + self.late else 'good'}: {deeds.kills} kills,"
            f" {deeds.restarts} restarts,"
            f" {found.people} people, {found.messages} messages: {len(found.lost)} lost,"
            f" {len(found.doubled)} doubled, {len(found.out_of_order)} out of order,"
            f" {len(found.other) + len(deeds.wrong)} other; {found.twice} replies sent twice,"
            f" {found.given_up} given up;"
            f" {deeds.copies} copies, {self.takeovers} takeovers;"
            f" slowest stop {deeds.slowest_stop:.1f} s; {self.seconds:.0f} s"
        )


def rounds(sizes: Sizes) -> Iterator[Round]:
    """The rounds of a run: those of the four set-ups by turns, every other pair by bad clocks."""
    chance = random.Random(sizes.seed)
    for kind, total in (("kills", sizes.kills), ("restarts", sizes.restarts)):
        number = -(-total // (ROUND * len(SETUPS))) * len(SETUPS)
        for place in range(number):
            size = total // number + (place < total % number)
            setup = SETUPS[place % len(SETUPS)]
            jumps = kind == "kills" and (place // len(SETUPS) + place) % 4 == 3
            copies = _copies(sizes, setup, place, number) if kind == "kills" else 0
            yield Round(
                setup,
                chance.getrandbits(32),
                sizes.people,
                copies=copies,
                clock="jumps" if jumps else "",
                **{kind: size},
            )


def _copies(sizes: Sizes, setup: Setup, place: int, number: int) -> int:
    """How many copies of the files this round makes: half of the rounds are on SQLite."""
    mine, half = place // len(SETUPS) * 2 + place % len(SETUPS), number // 2
    if setup.database != "sqlite":
        return 0
    return sizes.copies // half + (mine < sizes.copies % half)


def play(one: Round, machines: Machines, name: str) -> tuple[Deeds, Findings]:
    """Go through one round in a world of its own."""
    chance, place = random.Random(one.seed), (machines.folder / name, machines.postgresql)
    with world(one.setup, machines.mother, place, one.seed, one.people) as here:
        here.clock = one.clock
        deeds = _played(one, here, chance)
        deeds.add(nemesis.end(here, nemesis.PATIENCE * 2))
        found = check(here)
        # Those that were to die, and did not yet, are killed at the end.
        deeds.wrong += here.told.wrong(deeds.kills + len(here.bots), in_order=not one.clock)
        return deeds, found


def _played(one: Round, here: World, chance: random.Random) -> Deeds:
    if one.restarts:
        return nemesis.restart(here, one.restarts, chance)
    return nemesis.kill(here, one.kills, chance, one.copies)


@contextmanager
def own_machines() -> Iterator[Machines]:
    """All of it made anew, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="chaos") as name:
        folder = Path(name)
        (folder / "pg").mkdir(mode=0o700)
        with postgresql(folder / "pg") as address, mother(folder) as forks:
            yield Machines(folder, forks, address)


def run(sizes: Sizes, machines: Machines, say: Say) -> Verdict:
    """Everything, and the verdict."""
    verdict, begun = Verdict(), time.monotonic()

    def go(numbered: tuple[int, Round]) -> tuple[Round, Deeds, Findings]:
        number, one = numbered
        return one, *play(one, machines, str(number))

    with ThreadPoolExecutor(sizes.at_once) as pool:
        try:
            for one, deeds, found in pool.map(go, enumerate(rounds(sizes))):
                verdict.add(one, deeds, found)
                verdict.seconds = time.monotonic() - begun
                say(f"{one}; {found.twice} replies twice {found.wrong + deeds.wrong or ''}")
                say(f"  so far {verdict}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    verdict.deeds.wrong += takeovers(machines.mother, machines.folder / "takeovers", sizes.starts)
    verdict.takeovers = sizes.starts
    verdict.seconds = time.monotonic() - begun
    return verdict
