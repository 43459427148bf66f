"""Sends Bot API calls: what Telegram's answers mean, live replies, and the outbox."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot import attachments, worker
from bot.attachments import ATTACH, FORGET
from bot.budget import Budget
from bot.house import House
from bot.replies import ASKS, Call
from storage import outbox
from storage.database import transaction

log = logging.getLogger(__name__)

# The library warns of its coming change at every pause Telegram asks for; this takes it up now.
os.environ.setdefault("PTB_TIMEDELTA", "1")

InThread = Callable[..., Awaitable[Any]]
REPLY_TRIES = 6
PATIENCE = 5.0  # seconds that Telegram may take to answer, as the library has it
UPLOAD = 60.0  # seconds that it may take to answer a small file
NOT_TELEGRAMS = ("method", ASKS, ATTACH, FORGET)


@dataclass(frozen=True)
class Desk:
    """What whoever sends works with."""

    bot: Bot
    house: House
    budget: Budget
    in_thread: InThread


class Result(Enum):
    """What became of a call."""

    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LATER = "later"


@dataclass(frozen=True)
class Delivery:
    """The result, the message id Telegram gave, and how long it asked to wait."""

    result: Result
    message_id: int = 0
    wait: float = 0.0


async def send(bot: Bot, call: Call, patience: float = PATIENCE) -> Delivery:
    """Send one call. Never raises for what Telegram or the network does.

    `patience` is how many seconds Telegram may take to answer.
    """
    params = {name: value for name, value in call.items() if name not in NOT_TELEGRAMS}
    try:
        answer: Any = await bot.do_api_request(
            call["method"], api_kwargs=params, read_timeout=patience
        )
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return Delivery(Result.LATER, wait=seconds)
    except Forbidden:
        return Delivery(Result.UNREACHABLE)
    except BadRequest as error:
        log.warning("Telegram refused %s: %s", call["method"], error.message)
        return Delivery(Result.REFUSED)
    except NetworkError:
        return Delivery(Result.LATER)
    except TelegramError as error:
        # An answer that nobody can read (a proxy's, a captive portal's) says nothing of the call.
        log.warning("no answer from Telegram to %s: %s", call["method"], error.message)
        return Delivery(Result.LATER)
    message_id = answer.get("message_id", 0) if isinstance(answer, dict) else 0
    return Delivery(Result.SENT, message_id)


async def in_budget(bot: Bot, call: Call, budget: Budget, patience: float = PATIENCE) -> Delivery:
    """Send one call when Telegram's limits allow it; only messages count against them."""
    if call["method"].startswith("send"):
        await asyncio.sleep(await budget.book(call["chat_id"]))
    return await send(bot, call, patience)


async def deliver(desk: Desk, call: Call, tries: int = 1) -> Delivery:
    """Send one call with what it carries, again after a pause while the network fails.

    What it asks to be forgotten leaves the chat later.
    """
    try:
        ready = await _ready(desk, call)
    except worker.AWAY:
        log.exception("the database is away; what a message carries cannot be had")
        return Delivery(Result.LATER)
    except Exception:
        # A file that cannot be opened is one message's alone; it must hold up no other.
        log.exception("what a message carries cannot be had")
        return Delivery(Result.REFUSED)
    patience = UPLOAD if ATTACH in call else PATIENCE
    for attempt in range(tries):
        delivery = await in_budget(desk.bot, ready, desk.budget, patience)
        if delivery.result is not Result.LATER or attempt + 1 == tries:
            break
        await asyncio.sleep(max(delivery.wait, 0.2 * 2**attempt))
    if delivery.result is Result.SENT and (seconds := ready.get(FORGET)):
        message = (call["chat_id"], delivery.message_id)
        await desk.in_thread(forget_later, desk.house, message, seconds)
    return delivery


async def _ready(desk: Desk, call: Call) -> Call:
    if ATTACH not in call:
        return call
    ready: Call = await desk.in_thread(attachments.resolve, desk.house, call)
    return ready


def forget_later(house: House, message: tuple[int, int], seconds: int = attachments.DAY) -> None:
    """A message (chat and id) with people's data leaves the chat after a day, or sooner."""
    call = {"method": "deleteMessage", "chat_id": message[0], "message_id": message[1]}
    with transaction(house.engine) as db:
        due = house.clock() + timedelta(seconds=seconds)
        outbox.queue(db, house.keys, call, "forget", due)


async def reply(desk: Desk, calls: list[Call]) -> int:
    """Send a reply, again after a pause where the network fails.

    Returns the message id of the question that it asks, or 0. A reply that cannot be delivered is
    given up: the person can ask again, no answer is lost.
    """
    asked = 0
    for call in calls:
        delivery = await deliver(desk, call, REPLY_TRIES)
        if call.get(ASKS):
            asked = max(asked, delivery.message_id)
    return asked


async def answer_press(bot: Bot, press_id: str) -> None:
    """Stop the button's spinner at once, before the turn; an old press has nothing to stop."""
    await send(bot, {"method": "answerCallbackQuery", "callback_query_id": press_id})


async def drain_outbox(desk: Desk) -> int:
    """Send what is due in the outbox; how many rows were looked at."""
    due = await desk.in_thread(worker.due, desk.house)
    for id, attempts, call in due:
        delivery = await deliver(desk, call)
        await desk.in_thread(_settle, desk.house, (id, attempts, call), delivery)
    return len(due)


def _settle(house: House, row: tuple[str, int, Call], delivery: Delivery) -> None:
    id, attempts, call = row
    match delivery.result:
        case Result.SENT:
            worker.settle(house, id, "sent")
        case Result.REFUSED:
            worker.settle(house, id, "failed")
        case Result.UNREACHABLE:
            worker.settle(house, id, "failed", unreachable=call["chat_id"])
        case Result.LATER:
            worker.postpone(house, id, attempts, delivery.wait)
