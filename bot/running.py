"""Starts the bot and stops it on a signal."""

import asyncio
import signal

from telegram import Bot
from telegram.error import TelegramError

from bot.application import Running
from bot.house import House
from bot.settings import Settings
from bot.traffic import Traffic


async def until_stopped(house: House, settings: Settings, traffic: Traffic | None = None) -> None:
    """Serve until SIGINT or SIGTERM; the turns at hand end first."""
    running = Running(house, settings, traffic)
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
