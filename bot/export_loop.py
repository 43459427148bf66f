"""The loop that makes the sheets that were asked for, sends them, and marks who was sent.

Each is taken up under a lease, so that the work of a process that dies is taken up again and no
two do the same. The file is made in a process of its own; here only messages are sent.
"""

import asyncio
import logging
import shutil
import tempfile
import time
from contextlib import aclosing, suppress
from datetime import timedelta
from pathlib import Path

from telegram import InputFile

from bot import notices, sending, sheet_process
from bot.house import House
from bot.replies import Call, Page
from bot.sending import Delivery, Desk, Result
from bot.sheets import Made, Order, moment_in
from conversations.model import Words
from rules.permissions import Action
from storage import exports, outbox, people, sheet_people, staff
from storage.audit import Actor
from storage.database import AWAY, transaction
from storage.models import Export

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks for work
PATIENCE = 2.0  # seconds between two words of how far it is
LONGEST = 1_800.0  # seconds a sheet may take
UPLOAD = 300.0  # seconds that Telegram may take to answer a file
MOST_ROWS = 150_000  # in one file of the chat
MOST_BYTES = 45 * 2**20  # Telegram takes 50 MB
TRIES = 6  # to send a file
BATCH = 2_000  # people marked in one transaction
BREATH = 0.15  # seconds between two of them, in which turns have their turn
MOST_NAMED = 50  # codes in one message
PREFIX = "lindung-sheet-"


class _NotSent(Exception):
    """Telegram did not take a file; it may later, unless it was `refused`."""

    def __init__(self, refused: bool) -> None:
        super().__init__("refused" if refused else "later")
        self.refused = refused


async def serve(desk: Desk, stopping: asyncio.Event) -> None:
    """Take up what is wanted, one after another, until the bot stops."""
    sweep(Path(tempfile.gettempdir()))
    while not stopping.is_set():
        if not await _next(desk):
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK)


def sweep(folder: Path) -> None:
    """Delete what a process left that was killed: no sheet of ours is older than `LONGEST`."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > 2 * LONGEST:
                shutil.rmtree(left)


async def _next(desk: Desk) -> bool:
    row = await desk.in_thread(_take, desk.house)
    if row is None:
        return False
    try:
        await (_mark(desk, row) if row.state == "marking" else _make(desk, row))
    except AWAY:
        raise
    except Exception as error:
        refused = isinstance(error, _NotSent) and error.refused
        log.exception("sheet %s, try %d", row.id, row.attempts)
        await desk.in_thread(_failed, desk.house, row, refused)
    return True


def _take(house: House) -> Export | None:
    with transaction(house.engine) as db:
        return exports.take(db, house.clock())


def _failed(house: House, row: Export, refused: bool) -> None:
    """Try again later; the last try, or a refusal, is the end, and the officer is told."""
    now = house.clock()
    with transaction(house.engine) as db:
        if row.attempts < exports.TRIES and not refused:
            exports.extend(db, row.id, now + outbox.pause(row.attempts))
            return
        # What could not be marked can be marked by the same button again.
        after = "sent" if row.state == "marking" else "failed"
        if exports.move(db, row.id, (row.state, after), finished_at=now) and row.asked_by:
            notices.tell(house, db, row.asked_by, Words("export.failed"), now, kind="export")


async def _make(desk: Desk, row: Export) -> None:
    if not await desk.in_thread(_allowed, desk.house, row):
        return
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        moment = moment_in(row.area, row.asked_at)
        wanted = exports.wanted_of(row)
        order = Order(wanted, Path(folder), moment, MOST_ROWS, MOST_BYTES, row.id)
        async with asyncio.timeout(LONGEST):
            made = await _made(desk, row, order)
        rows = sum(file.rows for file in made)
        # The office may have ended while the sheet was made.
        if not await desk.in_thread(_allowed, desk.house, row, rows):
            return
        again = await desk.in_thread(_again, desk.house, row)
        for number, file in enumerate(made, 1):
            await _send(desk, row, file, (number, len(made)), again)
    await desk.in_thread(_finish, desk.house, row, rows)


def _again(house: House, row: Export) -> int:
    """How many of a sheet's people are in an earlier one that nobody has said was sent."""
    with transaction(house.engine) as db:
        return sheet_people.shared(db, row.id)


def _allowed(house: House, row: Export, rows: int = 0) -> bool:
    """Whether the officer may still have this sheet, else it ends here; a made one is on record.

    The lease goes on.
    """
    now = house.clock()
    with transaction(house.engine) as db:
        office = staff.office_for(db, row.asked_by, Action.EXPORT, row.area)
        if office is None:
            exports.move(db, row.id, ("wanted", "failed"), finished_at=now)
            exports.refused(db, row, now)
            return False
        if rows:
            exports.exported(db, row, rows, Actor(row.asked_by, office.role), now)
        exports.extend(db, row.id, now + exports.LEASE)
        return True


