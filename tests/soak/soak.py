"""The soak: the real application, and people who walk through it until something does not hold."""

import asyncio
import resource
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.application import Running
from bot.house import House
from tests.conftest import NeverWaits, opened, settings_for
from tests.places.village import with_seats
from tests.soak import invariants, village
from tests.soak.judge import Judge
from tests.soak.odd import ODD
from tests.soak.raw import Json
from tests.soak.verdict import Verdict, watched
from tests.soak.walker import Walker
from tests.soak.wire import Wire
from tests.steps import Clock

BUSY_SHARE = 9 / 16  # of the people, who do something at once; the offices come on top
CHECK_EVERY, REPEAT_EVERY, APPOINT_EVERY = 25, 20, 40  # batches
AT_REST = 300.0  # seconds within which everything must be served: after a week much is due at once
SEATS = {"denpasar": (1, 3), "gianyar": (1, 3)}  # few, so that they are raced for
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
    " + (SELECT count(*) FROM outbox WHERE state IN ('new', 'taken', 'sending')"
    "    AND due_at <= :now)"
    # Before updates are repeated nothing else may be about to happen.
    " + (SELECT count(*) FROM timer WHERE :repeating AND due_at <= :now)"
)


class Soak:
    """One walk over one database, up to so many updates or the first fault."""

    def __init__(self, house: House, verdict: Verdict, updates: int) -> None:
        self.clock = Clock()
        programmes = {key: with_seats(house.programmes[key], *caps) for key, caps in SEATS.items()}
        self.house = replace(house, clock=self.clock, programmes=programmes)
        self.verdict, self.most = verdict, updates
        self.wire = Wire(self._next, lambda *seen: self.judge.see(*seen))
        self.walker = Walker(
            verdict.seed, verdict.people, self.wire, lambda: self.clock.moment.date(), ODD
        )
        self.judge = Judge(self.house, verdict, self.wire, self.walker)
        self.reading = self.judge.look.reading.connect()
        self.running: Running | None = None
        self._last: deque[Json] = deque(maxlen=60)
        self._batches, self._size, self._since, self._spent = 0, 0, 0, 0.0
        self._began = self.clock.moment

    async def run(self, running: Running) -> None:
        """Let the application serve until the walk is over."""
        self.running = running
        village.appoint(self.house, self.walker)
        village.sign_up(self.house, self.walker.people[::2])
        await running.run()

    async def _next(self) -> list[Json]:
        """The next updates; an error of the walk itself ends it, for the bot would try again."""
        try:
            return await self._next_updates()
        except Exception:
            self.judge.fault(f"the walk itself fails: {traceback.format_exc()}", list(self._last))
            assert self.running is not None
            self.running.stop()
            return []

    async def _next_updates(self) -> list[Json]:
        """The next updates, once everything before is served and looked at."""
        is_served = await self._rest()
        began = time.thread_time()
        over = self.verdict.updates >= self.most
        faults = self._faults(over) + ([] if is_served else ["the updates before are not served"])
        for what in faults:
            self.judge.fault(what, list(self._last))
        raws = [] if over or self.verdict.faults else self._batch()
        if not raws and self.running:
            self.running.stop()
        self._spent += time.thread_time() - began
        self.verdict.walker = self._spent + self.wire.spent
        return raws

    async def _rest(self) -> bool:
        """Wait until every update is answered and every notice is sent."""
        repeating = (self._batches + 1) % REPEAT_EVERY == 0
        pause, ends = 0.003 * self._size, time.monotonic() + AT_REST
        while time.monotonic() < ends:
            await asyncio.sleep(pause)
            began = time.thread_time()
            values = {"since": self._since, "now": self.clock.moment, "repeating": repeating}
            busy = self.reading.execute(BUSY, values).scalar()
            self._spent += time.thread_time() - began
            if not busy:
                return True
            pause = min(0.1, max(pause, 0.005) * 1.3)
        return False

    def _faults(self, over: bool) -> list[str]:
        found = self.judge.after(self._began)
        if over or self._batches % CHECK_EVERY == 0:
            some = invariants.AT_THE_END if over else invariants.OFTEN
            found += invariants.broken(self.judge.look, some, self._began)
        return found

    def _batch(self) -> list[Json]:
        self._batches += 1
        self.wire.said.clear()
        self.walker.hand_on()
        if self._batches % REPEAT_EVERY == 0 and self.walker.past:
            # Nothing new: what is known already is delivered once more.
            self.judge.before_repeats()
            return [step.update for step in self.walker.past]
        self._pass_time()
        if self._batches % APPOINT_EVERY == 0:
            village.appoint(self.house, self.walker)
            self.judge.forget_allowed()
        self._since = self.walker.updates
        steps = self.walker.batch(int(self.verdict.people * BUSY_SHARE))
        self._size = len(steps)
        self.verdict.updates += len(steps)
        self.judge.before(steps)
        raws = [step.update for step in steps]
        self._last.extend(raws)
        return raws + [raw for raw in raws if self.walker.chance.random() < 0.04]

    def _pass_time(self) -> None:
        self.clock.push(seconds=3)
        if self.walker.chance.random() < 0.08:
            spans, weights = zip(*PAUSES, strict=True)
            (span,) = self.walker.chance.choices(spans, weights)
            self.clock.moment += span
            if span > timedelta(days=1):
                self.walker.past.clear()  # Telegram keeps none so long
        self._began = self.clock.moment


def soak(
    home: Path,
    url: str,
    updates: int,
    verdict: Verdict,
    tell: Callable[[Verdict], None] = lambda _: None,
) -> Verdict:
    """Walk over a database of its own; what came of it. `tell` hears of it every few seconds."""
    verdict.database = "sqlite" if url.startswith("sqlite") else "postgresql"
    settings = settings_for(home, url)
    with opened(settings) as house, watched(verdict.faults):
        began, worked = time.monotonic(), time.process_time()
        walk = Soak(house, verdict, updates)
        running = Running(walk.house, settings, NeverWaits(), walk.wire)
        asyncio.run(_serve(walk, running, tell))
        verdict.seconds = time.monotonic() - began
        verdict.bot = time.process_time() - worked - verdict.walker
        verdict.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with walk.reading as connection:
            done = connection.execute(text("SELECT action, count(*) FROM audit GROUP BY action"))
            verdict.reached.update({str(row[0]): int(row[1]) for row in done})
        walk.judge.look.reading.dispose()
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
        with suppress(asyncio.CancelledError):
            await telling
