"""Several people's work in one transaction: what waits goes together, nobody waits for long."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.house import House
from bot.together import MOST, Together
from storage import people
from storage.models import Person
from tests.conftest import clear, opened, settings_for


@pytest.fixture
def house(tables: str, tmp_path: Path) -> Iterator[House]:
    """A house on PostgreSQL, where several transactions can be under way."""
    with opened(settings_for(tmp_path / "home", tables)) as house:
        clear(house.engine)
        yield house


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


class Scene:
    """Work that notes how much of it went together, and can be held up."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.under_way, self.may_end = threading.Event(), threading.Event()

    def slow(self, _house: House, _db: Session, items: Sequence[int]) -> list[int]:
        """Work that ends when it may."""
        self.under_way.set()
        self.may_end.wait(30)
        return list(items)

    def quick(self, house: House, db: Session, items: Sequence[int]) -> list[int]:
        """Work that leaves a trace in the database, and fails for who has the number 13."""
        self.sizes.append(len(items))
        for item in items:
            people.locked(db, item, house.clock())
            if item == 13:
                raise ValueError("thirteen")
        return [2 * item for item in items]


def known(house: House) -> set[int]:
    with Session(house.engine) as db:
        return set(db.exec(select(Person.id)).all())


def test_what_waits_while_one_is_at_work_goes_together(
    house: House, threads: ThreadPoolExecutor
) -> None:
    async def play() -> None:
        scene, together = Scene(), Together(house, threads, 1)
        quick = scene.quick
        first = asyncio.ensure_future(together.do(scene.slow, 0))
        await asyncio.to_thread(scene.under_way.wait, 30)
        rest = [asyncio.ensure_future(together.do(quick, one)) for one in range(1, MOST + 11)]
        await asyncio.sleep(0)
        scene.may_end.set()
        assert await first == 0
        results = await asyncio.gather(*rest, return_exceptions=True)
        assert [one for one in results if isinstance(one, ValueError)] == [results[12]]
        assert results[0] == 2
        assert results[-1] == 2 * MOST + 20
        # All of the first lot were taken back over one of them, which was found by halving.
        assert scene.sizes[:3] == [MOST, MOST // 2, MOST // 4]
        assert len(scene.sizes) < 20
        assert scene.sizes[-1] == 10

    asyncio.run(play())
    assert known(house) == set(range(1, MOST + 11)) - {13}


def test_what_must_be_noted_is_tried_again_whatever_goes_wrong(
    house: House, threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def bad_at_first(_house: House, _db: Session, items: Sequence[int]) -> list[int]:
        tries.append(items)
        if len(tries) < 3:
            raise ValueError("not today")
        return list(items)

    async def play() -> None:
        assert await Together(house, threads, 1).surely(bad_at_first, 7) == 7

    asyncio.run(play())
    assert [one.levelname for one in caplog.records] == ["ERROR"], "it is said once"


def test_who_comes_while_a_slow_one_is_at_work_does_not_wait_for_its_end(
    house: House, threads: ThreadPoolExecutor
) -> None:
    async def play() -> None:
        scene, together = Scene(), Together(house, threads, 2)
        quick = scene.quick
        slow = asyncio.ensure_future(together.do(scene.slow, 0))
        await asyncio.to_thread(scene.under_way.wait, 30)
        others = await asyncio.gather(*(together.do(quick, one) for one in (1, 2, 3)))
        assert (others, slow.done()) == ([2, 4, 6], False)
        assert scene.sizes == [3]
        scene.may_end.set()
        await slow

    asyncio.run(play())
    assert known(house) == {1, 2, 3}
