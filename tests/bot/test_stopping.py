"""What goes on ends in time, also where a library takes the cut for something else."""

import asyncio
from contextlib import suppress

import pytest

from bot import stopping
from bot.stopping import Stopping


async def stubborn(cuts: int, cut: list[int]) -> None:
    """Goes on after so many cuts."""
    while len(cut) <= cuts:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        cut.append(1)


async def begun(cuts: int, cut: list[int]) -> asyncio.Task[None]:
    task = asyncio.create_task(stubborn(cuts, cut))
    await asyncio.sleep(0)
    return task


def test_what_goes_on_after_a_cut_is_cut_off_once_more() -> None:
    async def end() -> tuple[bool, int]:
        cut: list[int] = []
        task = await begun(1, cut)
        await stopping.end({task}, 0)
        return task.done(), len(cut)

    assert asyncio.run(end()) == (True, 2)


def test_what_never_ends_is_left(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stopping, "CUTS", (0.01, 0.01))

    async def end() -> bool:
        cut: list[int] = []
        task = await begun(5, cut)
        await stopping.end({task}, 0)
        was_done = task.done()
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
        return was_done

    assert not asyncio.run(end())
    assert "1 tasks do not end" in caplog.text


def test_what_failed_is_passed_over() -> None:
    async def fail() -> None:
        raise ValueError("some error")

    async def end() -> None:
        await stopping.end({asyncio.create_task(fail())}, 1)
        await stopping.end(set(), 1)

    asyncio.run(end())


def test_spans_count_from_the_first_sign_to_stop() -> None:
    async def count() -> list[float]:
        stop = Stopping()
        before = stop.left(5)
        stop.set()
        await asyncio.sleep(0.05)
        stop.set()
        return [before, stop.left(5), stop.left(0.01)]

    before, after, over = asyncio.run(count())
    assert (before, over) == (5, 0)
    assert after < 4.96
