"""Sends Bot API calls: what Telegram's answers mean, within its limits, and live replies."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import cached_property, partial
from typing import Any

from sqlmodel import Session
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import attachments, worker
from bot.attachments import ATTACH, FORGET
from bot.house import House
from bot.metrics import Metrics
from bot.replies import ASKS, Call
from bot.starting import UNKNOWN_TOKEN
from bot.together import Together, Work
from bot.traffic import EVERYBODY, Pauses, Traffic, wait_for_pause, wait_for_turn
from bot.transport import PATIENCE, NotSent, Plain, Transport
from bot.worker import Failure, Nothing, Served
from storage import outbox, people
from storage.database import AWAY
from storage.presence import Presence

log = logging.getLogger(__name__)

# The library warns of its coming change at every pause Telegram asks for; this takes it up now.
os.environ.setdefault("PTB_TIMEDELTA", "1")

InThread = Callable[..., Awaitable[Any]]
Begin = Callable[[], Awaitable["Delivery | None"]]
REPLY_PATIENCE = 60.0  # seconds for which a live reply is tried again
TWICE, SEVERAL = 2, 4  # that a message of which nobody knows is sent at most
UPLOAD = 60.0  # seconds that Telegram may take to answer a small file
STALE = 0.2  # seconds after which a turn is over: what was booked since would go out beside it
A_WHILE = 60.0  # seconds between two words of a token that Telegram does not know
NOT_TELEGRAMS = ("method", ASKS, ATTACH, FORGET)


@dataclass(frozen=True)
class Desk:
    """What whoever serves and sends works with; `wake` and `photo` are set when there is work."""

    bot: Bot
    house: House
    here: Presence
    traffic: Traffic
    together: Together
    in_thread: InThread
    metrics: Metrics
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    photo: asyncio.Event = field(default_factory=asyncio.Event)

    @cached_property
    def pauses(self) -> Pauses:
        """Whom Telegram asked to wait."""
        return Pauses(self.traffic)

    # Made once: what is done together is told apart by the function itself.
    @cached_property
    def serve(self) -> Work[int, Served | Nothing]:
        """The work of serving lanes."""
        return partial(worker.serve, self.here)

    @cached_property
    def failed(self) -> Work[Failure, bool]:
        """The work of counting failed turns."""
        return partial(worker.failed, self.here)


class Result(Enum):
    """What became of a call: `LATER` where it certainly came to nothing, `UNSURE` where nobody
    knows, `LEFT` where it was no longer ours to send.
    """

    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LATER = "later"
    UNSURE = "unsure"
    LEFT = "left"


@dataclass(frozen=True)
class Delivery:
    """The result, the message id Telegram gave, how long it asked to wait.

    `most` is how often a message of which nobody knows may be sent at all. `locked_out` says that
    Telegram does not know the token.
    """

    result: Result
    message_id: int = 0
    wait: float = 0.0
    most: int = TWICE
    locked_out: bool = False


async def send(bot: Bot, call: Call, patience: float = PATIENCE) -> Delivery:
    """Send one call. Never raises for what Telegram or the network does.

    `patience` is how many seconds Telegram may take to answer.
    """
    params = {name: value for name, value in call.items() if name not in NOT_TELEGRAMS}
    try:
        answer: Any = await _answer(bot, call["method"], params, patience)
    except TelegramError as error:
        return _meaning(call["method"], error)
    message_id = answer.get("message_id", 0) if isinstance(answer, dict) else 0
    return Delivery(Result.SENT, message_id)


async def _answer(bot: Bot, method: str, params: Call, patience: float) -> Any:
    """Telegram's answer. What has no file in it is plain data, and goes out as it is.

    The library would first take each value for one that may be an object of its own.
    """
    has_file = any(isinstance(value, InputFile) for value in params.values())
    if has_file or not isinstance(bot.request, Transport):
        return await bot.do_api_request(method, api_kwargs=params, read_timeout=patience)
    given: Any = Plain(params)
    return await bot.request.post(f"{bot.base_url}/{method}", given, read_timeout=patience)


def _meaning(method: str, error: TelegramError) -> Delivery:
    """What an error says of the call. Only new messages can be doubled: the rest is done again."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return Delivery(Result.LATER, wait=seconds)
    if isinstance(error, Forbidden | BadRequest) and error.__cause__ is not None:
        return Delivery(Result.LATER)  # a proxy's word, which nobody can read: it went no further
    if isinstance(error, Forbidden):
        return Delivery(Result.UNREACHABLE)
    if isinstance(error, BadRequest):
        if "message is not modified" in error.message.lower():
            return Delivery(Result.SENT)
        log.warning("Telegram refused %s: %s", method, error.message)
        return Delivery(Result.REFUSED)
    if isinstance(error, InvalidToken | EndPointNotFound):  # the latter where a file goes with it
        return Delivery(Result.LATER, locked_out=True)
    if isinstance(error, NotSent) or not method.startswith("send"):
        return Delivery(Result.LATER)
    # An answer that nobody can read (a proxy's, a captive portal's) says nothing of the call; one
    # that says "error" does, though not for certain.
    is_answer = isinstance(error, NetworkError) and "(5" in error.message
    log.warning("no answer from Telegram to %s: %s", method, error.message[:60])
    return Delivery(Result.UNSURE, most=SEVERAL if is_answer else TWICE)


