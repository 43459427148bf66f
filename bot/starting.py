"""How the bot makes itself known to Telegram: who it is, what it can do, how updates come."""

import asyncio
import logging
import re
from contextlib import suppress

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application

from bot.settings import Settings
from bot.texts import Texts
from conversations.model import Words

log = logging.getLogger(__name__)

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
COMMANDS = (
    *("start", "manfaat", "hitung", "status", "daftar", "lengkapi", "lapor", "klaim", "petugas"),
    *("bantuan", "english", "bahasa"),
)
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
NO_SECRET = "WEBHOOK_URL needs WEBHOOK_SECRET, 32 to 256 of A-Z a-z 0-9 _ and -: see .env.example"  # noqa: S105 (says what is missing)
CONNECTIONS = 100  # that Telegram may open to the webhook
UNKNOWN_TOKEN = "Telegram does not know this BOT_TOKEN"  # noqa: S105 (says that it is wrong)
TAKEN = "another bot serves this database: stop it first, or use PostgreSQL for several"
BOTH_WAYS = (
    "another process of this bot takes updates in the other way:"
    " set WEBHOOK_URL in all of them, or in none"
)


class StartError(RuntimeError):
    """The bot cannot run; the message says what to do."""


def needs_a_secret(settings: Settings) -> None:
    """Raise `StartError` for a webhook that anybody could post to."""
    if settings.webhook_url and not SECRET.fullmatch(settings.webhook_secret.get_secret_value()):
        raise StartError(NO_SECRET)


async def connect(application: Application, settings: Settings, stopping: asyncio.Event) -> None:  # type: ignore[type-arg]
    """Make oneself known to Telegram, again after a pause while it cannot be reached.

    Raises `StartError` where Telegram does not let the bot in.
    """
    pause = 1.0
    while not stopping.is_set():
        try:
            await application.initialize()
            if settings.webhook_url:
                await by_webhook(application.bot, settings)
            return
        except InvalidToken:
            # The library's own words hold the token.
            raise StartError(UNKNOWN_TOKEN) from None
        except TelegramError as error:
            log.warning("cannot reach Telegram: %s", type(error).__name__)
            if isinstance(error, RetryAfter):
                pause = max(pause, _seconds(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
        pause = min(pause * 2, 30)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


async def by_polling(bot: Bot) -> None:
    """Take a webhook away that was there before; what waits at Telegram stays there."""
    await bot.do_api_request("deleteWebhook", api_kwargs={"drop_pending_updates": False})


async def by_webhook(bot: Bot, settings: Settings) -> None:
    """Tell Telegram where to post."""
    wanted = {
        "url": settings.webhook_url,
        "secret_token": settings.webhook_secret.get_secret_value(),
        "allowed_updates": ALLOWED,
        "max_connections": CONNECTIONS,
    }
    await bot.do_api_request("setWebhook", api_kwargs=wanted)


async def introduce(bot: Bot, texts: Texts) -> None:
    """Show people what the bot can do. A refusal here is no reason not to serve."""
    commands = [(name, texts.plain(Words(f"command.{name}"))) for name in COMMANDS]
    with suppress(TelegramError):
        await bot.set_my_commands(commands)
        await bot.set_my_description(texts.plain(Words("bot.description")))
