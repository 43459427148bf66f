"""The stand-in of the Bot API, and the people, in a process of its own.

`python -m tests.bench.speed.stand_in '{...}'` (a `Plan`); it prints one JSON line for each event.
Each way takes half of the round trip: a call's effect is there after one half, its answer after
both, and an update takes one half to the bot.
"""

import asyncio
import json
import os
import resource
import sys
import time
from dataclasses import asdict
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from tests.bench.speed.crowd import Crowd, Seen
from tests.bench.speed.deliveries import HOST, Plan, Polled, Webhook, later
from tests.bench.speed.sign_ups import read_markup
from tests.bench.speed.wire import Arrived, Listening

Json = dict[str, Any]
TOKEN = "123456:bench-token"
BOT = {"id": 123456, "is_bot": True, "first_name": "Bot Contoh", "username": "contoh_bot"}
CONNECTIONS = 40  # that Telegram opens where setWebhook asks for no other number
ENTRIES = ("sendmessage", "editmessagetext")


def tell(event: str, **facts: object) -> None:
    """One event, for whoever measures; with the time of the machine's monotonic clock."""
    print(json.dumps({"event": event, "at": time.monotonic(), **facts}), flush=True)


class StandIn:
    """Answers the bot's calls and lets the people play."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.crowd = Crowd(plan, self._deliver)
        self._ids = count(int(time.time() * 1000))  # no run repeats those of another
        self._polled = Polled()
        self.webhook: Webhook | None = None
        self.calls: dict[str, int] = {}
        self.ready = asyncio.Event()

    def serve(self, arrived: Arrived) -> None:
        """Take a call; its effect comes half a round trip later."""
        later(self.plan.latency / 2, self._perform, arrived)

    def _perform(self, arrived: Arrived) -> None:
        method = arrived.path.rpartition("/")[2].lower()
        self.calls[method] = self.calls.get(method, 0) + 1
        if method == "getupdates":
            self.ready.set()
            self._polled.fetch(arrived, self.plan.latency / 2, _parameters(arrived))
            return
        result = self._result(method, arrived)
        later(self.plan.latency / 2, arrived.answer, b'{"ok":true,"result":%s}' % result, 200)

    def _result(self, method: str, arrived: Arrived) -> bytes:
        if method in ENTRIES:
            return self._entry(read_markup(_parameters(arrived)))
        if method == "setwebhook":
            given = _parameters(arrived)
            many = int(given.get("max_connections", CONNECTIONS))
            self.webhook = Webhook(self.plan, given["url"], many)
            self.ready.set()
        if method == "getme":
            return json.dumps(BOT).encode()
        if method == "getwebhookinfo":
            return b'{"url":"","has_custom_certificate":false,"pending_update_count":0}'
        return b"true"

    def _entry(self, call: Json) -> bytes:
        """A message of the bot, sent or rewritten."""
        chat = int(call["chat_id"])
        id = int(call.get("message_id") or self.crowd.next_message())
        message = {"message_id": id, "from": BOT, "date": int(time.time()), "text": call["text"]}
        message["chat"] = {"id": chat, "type": "private", "first_name": "Contoh"}
        if "inline_keyboard" in (call.get("reply_markup") or {}):
            message["reply_markup"] = call["reply_markup"]
        self.crowd.heard(message, call)
        return json.dumps(message).encode()

    def _deliver(self, lane: int, kind: str, body: Json) -> None:
        id = next(self._ids)
        raw = json.dumps({"update_id": id, kind: body}).encode()
        if self.webhook:
            self.webhook.add(lane, raw)
        else:
            self._polled.add(id, raw)


def _parameters(arrived: Arrived) -> Json:
    if arrived.body.startswith(b"{"):
        given: Json = json.loads(arrived.body)
        return given
    return dict(parse_qsl(arrived.body.decode(), keep_blank_values=True))


def _fail(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Whatever goes wrong in here would spoil the figures: it ends the run."""
    loop.default_exception_handler(context)
    os._exit(1)


async def play(plan: Plan) -> None:
    """Wait for the bot, then play; the events say how it went."""
    stand_in = StandIn(plan)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_fail)
    server = await loop.create_server(lambda: Listening(stand_in.serve), HOST, 0)
    tell("listening", port=server.sockets[0].getsockname()[1])
    await stand_in.ready.wait()
    tell("ready")
    crowd, first, over = stand_in.crowd, asyncio.Event(), asyncio.Event()
    crowd.on_answer = partial(_watch, stand_in, first, over)
    crowd.begin(plan.people)
    await first.wait()
    await asyncio.sleep(plan.warm)
    crowd.seen = Seen(time.monotonic())
    if stand_in.webhook:
        stand_in.webhook.refused = 0  # before, the bot was perhaps not listening yet
    used, before = _own_time(), crowd.answered
    tell("begin", answered=crowd.answered)
    await (over.wait() if plan.updates else asyncio.sleep(plan.seconds))
    crowd.seen.ended = time.monotonic()
    tell("end", answered=crowd.answered)
    seen, crowd.seen, own = crowd.seen, Seen(), _own_time() - used
    crowd.goes_on, crowd.may_speak = False, plan.finish
    await _to_the_end(crowd, plan)
    _result_of(stand_in, seen, own, before)
    await asyncio.Event().wait()  # until it is killed: the bot ends first


def _watch(stand_in: StandIn, first: asyncio.Event, over: asyncio.Event, answered: int) -> None:
    plan, seen = stand_in.plan, stand_in.crowd.seen
    if answered == 1:
        tell("first")
        first.set()
    if plan.sample_every and not answered % plan.sample_every:
        tell("sample", answered=answered)
    if seen.began and seen.answered >= plan.updates:
        over.set()


async def _to_the_end(crowd: Crowd, plan: Plan) -> None:
    ends = time.monotonic() + plan.patience
    while time.monotonic() < ends and (crowd.talking if plan.finish else crowd.unanswered):
        await asyncio.sleep(0.02)


def _result_of(stand_in: StandIn, seen: Seen, own: float, before: int) -> None:
    crowd, webhook = stand_in.crowd, stand_in.webhook
    tell(
        "result",
        seconds=seen.ended - seen.began,
        updates=seen.answered,
        spans=sorted(seen.spans),
        receipts=crowd.receipts,
        unfinished=len(crowd.talking),
        answered_since=crowd.answered - before,
        unanswered=crowd.unanswered,
        repeats=crowd.repeats,
        refused=webhook.refused if webhook else 0,
        own=own,
        calls=stand_in.calls,
        plan=asdict(stand_in.plan),
    )


def _own_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Play the plan that is given as JSON."""
    plan = Plan(**json.loads(sys.argv[1]))
    import uvloop

    uvloop.run(play(plan))


if __name__ == "__main__":
    main()
