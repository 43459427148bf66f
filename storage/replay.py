"""Tells the waiting lists again from the audit alone, and says where an offer was out of order.

Rows that put somebody in a line, or offer a seat, hold `pool=... line=...` in their reason. What
comes out can be laid beside the tables: the same people in the same order.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.registration import State
from storage.models import Audit

PLACE = re.compile(r"pool=(\S+) line=(\d+)")
Entry = tuple[str, str]  # line, registration


@dataclass
class Lines:
    """The waiting list of each pool, in order; and what nobody can explain."""

    waiting: dict[str, list[Entry]] = field(default_factory=dict)
    offers: int = 0
    unexplained: list[str] = field(default_factory=list)
    _where: dict[str, tuple[str, Entry]] = field(default_factory=dict)
    _aside: set[str] = field(default_factory=set)  # passed over in the round of offers at hand
    _gone: set[str] = field(default_factory=set)  # noted as having left, which can be undone

    def take(self, row: Audit) -> None:
        """Go one row of the audit further."""
        if row.object_type != "registration":
            return
        if row.action == "passed_over":
            self._aside.add(row.object_id)
        if row.action == "departure_noted":
            self._gone.add(row.object_id)
        if row.action == "departure_undone":
            self._gone.discard(row.object_id)
        if row.to_state == State.OFFERED:
            self._offered(row)
        if row.from_state == State.WAITING:
            self._leave(row.object_id)
        if row.to_state == State.WAITING:
            self._join(row)

    def _offered(self, row: Audit) -> None:
        self.offers += 1
        pool, entry = self._where.get(row.object_id, ("", ("", "")))
        line = self.waiting.get(pool, [])
        first = next((one for one in line if one[1] not in self._aside | self._gone), None)
        self._aside.clear()
        if first != entry:
            self.unexplained.append(f"{row.object_id} was offered a seat, but next was {first}")
        if not PLACE.search(row.reason):
            self.unexplained.append(f"{row.object_id} was offered a seat without a reason")

    def _leave(self, id: str) -> None:
        pool, entry = self._where.pop(id, ("", ("", "")))
        line = self.waiting.get(pool, [])
        place = bisect_left(line, entry)
        if place < len(line) and line[place] == entry:
            del line[place]
        else:
            self.unexplained.append(f"{id} left a line in which it did not stand")

    def _join(self, row: Audit) -> None:
        place = PLACE.search(row.reason)
        if place is None:
            self.unexplained.append(f"{row.object_id} waits without a place")
            return
        entry = (place.group(2), row.object_id)
        self._where[row.object_id] = (place.group(1), entry)
        insort(self.waiting.setdefault(place.group(1), []), entry)


def replay(rows: Iterable[Audit]) -> Lines:
    """The waiting lists after these rows of the audit, which are in the order of their ids."""
    lines = Lines()
    for row in rows:
        lines.take(row)
    return lines
