"""The soak: the real application, people who walk through it, and a look at all that must hold."""

import asyncio
import logging
import re
import resource
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text
from sqlmodel import col, select

from bot import logs
from bot.application import Running
from bot.house import House
from conversations.model import Words
from rules.permissions import Role
from rules.programmes import for_village
from storage import own_card, registrations, staff
from storage.people import locked
from storage.database import transaction
from storage.models import Staff
from storage.staff import Invited
from tests.conftest import NeverWaits, opened, settings_for
from tests.places.village import with_seats
from tests.soak import invariants
from tests.soak.cast import EVERYBODY, Someone, named, signed_up
from tests.soak.invariants import Look, fingerprint
from tests.soak.raw import Json
from tests.soak.walker import OFFICES, Step, Walker
from tests.soak.wire import Wire
from tests.steps import Clock

SIZE = 18  # people who do something at once, offices apart
CHECK_EVERY, REPEAT_EVERY, APPOINT_EVERY = 25, 20, 40  # batches
AT_REST = 60.0  # seconds within which everything must be served
SEATS = {"denpasar": (2, 5), "gianyar": (2, 5)}
LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){15}")
EXAMPLES = ("5171 0312 0685 0001", "5171 0301 0101 0009")  # that the questions show
# Time that passes between two batches now and then, and how often.
PAUSES = (
    (timedelta(minutes=11), 6),
    (timedelta(hours=10), 3),
    (timedelta(days=2), 2),
    (timedelta(days=8), 1),
)
BUSY = text(
    "SELECT (SELECT count(*) FROM inbox WHERE update_id > :since AND (state = 'new' OR"
    " (state = 'done' AND sent_at IS NULL AND reply_sealed IS NOT NULL)))"
    " + (SELECT count(*) FROM outbox WHERE state = 'new' AND due_at <= :now)"
)


@dataclass
class Verdict:
    """What came of a soak. `reached` counts what was done, by the record."""

    database: str
    seed: int
    updates: int = 0
    faults: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    seconds: float = 0.0
    walker: float = 0.0  # seconds of work
    bot: float = 0.0
    reached: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        each = 1e6 / max(1, self.updates)
        return (
            f"{self.database}, seed {self.seed}: {self.updates:,} updates in {self.seconds:.0f} s; "
            f"{len(self.faults)} faults; an update costs the bot {self.bot * each:,.0f} us, "
            f"the walker {self.walker * each:,.0f} us; {_memory():.0f} MB"
        )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch(logging.Handler):
    """Reads the log as it would be written: an error is a fault, and so is anything personal."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.faults = faults
        self.setFormatter(logs.Redacting("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line."""
        line = self.format(record)
        if record.levelno >= logging.ERROR:
            self.faults.append(f"the log has an error: {line}")
        if LONG_NUMBER.search(line) or named(line):
            self.faults.append(f"the log holds something personal: {line}")


