"""The running bot: python-telegram-bot's Application, the ways in, the lanes, and the loops."""

import asyncio
import logging
import warnings
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from threading import Thread, current_thread
from typing import Any

from starlette.routing import BaseRoute
from telegram import Bot
from telegram.ext import Application, ContextTypes, TypeHandler
from telegram.request import BaseRequest
from telegram.warnings import PTBUserWarning

from bot import endpoints, export_loop, photo_loop, polling, starting, timers, turns, webhook
from bot.endpoints import Watched
from bot.house import House
from bot.intake import Intake
from bot.lanes import Lanes, Step
from bot.lasting import PAUSE, Work, forever
from bot.metrics import Metrics
from bot.outbox_loop import Sender
from bot.sending import Desk
from bot.settings import Settings
from bot.shared_traffic import open_traffic
from bot.starting import BOTH_WAYS, TAKEN, StartError
from bot.stopping import ALL, ASIDE, TURNS, Stopping, end
from bot.together import Together
from bot.traffic import Traffic
from bot.transport import Transport
from storage import presence
from storage.database import AWAY, reading
from storage.presence import POLLING, Presence, Taken
from storage.pulse import Pulse, answers, pulse

log = logging.getLogger(__name__)

# Raw calls are what we want: replies stay plain data, and no object is built for them.
warnings.filterwarnings("ignore", "Please use 'Bot", PTBUserWarning)

LISTEN = "127.0.0.1:8080"  # for the webhook, unless the settings say where
TURN = "turn"  # begins the names of the threads


@dataclass(frozen=True)
class Waiting:
    """What our Application processes: something lies in a lane of the inbox."""

    lane: int