async def _made(desk: Desk, row: Export, order: Order) -> list[Made]:
    """The files; whoever waits longer reads how far it is, in one message."""
    made: list[Made] = []
    told, message = time.monotonic(), 0
    try:
        async with aclosing(sheet_process.make(desk.house, order)) as news:
            async for one in news:
                if isinstance(one, list):
                    made = one
                elif time.monotonic() - told >= PATIENCE:
                    message = await _progress(desk, row, message, one)
                    told = time.monotonic()
    finally:
        if message:
            call = {"method": "deleteMessage", "chat_id": row.asked_by, "message_id": message}
            await sending.in_budget(desk, call)
    return made


async def _progress(desk: Desk, row: Export, message: int, done: tuple[int, int]) -> int:
    """Send or edit the message of how far it is; its id. The lease goes on."""
    page = await desk.in_thread(_page, desk.house, row, exports.LEASE)
    call = page.message(Words("export.progress", {"done": done[0], "rows": done[1]}))
    if message:
        call |= {"method": "editMessageText", "message_id": message}
    delivery = await sending.in_budget(desk, call)
    return message or delivery.message_id


def _page(house: House, row: Export, lease: timedelta) -> Page:
    with transaction(house.engine) as db:
        exports.extend(db, row.id, house.clock() + lease)
        return Page(house.texts, row.asked_by, people.language(db, row.asked_by))


async def _send(desk: Desk, row: Export, file: Made, part: tuple[int, int], again: int) -> None:
    """Send one file, again after a pause; the last one has the button that marks them all."""
    lease = timedelta(seconds=2 * UPLOAD)
    page = await desk.in_thread(_page, desk.house, row, lease)
    delivery = Delivery(Result.LATER)
    for attempt in range(TRIES):
        with file.path.open("rb") as handle:
            call = _document(page, row, file, part, again)
            call["document"] = InputFile(handle, file.path.name, read_file_handle=False)
            delivery = await sending.in_budget(desk, call, UPLOAD)
        if delivery.result is not Result.LATER:
            break
        await asyncio.sleep(max(delivery.wait, 0.2 * 2**attempt))
    if delivery.result is not Result.SENT:
        raise _NotSent(delivery.result not in (Result.LATER, Result.UNSURE))
    message = (row.asked_by, delivery.message_id)
    await sending.forget_later(desk, message)


def _document(page: Page, row: Export, file: Made, part: tuple[int, int], again: int) -> Call:
    number, last = part
    words = [Words("export.caption", {"rows": file.rows})]
    words += [Words("export.part", {"part": number, "of": last})] if last > 1 else []
    words += [Words("export.again", {"count": again})] if again else []
    words.append(Words("export.kept"))
    call = page.message(words)
    caption = {"caption": call.pop("text"), "method": "sendDocument"}
    del call["link_preview_options"]
    rows = [[(page.label(Words("export.sent")), f"open:sheet_sent:{row.id}")]]
    markup = {"reply_markup": page.inline(rows)} if number == last else {}
    return {**call, **caption, **markup}


def _finish(house: House, row: Export, rows: int) -> None:
    now = house.clock()
    with transaction(house.engine) as db:
        exports.move(db, row.id, ("wanted", "sent"), rows=rows, finished_at=now)
        if not rows:
            notices.tell(house, db, row.asked_by, Words("export.nobody"), now, kind="export")


async def _mark(desk: Desk, row: Export) -> None:
    """Mark the people of a sheet as sent, some in each transaction."""
    while await desk.in_thread(mark_some, desk.house, row, BATCH):
        await asyncio.sleep(BREATH)
    await desk.in_thread(marked, desk.house, row)


def mark_some(house: House, row: Export, most: int) -> int:
    """Mark so many of a sheet's people as sent, in one transaction; how many were left."""
    now = house.clock()
    with transaction(house.engine) as db:
        office = staff.office_for(db, row.asked_by, Action.EXPORT, row.area)
        role = "none" if row.asked_by else "operator"
        by = Actor(row.asked_by, office.role if office else role)
        wanted = sheet_people.only(db, exports.wanted_of(row), row.id)
        done = exports.mark(db, wanted, by, now, most)
        exports.extend(db, row.id, now + exports.LEASE)
        return done


def marked(house: House, row: Export) -> list[str]:
    """End the marking of a sheet; its officer is told, and of whom BPJS is to be told.

    These are the codes of who stands in it, but left or was undone before it was marked.
    """
    now = house.clock()
    with transaction(house.engine) as db:
        gone = sheet_people.gone(db, row.id)
        sheet_people.begin(db, row.id)
        if exports.move(db, row.id, ("marking", "marked")) and row.asked_by:
            words = [Words("export.marked"), *gone_words(gone)]
            notices.tell(house, db, row.asked_by, words, now, kind="export")
        return gone


def gone_words(codes: list[str]) -> list[Words]:
    """Who is in the file and has left meanwhile, as it is told; nothing where there is nobody."""
    if not codes:
        return []
    values = {"count": len(codes), "codes": ", ".join(codes[:MOST_NAMED])}
    more = len(codes) - MOST_NAMED
    rest = [Words("export.gone.more", {"more": more})] if more > 0 else []
    return [Words("export.gone", values), *rest]
