"""Starts the bot and stops it on a signal."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.application import TURN, Running
from bot.house import House
from bot.settings import Settings
from bot.traffic import Traffic
from rules import area_search, working_days

log = logging.getLogger(__name__)

try:
    import uvloop
except ImportError:  # not on every system
    uvloop = None  # type: ignore[assignment]


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run the bot's loop: the quick one where there is one.

    A thread that computes gives way often: the loop, which waits for it, would else stand still
    for five milliseconds at each step.
    """
    sys.setswitchinterval(0.0005)
    factory = None if uvloop is None else uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)
    if any(one.name.startswith(TURN) and one.is_alive() for one in threading.enumerate()):
        # The interpreter would wait for a database that does not answer. Nothing is lost with what
        # was not committed: Telegram delivers it again.
        log.warning("the database does not answer; the bot ends without it")
        logging.shutdown()
        os._exit(0)


async def until_stopped(house: House, settings: Settings, traffic: Traffic | None = None) -> None:
    """Serve until SIGINT or SIGTERM; the turns at hand end first."""
    running = Running(house, settings, traffic)
    # What was read at the start stays: to look through it for garbage would stop everything for a
    # fifth of a second. So what is read on first use is used now: villages, and holidays.
    area_search.register()
    working_days.after(house.clock().date(), 1)  # on a Saturday too
    gc.collect()
    gc.freeze()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.stop)
    await running.run()


async def bot_name(settings: Settings) -> str:
    """The bot's user name by Telegram, or "" where there is no token or no network."""
    token = settings.bot_token.get_secret_value()
    if not token:
        return ""
    try:
        async with Bot(token, base_url=settings.telegram_base_url) as bot:
            return bot.username
    except TelegramError:
        return ""
