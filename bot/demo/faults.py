"""Faults that a test orders: the next calls of a method fail the way networks and servers do."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "401",
    "403",
    "429",
    "500",
    "502",
    "broken_json",
    "empty_json",
    "closed_before",
    "closed_after",
    "hang",
    "slow",
]
ANY = "*"


@dataclass(frozen=True)
class Fault:
    """`hang`, `slow` and `closed_after` strike after the call took effect, all others instead
    of it, unless `after` says otherwise. `slow` answers well in the end, as `hang` does where its
    effect came first."""

    kind: Kind
    seconds: float = 1.0
    after: bool | None = None

    @property
    def after_effect(self) -> bool:
        if self.after is not None:
            return self.after
        return self.kind in ("hang", "slow", "closed_after")


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def add(
        self,
        method: str,
        kind: Kind,
        times: int = 1,
        seconds: float = 1.0,
        after: bool | None = None,
    ) -> None:
        """Orders `times` faults of one method, or of any with "*"; `seconds` is how long to
        hang, or what a 429 asks the bot to wait; `after` the call's effect, or instead of it."""
        with self._lock:
            self._ordered[method.lower()].extend([Fault(kind, seconds, after)] * times)

    def take(self, method: str) -> Fault | None:
        with self._lock:
            for queue in (self._ordered[method.lower()], self._ordered[ANY]):
                if queue:
                    return queue.popleft()
        return None

    def any_left(self, method: str) -> bool:
        with self._lock:
            return bool(self._ordered[method.lower()])

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()
