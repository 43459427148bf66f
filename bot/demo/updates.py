"""The queue of updates that wait for the bot, as getUpdates hands them out."""

import secrets
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any

Json = dict[str, Any]

DAY = 24 * 3600.0
LIFETIMES = {"callback_query": 150.0}
ON_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
# An offset further ahead than this starts again at the oldest update, as on the real server.
MAX_LEAP = 10


@dataclass(frozen=True)
class Waiting:
    update: Json
    expires: float


class Updates:
    """Not locked: the state's lock is held by whoever calls."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._waiting: deque[Waiting] = deque()
        self._repeats: list[Json] = []
        self._allowed: frozenset[str] = frozenset()
        self._next_id = 100_000_000 + secrets.randbelow(400_000_000)
        self.poller = 0

    @property
    def pending(self) -> list[Json]:
        """Updates that the bot has not confirmed yet."""
        self._drop_expired()
        return [entry.update for entry in self._waiting]

    def add(self, kind: str, body: Json) -> Json | None:
        """Queues `{update_id, kind: body}`; None when the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        update = {"update_id": self._next_id, kind: body}
        self._next_id += 1
        self._waiting.append(Waiting(update, self._now() + LIFETIMES.get(kind, DAY)))
        return update

    def go_on_from(self, update_id: int) -> None:
        """After a week without updates Telegram chooses the id of the next one at random."""
        self._next_id = update_id

    def repeat(self, update: Json) -> None:
        """The next answer holds this update once more, whatever its offset."""
        self._repeats.append(update)

    def take(self, offset: int, limit: int) -> list[Json]:
        """Confirms everything below `offset` and returns what comes next."""
        self._drop_expired()
        if offset < 0:
            offset = self._next_id + offset
        elif offset > self._next_id + MAX_LEAP:
            offset = 0
        while self._waiting and self._waiting[0].update["update_id"] < offset:
            self._waiting.popleft()
        return self.repeats() + [entry.update for entry in islice(self._waiting, limit)]

    def repeats(self) -> list[Json]:
        """What is to be delivered again, now handed out."""
        repeats, self._repeats = self._repeats, []
        return repeats

    def confirm(self, update: Json) -> None:
        """The bot has taken this one."""
        left = (entry for entry in self._waiting if entry.update is not update)
        self._waiting = deque(left)

    def allow(self, kinds: Collection[str]) -> None:
        """The kinds asked for stay in force until asked for again; none means the usual ones."""
        self._allowed = frozenset(kinds)

    def clear(self) -> None:
        self._waiting.clear()
        self._repeats.clear()

    def _wanted(self, kind: str) -> bool:
        return kind in self._allowed if self._allowed else kind not in ON_REQUEST_ONLY

    def _drop_expired(self) -> None:
        now = self._now()
        if any(entry.expires <= now for entry in self._waiting):
            self._waiting = deque(entry for entry in self._waiting if entry.expires > now)
