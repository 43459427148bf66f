"""Telegram's limits on sending, kept by the stand-in when a test asks for it."""

import threading
import time
from collections import deque
from collections.abc import Callable

OVERALL, SECOND = 30, 1.0  # messages in any second
BURST, A_SECOND = 3, 1.0  # to one chat at once, and then so many a second


class SendLimits:
    """Off until `enforced`. What goes beyond is refused with 429 and counted in `broken`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._sent: deque[float] = deque()
        self._left: dict[int, tuple[float, float]] = {}
        self.enforced = False
        self.broken = 0
        self.most = 0  # that came in any second

    def wait(self, chat_id: int) -> int:
        """Count one message to a chat; 0, or the seconds after which it may be sent."""
        with self._lock:
            now = self._clock()
            while self._sent and now - self._sent[0] >= SECOND:
                self._sent.popleft()
            left, at = self._left.get(chat_id, (float(BURST), now))
            left = min(BURST, left + (now - at) * A_SECOND)
            if not self.enforced or (len(self._sent) < OVERALL and left >= 1):
                self._sent.append(now)
                self._left[chat_id] = left - 1, now
                self.most = max(self.most, len(self._sent))
                return 0
            self.broken += 1
            return 1