class Running:
    """One process of the bot. `stop` lets the present turns end."""

    def __init__(
        self,
        house: House,
        settings: Settings,
        traffic: Traffic | None = None,
        transport: BaseRequest | None = None,
    ) -> None:
        self.house = house
        self._settings = settings
        builder = Application.builder().token(settings.bot_token.get_secret_value())
        builder = builder.base_url(settings.telegram_base_url)
        builder = builder.base_file_url(settings.telegram_file_base_url)
        builder = builder.request(transport or Transport(256))
        builder = builder.get_updates_request(transport or Transport(1, polling.LONG_POLL + 10))
        self.application = builder.updater(None).build()
        self.application.add_handler(TypeHandler(Waiting, self._handle))
        self._traffic = traffic
        self._steps: dict[int, Step] = {}
        self._several = house.engine.dialect.name == "postgresql"
        self._at_work: list[Thread] = []
        self._threads = ThreadPoolExecutor(
            6 if self._several else 1, TURN, lambda: self._at_work.append(current_thread())
        )
        self._stopping = Stopping()

    @property
    def bot(self) -> Bot:
        """The library's bot."""
        return self.application.bot

    async def run(self) -> None:
        """Serve until `stop`. Raises `StartError` where the bot may not run."""
        starting.needs_a_secret(self._settings)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._end_threads)
            here = await self._present()
            stack.callback(here.close)
            traffic = self._traffic or open_traffic(self._settings.redis_url)
            stack.push_async_callback(traffic.close)
            stack.push_async_callback(self.bot.shutdown)
            stack.push_async_callback(self.application.shutdown)
            await starting.connect(self.application, self._settings, self._stopping)
            if not self._stopping.is_set():
                await self._serve(self._desk(here, traffic))

    async def _present(self) -> Presence:
        """Say that this process is there, and take up the way in which updates come."""
        try:
            here: Presence = await self._patiently(presence.open_presence, self.house.engine)
        except Taken:
            raise StartError(TAKEN) from None
        if not await self._fits_in(here):
            here.close()
            raise StartError(BOTH_WAYS)
        return here

    async def _fits_in(self, here: Presence) -> bool:
        """Whether nobody takes updates in the other way: several do by webhook, or one polls, for
        which others stand by.
        """

        async def held(together: bool) -> bool:
            return bool(await self._patiently(here.hold, POLLING, together))

        if self._settings.webhook_url:
            return await held(True)
        # What can be held together, but not alone, is held by webhooks; unless the one that polled
        # has ended between the two looks.
        return await held(False) or not await held(True) or await held(False)

    def _desk(self, here: Presence, traffic: Traffic) -> Desk:
        self.house = replace(self.house, bot_name=self.bot.username)
        together = Together(self.house, self._threads, 2 if self._several else 1)
        metrics = Metrics(partial(_pulse, self.house))
        return Desk(self.bot, self.house, here, traffic, together, self._in_thread, metrics)

    async def _serve(self, desk: Desk) -> None:
        self._at = desk
        await self.application.start()
        await starting.introduce(self.bot, self.house.texts)
        await self._patiently(timers.begin, self.house)
        lanes = Lanes(self._step)
        intake = Intake(desk, lanes)
        await intake.listen()
        sender = self._begun("notices", partial(Sender(desk).serve, self._stopping))
        loops = [self._begun(name, work) for name, work in self._loops(desk, intake).items()]
        try:
            await self._take(desk, intake)
        finally:
            self.stop()
            desk.wake.set()
            await lanes.drain(self._stopping.left(TURNS))
            for loop in loops:
                loop.cancel()
            await end({sender, *loops}, self._stopping.left(ASIDE))
            await intake.drain(self._stopping.left(ASIDE))
            await self.application.stop()

    def _loops(self, desk: Desk, intake: Intake) -> dict[str, Work[None]]:
        """What goes on beside the updates."""
        return {
            "updates that others left": partial(intake.sweep, self._stopping),
            "the beat": partial(self._beat, desk),
            "the watch over pauses": desk.metrics.watch,
            "sheets": partial(export_loop.serve, desk, self._stopping),
            "photos": partial(photo_loop.serve, desk, self._stopping, desk.photo),
        }

    def _begun(self, name: str, work: Work[None]) -> asyncio.Task[None]:
        return asyncio.create_task(forever(name, work, self._stopping), name=name)

    async def _take(self, desk: Desk, intake: Intake) -> None:
        """Take updates until the bot stops, in the way that the settings name."""
        settings, stopping = self._settings, self._stopping
        routes: list[BaseRoute] = list(endpoints.routes(self._watched(desk)))
        if settings.webhook_url:
            secret = settings.webhook_secret.get_secret_value()
            hook = webhook.Webhook(intake, secret, stopping)
            listen = settings.webhook_listen or LISTEN
            routes = [webhook.route(hook, settings), *routes]
            await webhook.serve(routes, listen, stopping, hook.hurry)
            return
        ways = [forever("polling", partial(polling.poll, desk, intake, stopping), stopping)]
        if settings.webhook_listen:
            ways.append(webhook.serve(routes, settings.webhook_listen, stopping))
        await _all_or_none(ways)

    def _watched(self, desk: Desk) -> Watched:
        return Watched(
            database=partial(answers, self.house.engine),
            draining=self._stopping.is_set,
            telegram=lambda: True,  # else nothing is served yet
            metrics=desk.metrics.written,
        )

    def stop(self) -> None:
        """Take no further updates and end."""
        self._stopping.set()

    async def _end_threads(self) -> None:
        """Let the threads end, but not longer than the bot may take: `running.run` goes without."""
        self.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)
        while any(one.is_alive() for one in self._at_work) and self._stopping.left(ALL):
            await asyncio.sleep(0.01)

    async def _in_thread(self, work: Callable[..., Any], *args: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def _patiently(self, work: Callable[..., Any], *args: object) -> Any:
        """Do something in a thread, again after a moment while the database is away."""
        while True:
            try:
                return await self._in_thread(work, *args)
            except AWAY as error:
                if self._stopping.is_set():
                    raise
                log.warning("the database is away (%s); starting waits", type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def _step(self, lane: int) -> Step:
        await self.application.process_update(Waiting(lane))
        return self._steps.pop(lane, Step.LATER)

    async def _handle(self, waiting: Waiting, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """One step in a lane, within the library's Application."""
        self._steps[waiting.lane] = await turns.step(self._at, waiting.lane)

    async def _beat(self, desk: Desk) -> None:
        """Look whether this process still holds its locks: else the others think it gone."""
        if not await self._in_thread(desk.here.beat):
            log.warning("the locks of this process were lost and are taken anew")


def _pulse(house: House) -> Pulse:
    with reading(house.engine) as db:
        return pulse(db, house.clock())


async def _all_or_none(ways: list[Coroutine[Any, Any, None]]) -> None:
    """Do these until the first ends; raises what it raised."""
    tasks = [asyncio.create_task(way) for way in ways]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await end(rest, 0)
    for task in done:
        task.result()
