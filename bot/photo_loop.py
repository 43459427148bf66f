"""The loop that fetches the photos of papers that were sent, makes them anew, and keeps them.

Each is taken up under a lease, as the sheets are: killed at any moment, it is fetched once more,
and kept once. When all is well nothing is said.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from telegram.error import RetryAfter
from telegram.request import HTTPXRequest

from bot import notices, photo_fetch, picture_process
from bot.house import House
from bot.pictures import BadPicture
from bot.sending import Desk
from conversations.model import Words
from storage import outbox, photos
from storage.database import transaction
from storage.models import ClaimPhoto

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks for work
NOT_FETCHED = "not_fetched"
# What is said to who sent a photo that was refused.
SAID = {
    "unreadable": Words("photo.unreadable"),
    "too_large": Words("photo.too_large"),
    "animated": Words("photo.animated"),
    NOT_FETCHED: Words("photo.not_fetched"),
}


async def serve(desk: Desk, stopping: asyncio.Event, wake: asyncio.Event) -> None:
    """Take up what is wanted, one after another, until the bot stops; at once after `wake`."""
    async with photo_fetch.transport() as request:
        while not stopping.is_set():
            wake.clear()
            if not await _next(desk, request):
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), LOOK)


async def _next(desk: Desk, request: HTTPXRequest) -> bool:
    row = await desk.in_thread(_take, desk.house)
    if row is None:
        return False
    try:
        file_id = photos.file_id(desk.house.keys, row)
        raw = await photo_fetch.fetch(desk.bot, request, file_id)
        jpeg = await picture_process.reencode(raw)
    except BadPicture as bad:
        await desk.in_thread(_refuse, desk.house, row, bad.why)
    except Exception as error:
        # Telegram's words may hold the file's address, and that the token: the kind must do.
        log.warning("photo %s, try %d: %s", row.id, row.attempts, type(error).__name__)
        await desk.in_thread(_failed, desk.house, row, _asked_to_wait(error))
    else:
        await desk.in_thread(_keep, desk.house, row, jpeg)
    return True


def _take(house: House) -> ClaimPhoto | None:
    with transaction(house.engine) as db:
        return photos.take(db, house.clock())


def _asked_to_wait(error: Exception) -> timedelta:
    """How long Telegram asked not to be asked again."""
    wait = error.retry_after if isinstance(error, RetryAfter) else 0
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _keep(house: House, row: ClaimPhoto, jpeg: bytes) -> None:
    with transaction(house.engine) as db:
        photos.keep(db, house.keys, row.id, jpeg, house.clock())


def _failed(house: House, row: ClaimPhoto, wait: timedelta) -> None:
    """Try again later; after the last try the photo is refused."""
    if row.attempts >= photos.TRIES:
        _refuse(house, row, NOT_FETCHED)
        return
    with transaction(house.engine) as db:
        until = house.clock() + max(outbox.pause(row.attempts), wait)
        photos.again(db, row.id, until)


def _refuse(house: House, row: ClaimPhoto, why: str) -> None:
    """Give a photo up; who sent it is told once, with what to do."""
    now = house.clock()
    with transaction(house.engine) as db:
        if photos.refuse(db, row.id, why, now):
            notices.tell(house, db, row.sent_by, SAID[why], now, kind="photo", rank=outbox.REPLY)
