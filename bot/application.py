"""The running bot: python-telegram-bot's Application, polling that stores first, and the loops."""

import asyncio
import logging
import ssl
import warnings
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import httpx
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, TypeHandler
from telegram.request import BaseRequest, HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot import export_loop, photo_loop, sending, updates, worker
from bot.budget import Budget, open_budget
from bot.house import House
from bot.lanes import Lanes
from bot.settings import Settings
from conversations.model import Words

log = logging.getLogger(__name__)

# Raw calls are what we want: replies stay plain data, and no object is built for them.
warnings.filterwarnings("ignore", "Please use 'Bot", PTBUserWarning)

UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 25  # seconds
COMMANDS = (
    *("start", "manfaat", "hitung", "status", "daftar", "lengkapi", "lapor", "klaim", "petugas"),
    *("bantuan", "english", "bahasa"),
)
AT_ONCE = 64
UNKNOWN_TOKEN = "Telegram does not know this BOT_TOKEN"  # noqa: S105 (says that it is wrong)


class StartError(RuntimeError):
    """The bot cannot run; the message says what to do."""


@dataclass(frozen=True)
class Stored:
    """What our Application processes: an update that lies in the inbox."""

    update_id: int
    lane: int


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust: one for all connections, for reading them takes longer than a turn."""
    return httpx.create_ssl_context()


def _request(connections: int, patience: float = sending.PATIENCE) -> HTTPXRequest:
    """The library's own client of so many connections; an answer may take `patience` seconds."""
    trust = {"verify": _certificates()}
    return HTTPXRequest(connections, read_timeout=patience, httpx_kwargs=trust)


