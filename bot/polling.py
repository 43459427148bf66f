"""Fetches updates from Telegram: a batch is stored, only then does the offset move."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from telegram.error import Conflict, EndPointNotFound, InvalidToken, TelegramError

from bot import updates
from bot.intake import Intake
from bot.sending import Desk
from bot.starting import ALLOWED, UNKNOWN_TOKEN, StartError, by_polling
from storage.database import AWAY
from storage.presence import POLLING

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds
ANOTHER = "another bot polls with this token: stop it first, then start this one"
CONFLICTS = 4  # in a row: after a crash of the database two of ours may poll for a moment
# Seconds after which a bot bears as many more: of two, the one that was there before stays.
SETTLED = 10.0
STAND_BY = 1.0  # seconds between two looks whether the process that polls is gone


async def poll(desk: Desk, intake: Intake, stopping: asyncio.Event) -> None:
    """Poll until the bot stops. Of several processes one polls; the others stand by."""
    offset, pause, conflicts, most = 0, 1.0, 0, 0
    settled = time.monotonic() + SETTLED
    while not stopping.is_set():
        if not await _is_mine(desk):
            offset = 0
            await _pause(stopping, STAND_BY)
            continue
        try:
            raws, conflicts = await _or_stop(desk, offset, stopping), 0
        except Conflict as error:
            raws, conflicts = None, conflicts + 1
            most = most if conflicts > 1 else _bearable(desk, time.monotonic() > settled)
            if conflicts > most:
                raise StartError(ANOTHER) from error
        if raws is None or not await _stored(intake, raws):
            await _pause(stopping, pause)
            pause = min(pause * 2, 5)
            continue
        pause = 1.0
        # Not the highest ever: after a week without updates Telegram goes on from any number.
        offset = max(map(_next, raws), default=0) or offset


def _bearable(desk: Desk, is_settled: bool) -> int:
    """How many conflicts in a row are borne; Telegram ends the poll that was there before."""
    is_postgresql = desk.house.engine.dialect.name == "postgresql"
    return CONFLICTS * (is_postgresql + is_settled)


async def _is_mine(desk: Desk) -> bool:
    try:
        return bool(await desk.in_thread(desk.here.hold, POLLING))
    except AWAY as error:
        log.warning("the database is away (%s)", type(error).__name__)
        return False


async def _is_still_mine(desk: Desk) -> bool:
    """Whether the job is held in the database too, and not only by what was known of it."""
    try:
        return bool(await desk.in_thread(desk.here.beat)) and await _is_mine(desk)
    except AWAY:
        return False


def _next(raw: Any) -> int:
    """The offset by which an update is acknowledged; 0 for one without an id."""
    id = raw.get("update_id") if isinstance(raw, dict) else None
    return id + 1 if updates.is_id(id) else 0


async def _stored(intake: Intake, raws: list[Any]) -> bool:
    if not raws:
        return True
    try:
        intake.send(await intake.take(raws))
    except AWAY as error:
        log.warning("the database is away (%s); Telegram keeps the updates", type(error).__name__)
        return False
    return True


async def _or_stop(desk: Desk, offset: int, stopping: asyncio.Event) -> list[Any] | None:
    """The batch, or an empty one as soon as the bot is to stop."""
    fetch = asyncio.ensure_future(_fetch(desk, offset))
    stop = asyncio.ensure_future(stopping.wait())
    done, _ = await asyncio.wait({fetch, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if fetch in done:
        return fetch.result()
    fetch.cancel()
    with suppress(asyncio.CancelledError):
        await fetch
    return []


async def _fetch(desk: Desk, offset: int) -> list[Any] | None:
    """One long poll, raw; None where Telegram cannot be reached just now."""
    params = {"offset": offset, "timeout": LONG_POLL, "allowed_updates": ALLOWED}
    try:
        if not offset:
            await by_polling(desk.bot)
        answer: Any = await desk.bot.do_api_request(
            "getUpdates", api_kwargs=params, read_timeout=LONG_POLL + 10
        )
    except Conflict:
        if not await _is_still_mine(desk):
            return None  # another process of this bot has taken over
        raise
    except InvalidToken:
        raise StartError(UNKNOWN_TOKEN) from None
    except EndPointNotFound:  # what the library makes of a 401, and of a proxy's 404
        log.error("%s any more: it keeps the updates", UNKNOWN_TOKEN)
        return None
    except TelegramError as error:
        log.warning("cannot reach Telegram: %s", type(error).__name__)
        return None
    return answer if isinstance(answer, list) else None


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
