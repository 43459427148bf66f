"""Delivers updates to a webhook, as Telegram does: in order per chat, again until it is taken."""

import asyncio
import json
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from bot.demo.bell import Bell
from bot.demo.methods import METHODS
from bot.demo.parameters import read_parameters
from bot.demo.refusals import Refused
from bot.demo.state import Call, Hook, State
from bot.demo.updates import Json

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
PAUSES = (0.0, 2.0, 4.0, 8.0, 16.0)  # seconds before a delivery is tried again
LONGEST = 60.0  # seconds for an answer
LOOK = 1.0


class Deliverer:
    """Posts what waits while a webhook is set; one at a time to each chat, and to each presser."""

    def __init__(self, state: State, bell: Bell) -> None:
        self._state = state
        self._bell = bell
        self._busy: set[Hashable] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Deliver until it is cancelled."""
        connector = aiohttp.TCPConnector(limit=100)
        async with aiohttp.ClientSession(connector=connector) as session:
            try:
                while True:
                    hook = self._state.hook
                    for update, is_repeat in self._ready() if hook else ():
                        self._begin(session, update, is_repeat)
                    await self._bell.wait(LOOK)
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ready(self) -> list[tuple[Json, bool]]:
        """What may be delivered now: the oldest of each queue, and what is delivered again."""
        with self._state.condition:
            updates = self._state.updates
            ready = [(update, True) for update in updates.repeats()]
            for update in updates.pending:
                if (queue := _queue(update)) not in self._busy:
                    self._busy.add(queue)
                    ready.append((update, False))
        return ready

    def _begin(self, session: aiohttp.ClientSession, update: Json, is_repeat: bool) -> None:
        task = asyncio.create_task(self._deliver(session, update, is_repeat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, session: aiohttp.ClientSession, update: Json, is_repeat: bool) -> None:
        tries = 0
        while hook := self._state.hook:
            answer = await _post(session, hook, update)
            if answer.taken:
                self._perform(answer.body)
                break
            await asyncio.sleep(answer.seconds or PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
        if not is_repeat:
            with self._state.changing():
                if hook:
                    self._state.updates.confirm(update)
                self._busy.discard(_queue(update))

    def _perform(self, body: bytes) -> None:
        """Do what the bot's answer asks for, as Telegram does; nobody tells it what came of it."""
        if not body:
            return
        call = json.loads(body)
        method, refusal = str(call.pop("method")), ""
        with self._state.changing():
            try:
                METHODS[method.lower()](self._state, read_parameters(method.lower(), call))
            except Refused as refused:
                refusal = refused.description
            self._state.calls.append(Call(method, call, not refusal, refusal, self._state.now()))


def _queue(update: Json) -> Hashable:
    """Messages wait for those of the same chat, presses for those of the same person."""
    if "callback_query" in update:
        return "press", update["callback_query"].get("from", {}).get("id")
    body = next((value for key, value in update.items() if key != "update_id"), None)
    chat = body.get("chat") if isinstance(body, dict) else None
    return "chat", chat.get("id") if isinstance(chat, dict) else None


@dataclass(frozen=True)
class _Answer:
    taken: bool
    seconds: float = 0.0  # that the bot asked to be left alone
    body: bytes = b""  # may hold one call


async def _post(session: aiohttp.ClientSession, hook: Hook, update: Json) -> _Answer:
    timeout = aiohttp.ClientTimeout(total=LONGEST)
    headers = {SECRET: hook.secret} if hook.secret else {}
    with suppress(aiohttp.ClientError, TimeoutError):
        async with session.post(hook.url, json=update, headers=headers, timeout=timeout) as answer:
            asked = answer.headers.get("Retry-After", "")
            seconds = float(asked) if asked.isdecimal() else 0.0
            return _Answer(answer.status // 100 == 2, seconds, await answer.read())
    return _Answer(taken=False)
