"""Numbered notices to one person while processes are killed: what must come of them."""

import threading
from collections import Counter
from itertools import count

from bot.demo.server import Server
from bot.house import House
from storage import outbox
from storage.database import transaction

EVERY = 0.5  # seconds between two notices of each kind
LEAST = 2  # of a kind, so that there is an order to look at
KINDS = {"klaim": outbox.CLAIM, "ingat": outbox.REMINDER}


class Told:
    """Queues news of a claim, and reminders, until it is enough."""

    def __init__(self, server: Server, house: House) -> None:
        self._house = house
        self._phone = server.phones.add("Made")
        self._phone.chat.started = True
        self._queued: list[int] = []
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="notices")
        self._thread.start()

    def _keep(self) -> None:
        for number in count(1):
            if self._enough.wait(EVERY) and number > LEAST:
                return
            with transaction(self._house.engine) as db:
                for kind, rank in KINDS.items():
                    text = f"{kind} {number}"
                    call = {"method": "sendMessage", "chat_id": self._phone.user_id, "text": text}
                    outbox.queue(db, self._house.keys, call, kind, self._house.clock(), rank)
            self._queued.append(number)

    def finish(self) -> None:
        """Queue no more."""
        self._enough.set()
        self._thread.join()

    def heard(self, kind: str) -> list[int]:
        """The numbers of the notices of a kind that came, in the order in which they did."""
        with self._phone.state.condition:
            texts = [str(one.raw.get("text", "")).split() for one in self._phone.chat.sent]
        return [int(number) for name, number in texts if name == kind]

    def wrong(self, crashes: int, in_order: bool) -> list[str]:
        """What may not be: news that never came, or twice without a crash, or out of order.

        A reminder comes once at most. Where clocks are wrong the order hangs on them.
        """
        news, reminders = self.heard("klaim"), self.heard("ingat")
        never, firsts = set(self._queued) - set(news), list(dict.fromkeys(news))
        again = len(news) - len(firsts)
        often = [number for number, times in Counter(reminders).items() if times > 1]
        found = {
            f"news {sorted(never)} of a claim never came": never,
            f"{again} news came again after {crashes} crashes": again > crashes,
            f"news came in the order {firsts}": in_order and firsts != sorted(firsts),
            f"reminders {often} came twice": often,
        }
        return [words for words, is_so in found.items() if is_so]
