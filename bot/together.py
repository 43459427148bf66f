"""Several people's work in one transaction: what waits while one is at work shares the next.

Committing costs more than a turn; so turns, stored updates and notes of what was sent go together.
Where one of them fails all are taken back, and each half is done once more, down to that one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from bot.house import House
from storage.database import AWAY, gave_way, transaction

log = logging.getLogger(__name__)

AGAIN = 0.5  # seconds until the database is tried again
MOST = 96  # pieces of work in one transaction: a longer one would keep the others waiting
# Seconds after which another transaction begins beside one that still goes on. Not at once: few
# large ones cost half as much as many small ones, and two threads stand in each other's way.
BESIDE = 0.3
Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[House, Session, Sequence[Item]], Sequence[Result]]  # one result for each item


@dataclass(frozen=True)
class _Piece:
    work: Work[Any, Any]
    item: Any
    future: asyncio.Future[Any]


class Together:
    """Does work in threads, `at_once` transactions at the same time."""

    def __init__(self, house: House, threads: ThreadPoolExecutor, at_once: int) -> None:
        self._house = house
        self._threads = threads
        self._free = self._at_once = at_once
        self._began = 0.0
        self._later: asyncio.TimerHandle | None = None
        self._waiting: deque[_Piece] = deque()

    async def do(self, work: Work[Item, Result], item: Item) -> Result:
        """Do one piece of work; its result when it is committed.

        Raises what the work raised, or what the database did.
        """
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(_Piece(work, item, future))
        self._begin()
        result: Result = await future
        return result

    async def surely(self, work: Work[Item, Result], item: Item) -> Result:
        """Do one piece of work, however long the database is away, and whatever else goes wrong.

        What is left undone for a while does no harm; what nobody tries again does.
        """
        said = False
        while True:
            try:
                return await self.do(work, item)
            except AWAY as error:
                log.warning("the database is away (%s); trying again", type(error).__name__)
            except Exception:
                if not said:
                    log.exception("what must be noted could not be; trying again and again")
                said = True
            await asyncio.sleep(AGAIN)

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self._free:
            if self._free < self._at_once and loop.time() < self._began + BESIDE:
                self._later = self._later or loop.call_at(self._began + BESIDE, self._beside)
                return
            self._free -= 1
            self._began = loop.time()
            pieces = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            ended = loop.run_in_executor(self._threads, _done, self._house, pieces)
            ended.add_done_callback(partial(self._end, pieces))

    def _beside(self) -> None:
        self._later = None
        self._begin()

    def _end(self, pieces: list[_Piece], done: asyncio.Future[list[Any]]) -> None:
        self._free += 1
        for piece, result in zip(pieces, done.result(), strict=True):
            if piece.future.cancelled():
                continue
            if isinstance(result, BaseException):
                piece.future.set_exception(result)
            else:
                piece.future.set_result(result)
        self._begin()


def _done(house: House, pieces: list[_Piece]) -> list[Any]:
    """The result or the error of each piece."""
    try:
        return _in_one(house, pieces)
    except AWAY as error:
        if len(pieces) == 1 or not gave_way(error):
            return [error] * len(pieces)
    except Exception as error:
        if len(pieces) == 1:
            return [error]
    # In halves: so a single bad one among many is found in a few steps.
    half = len(pieces) // 2
    return _done(house, pieces[:half]) + _done(house, pieces[half:])


def _in_one(house: House, pieces: list[_Piece]) -> list[Any]:
    results: dict[int, Any] = {}
    kinds = dict.fromkeys(piece.work for piece in pieces)
    with transaction(house.engine) as db:
        for work in kinds:
            places = [place for place, piece in enumerate(pieces) if piece.work is work]
            made = work(house, db, [pieces[place].item for place in places])
            results.update(zip(places, made, strict=True))
    return [results[place] for place in range(len(pieces))]
