"""How updates come to the bot: posted to its webhook, or kept until it fetches them."""

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

from tests.bench.speed.wire import Arrived, Calling

Json = dict[str, Any]
HOST = "127.0.0.1"
SECRET = "bench-secret-of-forty-letters-and-no-less"
BATCH = 100
AGAIN = 0.2  # seconds after which a refused update is posted once more


@dataclass(frozen=True)
class Plan:
    """What is played. `ports` are where the processes of the bot listen for the webhook.

    The window begins after `warm` seconds and ends after so many `seconds`, or so many `updates`.
    `finish`: everybody goes on to the receipt; else only to the reply that is awaited.
    """

    script: str
    ports: tuple[int, ...] = ()
    people: int = 128
    first_person: int = 1
    latency: float = 0.0
    warm: float = 2.0
    seconds: float = 8.0
    updates: int = 0
    sample_every: int = 0
    leave_after: int = 0
    finish: bool = True
    patience: float = 60.0


def later(seconds: float, work: Any, *given: object) -> None:
    """Do something after a while; at once where there is nothing to wait for."""
    if seconds:
        asyncio.get_running_loop().call_later(seconds, work, *given)
    else:
        work(*given)


class Webhook:
    """Posts updates: of one person one at a time and in order, over so many connections.

    Several processes get the connections by turns, as from a proxy that knows nothing of people.
    """

    def __init__(self, plan: Plan, url: str, connections: int) -> None:
        self._plan = plan
        path = urlsplit(url).path or "/"
        head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n"
        head += f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Type: application/json\r\n"
        self._head = head.encode() + b"Content-Length: %d\r\n\r\n"
        self._idle: deque[Calling] = deque()
        self._connecting: set[asyncio.Task[None]] = set()
        self._free = connections
        self._ports = cycle(plan.ports)
        self._lanes: dict[int, deque[bytes]] = {}
        self._waiting: deque[int] = deque()
        self.refused = 0

    def add(self, lane: int, body: bytes) -> None:
        """Queue one update."""
        if lane in self._lanes:
            self._lanes[lane].append(body)
            return
        self._lanes[lane] = deque([body])
        self._waiting.append(lane)
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and self._free:
            self._free -= 1
            later(self._plan.latency / 2, self._post, self._waiting.popleft())

    def _post(self, lane: int) -> None:
        body = self._lanes[lane][0]
        request = self._head % len(body) + body
        while self._idle:
            way = self._idle.popleft()
            if way.is_open:
                way.send(request, partial(self._answered, lane, way))
                return
        task = asyncio.get_running_loop().create_task(self._connect(lane, request))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, lane: int, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, way = await loop.create_connection(Calling, HOST, next(self._ports))
        except OSError:
            self._answered(lane, None, 0)
            return
        way.send(request, partial(self._answered, lane, way))

    def _answered(self, lane: int, way: Calling | None, status: int) -> None:
        if way and status:
            self._idle.append(way)
        later(self._plan.latency / 2, self._over, lane, status)

    def _over(self, lane: int, status: int) -> None:
        self._free += 1
        queue = self._lanes[lane]
        if status == 200:
            queue.popleft()
        else:
            self.refused += 1
        if not queue:
            del self._lanes[lane]
        elif status == 200:
            self._waiting.append(lane)
        else:
            later(AGAIN, self._again, lane)
        self._go_on()

    def _again(self, lane: int) -> None:
        self._waiting.append(lane)
        self._go_on()


class Polled:
    """Keeps updates until they are fetched."""

    def __init__(self) -> None:
        self._updates: deque[tuple[int, bytes]] = deque()
        self._poll: tuple[Arrived, float] | None = None

    def add(self, update_id: int, body: bytes) -> None:
        """Queue one update."""
        self._updates.append((update_id, body))
        if self._poll:
            # Together with whatever else comes within this step of the loop.
            arrived, half = self._poll
            self._poll = None
            asyncio.get_running_loop().call_soon(self._hand_out, arrived, half)

    def fetch(self, arrived: Arrived, half: float, given: Json) -> None:
        """Answer getUpdates now, or when there is something, or after as long as it asks for."""
        offset, timeout = int(given.get("offset", 0)), float(given.get("timeout", 0))
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        if self._updates:
            self._hand_out(arrived, half)
            return
        self._poll = arrived, half
        later(half + timeout, self._nothing, arrived)

    def _nothing(self, arrived: Arrived) -> None:
        if self._poll and self._poll[0] is arrived:
            self._poll = None
            arrived.answer(b'{"ok":true,"result":[]}', 200)

    def _hand_out(self, arrived: Arrived, half: float) -> None:
        some = b",".join(body for _, body in islice(self._updates, BATCH))
        later(half, arrived.answer, b'{"ok":true,"result":[%s]}' % some, 200)
