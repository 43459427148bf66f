"""Lanes: one step at a time for each person; where another process is at work, it is left to it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.house import House
from bot.lanes import Lanes, Step
from bot.stage import Stage
from storage import inbox
from storage.database import transaction
from storage.inbox import Received
from tests.on_stage import over
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

WAYAN, MADE = 6_000_000_001, 6_000_000_002


class Scene:
    """What comes of the steps in a lane, one after the other; then it is empty."""

    def __init__(self, *comes: Step) -> None:
        self.steps: Iterator[Step] = iter(comes)
        self.taken = self.at_once = self.most = 0
        self.lanes = Lanes(self.step, (0.001, 0.001))

    async def step(self, _lane: int) -> Step:
        """One step."""
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.taken += 1
        return next(self.steps, Step.EMPTY)

    async def rests(self) -> int:
        """How many steps were taken when nothing goes on any more."""
        while self.lanes._tasks:
            await asyncio.sleep(0.01)
        return self.taken


def test_of_one_person_one_thing_is_done_at_a_time() -> None:
    async def play() -> None:
        scene = Scene(Step.DONE, Step.DONE, Step.DONE)
        for _ in range(3):
            scene.lanes.add(WAYAN)
        assert await scene.rests() == 3
        assert scene.most == 1

    asyncio.run(play())


def test_what_another_process_stored_meanwhile_is_done_as_well() -> None:
    async def play() -> None:
        scene = Scene(Step.MORE, Step.MORE, Step.DONE)
        scene.lanes.add(WAYAN)
        assert await scene.rests() == 3

    asyncio.run(play())


def test_a_look_leaves_at_once_what_another_process_is_at_work_on() -> None:
    async def play() -> None:
        scene = Scene(Step.BUSY, Step.DONE)
        scene.lanes.look(WAYAN)
        assert await scene.rests() == 1

    asyncio.run(play())


def test_what_is_ours_is_looked_at_again() -> None:
    async def play() -> None:
        served = Scene(Step.BUSY, Step.BUSY, Step.DONE)
        served.lanes.add(WAYAN)
        assert await served.rests() == 3
        left = Scene(*[Step.BUSY] * 9)
        left.lanes.add(WAYAN)
        assert await left.rests() == 3
        # Told of while a look was under way: no longer a mere look.
        told = Scene(Step.BUSY, Step.DONE, Step.DONE)
        told.lanes.look(WAYAN)
        told.lanes.add(WAYAN)
        assert await told.rests() == 3

    asyncio.run(play())


@pytest.fixture
def stage(house: House) -> Stage:
    return over(house)


def test_what_came_a_moment_ago_is_not_taken_for_left(stage: Stage) -> None:
    now = stage.clock()
    with transaction(stage.house.engine) as db:
        for number, (lane, age) in enumerate([(WAYAN, 9), (MADE, 1), (WAYAN, 0)], 1):
            at = now - timedelta(seconds=age)
            inbox.store(db, stage.house.keys, [Received(number, lane, {})], at)
        assert inbox.open_lanes(db, now - timedelta(seconds=2)) == [WAYAN]
        assert inbox.open_lanes(db, now) == [WAYAN, MADE]


def test_what_somebody_else_serves_meanwhile_is_not_served_again(stage: Stage) -> None:
    """Also where the same process holds another lane that we look at."""
    engine, keys, other = stage.house.engine, stage.house.keys, 77
    with transaction(engine) as db:
        for number, lane in ((1, WAYAN), (2, MADE)):
            inbox.store(db, keys, [Received(number, lane, {})], stage.clock())
        heads, _ = inbox.heads(db, [WAYAN], set)
        inbox.finish(db, keys, [(heads[WAYAN], [])], other)
    with transaction(engine) as db:
        found, _ = inbox.heads(db, [MADE], set)
    if engine.dialect.name == "sqlite":
        return  # nobody else is there

    def serve(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "SKIP LOCKED" in statement and not served:
            served.append(True)
            with transaction(engine) as elsewhere:
                inbox.finish(elsewhere, keys, [(found[MADE], [])], other)

    served: list[bool] = []
    event.listen(engine, "before_cursor_execute", serve)
    with transaction(engine) as db:
        assert inbox.heads(db, [WAYAN, MADE], set) == ({}, {WAYAN, MADE})
    event.remove(engine, "before_cursor_execute", serve)
    assert served


def test_who_has_sent_a_reply_learns_of_what_another_process_stored(stage: Stage) -> None:
    """Of those lanes alone that it asks for; on SQLite there is no other process."""
    with transaction(stage.house.engine) as db:
        for number, lane in ((1, WAYAN), (2, WAYAN), (3, MADE)):
            inbox.store(db, stage.house.keys, [Received(number, lane, {})], stage.clock())
        inbox.mark_sent(db, [1, 3], stage.clock())
        several = stage.house.engine.dialect.name == "postgresql"
        assert inbox.open_among(db, [WAYAN, MADE]) == ({WAYAN} if several else set())