class Soak:
    """One walk over one database, up to so many updates or the first fault."""

    def __init__(self, house: House, verdict: Verdict, updates: int) -> None:
        self.clock = Clock()
        programmes = {key: with_seats(house.programmes[key], *caps) for key, caps in SEATS.items()}
        self.house = replace(house, clock=self.clock, programmes=programmes)
        self.verdict, self.most = verdict, updates
        self.wire = Wire(self._next, self._see)
        self.walker = Walker(verdict.seed, self.wire, lambda: self.clock.moment.date())
        self.look = Look(self.house, reading_aside(house.engine))
        self.leave = house.texts.html(Words("group.leave"), "id")
        self.stale = {house.texts.html(Words("turn.stale"), language) for language in ("id", "en")}
        self.last: deque[Json] = deque(maxlen=80)
        self._steps: list[Step] = []
        self._batches, self._since, self._spent = 0, 0, 0.0
        self._suspects: dict[tuple[int, str], str] = {}
        self._allowed: set[tuple[int, str]] = set()
        self._before: dict[str, object] | None = None
        self._began = self.clock.moment
        self._running: Running | None = None

    async def run(self, running: Running) -> None:
        """Let the application serve until the walk is over."""
        self._running = running
        self._appoint()
        self._sign_up(self.walker.people[::2])
        await running.run()

    # The walk, batch by batch, as Telegram hands it out.

    async def _next(self) -> list[Json]:
        """The next updates, once everything before is served and looked at."""
        rested = await self._rest()
        began = time.thread_time()
        try:
            if not rested:
                self._fault("the updates before are not served")
            self._judge()
            over = self.verdict.updates >= self.most
            if over or self._batches % CHECK_EVERY == 0:
                self._check(invariants.AT_THE_END if over else invariants.OFTEN)
            if over or self.verdict.faults:
                assert self._running is not None
                self._running.stop()
                return []
            return self._batch()
        finally:
            self._spent += time.thread_time() - began
            self.verdict.walker = self._spent + self.wire.spent

    def _batch(self) -> list[Json]:
        self._batches += 1
        self.wire.said.clear()
        self.walker.hand_on()
        if self._batches % REPEAT_EVERY == 0 and self.walker.past:
            # Nothing new: what is known already is delivered once more.
            self._steps, self._before = [], fingerprint(self.look.reading)
            return [step.update for step in self.walker.past]
        self._pass_time()
        if self._batches % APPOINT_EVERY == 0:
            self._appoint()
            self._allowed.clear()
        self._since = self.walker.updates
        self._steps = self.walker.batch(SIZE)
        self.verdict.updates += len(self._steps)
        raws = [step.update for step in self._steps]
        self.last.extend(raws)
        again = [raw for raw in raws if self.walker.chance.random() < 0.04]
        return raws + again

    def _pass_time(self) -> None:
        self.clock.push(seconds=3)
        if self.walker.chance.random() < 0.08:
            spans, weights = zip(*PAUSES, strict=True)
            (span,) = self.walker.chance.choices(spans, weights)
            self.clock.moment += span
            if span > timedelta(days=1):
                self.walker.past.clear()  # Telegram keeps none so long
        self._began = self.clock.moment

    async def _rest(self) -> bool:
        """Wait until every update is answered and every notice is sent."""
        pause, ends = 0.003 * len(self._steps), time.monotonic() + AT_REST
        while time.monotonic() < ends:
            await asyncio.sleep(pause)
            began = time.thread_time()
            with self.look.reading.connect() as connection:
                values = {"since": self._since, "now": self.clock.moment}
                busy = connection.execute(BUSY, values).scalar()
            self._spent += time.thread_time() - began
            if not busy:
                return True
            pause = min(0.1, max(pause, 0.005) * 1.3)
        return False

    def _appoint(self) -> None:
        """Every office has somebody: whom it lost is followed by somebody new."""
        with transaction(self.house.engine) as db:
            held = set(db.exec(select(Staff.person_id).where(col(Staff.ended_at).is_(None))))
        for at, (role, area) in enumerate(OFFICES):
            one = self.walker.offices[at]
            if one.id in held or one.todo:
                continue
            if one.sent:
                one = self.walker.offices[at] = self.walker.join(role, area)
            self._invite(one)

    def _sign_up(self, people: Sequence[Someone]) -> None:
        """These have signed up before the walk begins, so that the offices have work at once."""
        for one in people:
            programme = for_village(one.village, self.house.programmes)
            assert programme is not None
            new = signed_up(one, programme.key)
            with transaction(self.house.engine) as db:
                locked(db, one.id, self.clock())
                registrations.submit(db, self.house.keys, new, self.clock())

    def _invite(self, one: Someone) -> None:
        self.walker.knows[one.self.phone[3:]] = EVERYBODY
        with transaction(self.house.engine) as db:
            invited = Invited(one.village, one.self.phone, role=Role(one.role))
            token = staff.invite(db, self.house.keys, invited, self.clock())
            own_card.declare(db, self.house.keys, one.id, one.self.nik, one.self.kk)
        one.todo.extend((f"/start s_{token}", "(kontak)"))

    # What is looked at on the way.

    def _see(self, chat_id: int, said: str, method: str) -> None:
        """Somebody could read this."""
        if chat_id < 0 and said != self.leave:
            self._fault(f"a group was told: {said}")
        if any(found not in EXAMPLES for found in LONG_NUMBER.findall(said)):
            self._fault(f"a number in full was sent to {chat_id} by {method}: {said}")
        for mark in named(said):
            pair = (chat_id, mark)
            if chat_id not in self.walker.knows.get(mark, ()) and pair not in self._allowed:
                self._suspects[pair] = said

    def _judge(self) -> None:
        """What must hold after every batch."""
        for fault in self.wire.faults:
            self._fault(fault)
        self._judge_replies()
        for (reader, mark), said in self._suspects.items():
            authors = set(self.walker.knows.get(mark, ()))
            if not invariants.may_read(self.look, reader, authors, self._began):
                self._fault(f"{reader} was told of {mark}, whom only {authors} named: {said}")
            self._allowed.add((reader, mark))
        self._suspects.clear()
        if self._before is not None:
            after = fingerprint(self.look.reading)
            changed = [name for name, value in after.items() if self._before[name] != value]
            if changed or self.wire.said:
                self._fault(f"what was delivered twice had effects: {changed} {self.wire.said}")
            self._before = None

    def _judge_replies(self) -> None:
        """Whoever did something in private was answered, and a late press was told so."""
        wanted = Counter(step.by.id for step in self._steps if step.answered and step.by)
        for step in self._steps:
            one = step.by
            if one is None or not step.answered or one.blocked:
                continue
            said = self.wire.said[one.id]
            if len(said) < wanted[one.id]:
                self._fault(f"{one.id} did {wanted[one.id]} things and was told {said}")
            told = any(words in one_said for words in self.stale for one_said in said)
            if step.stale and wanted[one.id] == 1 and not told:
                self._fault(f"a press that counts no more was taken: {step.body} {said}")

    def _check(self, some: tuple[invariants.Invariant, ...]) -> None:
        for fault in invariants.broken(self.look, some, self._began):
            self._fault(fault)

    def _fault(self, what: str) -> None:
        self.verdict.faults.append(what)
        if not self.verdict.last:
            self.verdict.last = [str(raw) for raw in self.last]