class Running:
    """One process of the bot. `stop` lets the present turns end."""

    def __init__(
        self,
        house: House,
        settings: Settings,
        budget: Budget | None = None,
        transport: BaseRequest | None = None,
    ) -> None:
        self.house = house
        builder = Application.builder().token(settings.bot_token.get_secret_value())
        builder = builder.base_url(settings.telegram_base_url)
        builder = builder.base_file_url(settings.telegram_file_base_url)
        builder = builder.request(transport or _request(256))
        builder = builder.get_updates_request(transport or _request(1, LONG_POLL + 10))
        self.application = builder.updater(None).build()
        self.application.add_handler(TypeHandler(Stored, self._handle))
        self._budget = budget or open_budget(settings.redis_url)
        self.lanes = Lanes(self._process, AT_ONCE)
        sqlite = house.engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(1 if sqlite else 4, "turn")
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._photo = asyncio.Event()

    @property
    def bot(self) -> Bot:
        """The library's bot."""
        return self.application.bot

    @property
    def _desk(self) -> sending.Desk:
        return sending.Desk(self.bot, self.house, self._budget, self._in_thread)

    async def run(self) -> None:
        """Serve until `stop`. Raises `StartError` where Telegram does not let the bot in."""
        try:
            await self._connect()
            if not self._stopping.is_set():
                await self._serve()
        finally:
            await self.application.shutdown()
            await self.bot.shutdown()
            await self._budget.close()
            self._threads.shutdown()

    async def _connect(self) -> None:
        """Make oneself known to Telegram, again after a pause while it cannot be reached."""
        pause = 1.0
        while not self._stopping.is_set():
            try:
                await self.application.initialize()
                self.house = replace(self.house, bot_name=self.bot.username)
                return
            except InvalidToken:
                # The library's own words hold the token.
                raise StartError(UNKNOWN_TOKEN) from None
            except TelegramError as error:
                log.warning("cannot reach Telegram: %s", type(error).__name__)
            await self._pause(pause)
            pause = min(pause * 2, 30)

    async def _serve(self) -> None:
        await self.application.start()
        await self._introduce()
        for update_id, lane in await self._in_thread(worker.waiting, self.house):
            self.lanes.add(update_id, lane)
        notices = asyncio.create_task(self._send_notices())
        loops = [
            asyncio.create_task(export_loop.serve(self._desk, self._stopping)),
            asyncio.create_task(photo_loop.serve(self._desk, self._stopping, self._photo)),
        ]
        try:
            await self._poll()
        finally:
            await self.lanes.drain()
            self._stopping.set()
            self._wake.set()
            for loop in loops:
                loop.cancel()
            await notices
            await asyncio.gather(*loops, return_exceptions=True)
            await self.application.stop()

    def stop(self) -> None:
        """Take no further updates and end."""
        self._stopping.set()
        self._wake.set()

    async def _in_thread(self, work: Callable[..., Any], *args: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def _introduce(self) -> None:
        """Show people what the bot can do. A refusal here is no reason not to serve."""
        texts = self.house.texts
        commands = [(name, texts.plain(Words(f"command.{name}"))) for name in COMMANDS]
        with suppress(TelegramError):
            await self.bot.set_my_commands(commands)
            await self.bot.set_my_description(texts.plain(Words("bot.description")))

    async def _poll(self) -> None:
        """Fetch updates; store a batch, only then move the offset."""
        offset, pause = 0, 1.0
        while not self._stopping.is_set():
            raws = await self._or_stop(self._fetch(offset))
            if raws is None or not await self._stored(raws):
                await self._pause(pause)
                pause = min(pause * 2, 30)
                continue
            pause = 1.0
            offset = max([offset, *(raw["update_id"] + 1 for raw in raws)])

    async def _stored(self, raws: list[dict[str, Any]]) -> bool:
        """Store a batch and begin to serve it; False where the database is away."""
        if not raws:
            return True
        try:
            fresh = await self._in_thread(worker.store, self.house, raws)
        except worker.AWAY:
            log.exception("the database is away; Telegram keeps the updates")
            return False
        self._take(raws, fresh)
        return True

    async def _or_stop(self, fetching: Awaitable[list[dict[str, Any]] | None]) -> Any:
        """The batch, or an empty one as soon as the bot is to stop."""
        fetch = asyncio.ensure_future(fetching)
        stop = asyncio.ensure_future(self._stopping.wait())
        done, _ = await asyncio.wait({fetch, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if fetch in done:
            return fetch.result()
        fetch.cancel()
        with suppress(asyncio.CancelledError):
            await fetch
        return []

    async def _fetch(self, offset: int) -> list[dict[str, Any]] | None:
        """One long poll, raw; None where Telegram cannot be reached just now."""
        params = {"offset": offset, "timeout": LONG_POLL, "allowed_updates": UPDATES}
        try:
            answer: Any = await self.bot.do_api_request(
                "getUpdates", api_kwargs=params, read_timeout=LONG_POLL + 10
            )
        except Conflict as error:
            raise StartError(
                "another bot polls with this token: stop it first, then start this one"
            ) from error
        except InvalidToken:
            raise StartError(UNKNOWN_TOKEN) from None
        except TelegramError as error:
            log.warning("cannot reach Telegram: %s", type(error).__name__)
            return None
        return list(answer)

    def _take(self, raws: list[dict[str, Any]], fresh: list[tuple[int, int]]) -> None:
        for raw in raws:
            press = raw.get("callback_query")
            if isinstance(press, dict) and not updates.answers_itself(press):
                answer = sending.answer_press(self.bot, str(press.get("id", "")))
                self.application.create_task(answer)
        for update_id, lane in fresh:
            self.lanes.add(update_id, lane)

    async def _process(self, update_id: int, lane: int) -> None:
        await self.application.process_update(Stored(update_id, lane))

    async def _handle(self, stored: Stored, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Serve one stored update: a turn in a thread, then its reply."""
        pause = 0.1
        while True:
            try:
                served = await self._in_thread(worker.serve, self.house, stored.update_id)
                break
            except worker.AWAY:
                log.exception("the database is away; update %d waits", stored.update_id)
            except Exception:
                # Whatever went wrong is this person's alone; the others go on.
                log.exception("update %d failed", stored.update_id)
                if await self._gave_up(stored):
                    return
            await self._pause(pause)
            pause = min(pause * 2, 30)
            if self._stopping.is_set():
                return
        if served.photo:
            self._photo.set()
        await self._reply(served)

    async def _gave_up(self, stored: Stored) -> bool:
        dead = await self._in_thread(worker.failed, self.house, stored.update_id, stored.lane)
        self._wake.set()
        return bool(dead)

    async def _reply(self, served: worker.Served) -> None:
        asked = await sending.reply(self._desk, served.calls)
        await self._in_thread(worker.sent, self.house, served, asked)
        self._wake.set()

    async def _send_notices(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                sent = await sending.drain_outbox(self._desk)
            except worker.AWAY:
                log.exception("the database is away; notices wait")
                sent = 0
            except Exception:
                # Whatever went wrong, the next round must come.
                log.exception("notices could not be sent")
                sent = 0
            if not sent:
                await self._pause(1.0, self._wake)

    async def _pause(self, seconds: float, wake: asyncio.Event | None = None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for((wake or self._stopping).wait(), seconds)