async def in_budget(
    desk: Desk, call: Call, patience: float = PATIENCE, begin: Begin | None = None
) -> Delivery:
    """Send one call when Telegram's limits allow it.

    Only messages count against them; but every call to a chat keeps the pause that Telegram asked
    for. A notice is one with `begin`, which is awaited just before the call, and may say what
    becomes of it instead: it lets live replies pass, and does not wait long here. Where `begin`
    itself took long (a commit that the disk held up), its turn is booked once more.
    """
    chat_id = call.get("chat_id", EVERYBODY)
    if wait := await _turn_comes(desk, call, begin is None):
        return Delivery(Result.LATER, wait=wait)
    if begin is not None and (instead := await _begun(desk, call, begin)):
        return instead
    delivery = await send(desk.bot, call, patience)
    desk.metrics.send("reply" if begin is None else "notice", delivery.result.value)
    if delivery.wait:
        await desk.pauses.hold(chat_id, delivery.wait)
    if delivery.locked_out and await desk.traffic.first("locked out", A_WHILE):
        log.error("%s any more: nothing can be sent", UNKNOWN_TOKEN)
    return delivery


async def _begun(desk: Desk, call: Call, begin: Begin) -> Delivery | None:
    booked = time.monotonic()
    instead = await begin()
    if instead is not None or time.monotonic() - booked <= STALE:
        return instead
    wait = await _turn_comes(desk, call, False)
    return Delivery(Result.LATER, wait=wait) if wait else None


async def _turn_comes(desk: Desk, call: Call, live: bool) -> float:
    """Return when a call may be made: 0, or the seconds that a notice must wait yet."""
    chat_id = call.get("chat_id", EVERYBODY)
    if call["method"].startswith("send"):
        return await wait_for_turn(desk.traffic, chat_id, live)
    if chat_id == EVERYBODY:  # the answer to a press, which is soon too late
        return 0.0
    return await wait_for_pause(desk.traffic, chat_id, live)


async def deliver(desk: Desk, call: Call, begin: Begin | None = None) -> Delivery:
    """Send one call with what it carries. What it asks to be forgotten leaves the chat later."""
    try:
        ready = await _ready(desk, call)
    except AWAY:
        log.exception("the database is away; what a message carries cannot be had")
        return Delivery(Result.LATER)
    except Exception:
        # A file that cannot be opened is one message's alone; it must hold up no other.
        log.exception("what a message carries cannot be had")
        return Delivery(Result.REFUSED)
    delivery = await in_budget(desk, ready, UPLOAD if ATTACH in call else PATIENCE, begin)
    if delivery.result is Result.SENT and (seconds := ready.get(FORGET)):
        await forget_later(desk, (call["chat_id"], delivery.message_id), seconds)
    return delivery


async def _ready(desk: Desk, call: Call) -> Call:
    if ATTACH not in call:
        return call
    ready: Call = await desk.in_thread(attachments.resolve, desk.house, call)
    return ready


async def forget_later(
    desk: Desk, message: tuple[int, int], seconds: int = attachments.DAY
) -> None:
    """A message (chat and id) with people's data leaves the chat after a day, or sooner.

    However long the database is away: who was told that it will must not find it there.
    """
    await desk.together.surely(forget, (*message, seconds))


def forget(house: House, db: Session, messages: Sequence[tuple[int, int, int]]) -> list[None]:
    """Let messages (chat, id, seconds) leave their chats later."""
    for chat_id, message_id, seconds in messages:
        call = {"method": "deleteMessage", "chat_id": chat_id, "message_id": message_id}
        due = house.clock() + timedelta(seconds=seconds)
        outbox.queue(db, house.keys, call, "forget", due)
    return [None] * len(messages)


async def reply(desk: Desk, calls: list[Call]) -> int:
    """Send a reply; the message id of the question that it asks, or 0.

    A reply that cannot be delivered is given up: the person can ask again, no answer is lost.
    """
    asked = 0
    for call in calls:
        delivery = await _delivered(desk, call)
        if delivery.result is Result.UNREACHABLE:
            await desk.together.surely(gone, call["chat_id"])
            break
        if call.get(ASKS):
            asked = max(asked, delivery.message_id)
    return asked


async def _delivered(desk: Desk, call: Call) -> Delivery:
    """Try for a minute what did not arrive, and once more what may have."""
    ends, pause, unsure = asyncio.get_running_loop().time() + REPLY_PATIENCE, 0.2, 0
    while True:
        delivery = await deliver(desk, call)
        unsure += delivery.result is Result.UNSURE
        over = asyncio.get_running_loop().time() + delivery.wait > ends
        tried = delivery.result not in (Result.LATER, Result.UNSURE)
        if tried or over or unsure >= delivery.most:
            return delivery
        await asyncio.sleep(max(delivery.wait, pause))
        pause = min(2 * pause, 5.0)


def gone(house: House, db: Session, person_ids: Sequence[int]) -> list[None]:
    """Note that Telegram no longer delivers to these people."""
    for person_id in person_ids:
        people.mark_unreachable(db, person_id, house.clock())
    return [None] * len(person_ids)