def reading_aside(engine: Engine) -> Engine:
    """A second engine on the same database, that only reads and holds nobody up."""
    if engine.dialect.name == "sqlite":
        return create_engine(engine.url)
    url = make_url(engine.url.render_as_string(hide_password=False))
    return create_engine(url, isolation_level="AUTOCOMMIT")


@contextmanager
def watched(faults: list[str]) -> Iterator[None]:
    """Read the log while the block runs; it is written nowhere."""
    root, watch = logging.getLogger(), Watch(faults)
    before = (root.level, root.handlers[:])
    root.handlers[:], root.level = [watch], logging.WARNING
    try:
        yield
    finally:
        root.level, root.handlers[:] = before


def soak(
    home: Path, url: str, updates: int, seed: int, tell: Callable[[Verdict], None] = lambda _: None
) -> Verdict:
    """Walk over a database of its own; what came of it. `tell` hears of it every few seconds."""
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    verdict = Verdict(kind, seed)
    settings = settings_for(home, url)
    with opened(settings) as house, watched(verdict.faults):
        began, worked = time.monotonic(), time.process_time()
        walk = Soak(house, verdict, updates)
        running = Running(walk.house, settings, NeverWaits(), walk.wire)
        asyncio.run(_serve(walk, running, tell))
        verdict.seconds = time.monotonic() - began
        verdict.bot = time.process_time() - worked - verdict.walker
        with walk.look.reading.connect() as connection:
            done = connection.execute(text("SELECT action, count(*) FROM audit GROUP BY action"))
            verdict.reached.update({action: count for action, count in done})
        walk.look.reading.dispose()
    return verdict


async def _serve(walk: Soak, running: Running, tell: Callable[[Verdict], None]) -> None:
    async def progress() -> None:
        while True:
            await asyncio.sleep(5)
            tell(walk.verdict)

    telling = asyncio.create_task(progress())
    try:
        await walk.run(running)
    finally:
        telling.cancel()
