"""What the bot counts, for Prometheus: nothing personal, and no label from outside."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from storage.pulse import Pulse

log = logging.getLogger(__name__)

Outcome = Literal["answered", "failed"]
Kind = Literal["reply", "notice"]
Result = Literal["sent", "refused", "unreachable", "later", "unsure", "left"]
OUTBOX_STATES = ("new", "taken", "sending", "sent", "unsure", "failed", "cancelled")
WAITS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)  # seconds until a reply
WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)  # seconds of a turn
BEAT = 0.05  # seconds between two looks at the event loop


class Metrics:
    """The counts of one process of the bot, and at a scrape the pulse of its database.

    Every label is made here, at the start: one from elsewhere is a KeyError, never a new series.
    """

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        self._pulse = pulse
        self._stall = 0.0
        self._registry = registry = CollectorRegistry()
        turns = Counter("lindung_turns", "Turns by outcome", ["outcome"], registry=registry)
        self._turns = {one: turns.labels(one) for one in get_args(Outcome)}
        sends = Counter("lindung_sends", "Calls to Telegram", ["kind", "result"], registry=registry)
        self._sends = {
            (kind, result): sends.labels(kind, result)
            for kind in get_args(Kind)
            for result in get_args(Result)
        }
        self._redelivered = Counter(
            "lindung_redelivered", "Updates that were known already", registry=registry
        )
        self._floods = Counter("lindung_floods", "Times somebody sent too much", registry=registry)
        self._work = Histogram(
            "lindung_turn_seconds", "Time of a turn", buckets=WORK, registry=registry
        )
        self._wait = Histogram(
            "lindung_reply_seconds", "From received to replied", buckets=WAITS, registry=registry
        )
        registry.register(self)

    def turn(self, outcome: Outcome, seconds: float) -> None:
        """Count a turn that took so long."""
        self._turns[outcome].inc()
        self._work.observe(seconds)

    def send(self, kind: Kind, result: Result) -> None:
        """Count a call to Telegram by what became of it."""
        self._sends[kind, result].inc()

    def replied(self, seconds: float) -> None:
        """Count a reply that came so long after the update was received."""
        self._wait.observe(max(0.0, seconds))

    def redelivered(self, updates: int = 1) -> None:
        """Count updates that Telegram brought again."""
        self._redelivered.inc(updates)

    def flooded(self) -> None:
        """Count one time that somebody sent more than is taken."""
        self._floods.inc()

    def written(self) -> bytes:
        """Everything in the format of Prometheus. Asks the database: run it in a thread."""
        return generate_latest(self._registry)

    async def watch(self) -> None:
        """Note the longest pause of this event loop, until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            before = clock()
            await asyncio.sleep(BEAT)
            self._stall = max(self._stall, clock() - before - BEAT)

    def collect(self) -> Iterator[Metric]:
        """What is looked up at each scrape; called by the registry."""
        stall, self._stall = self._stall, 0.0
        yield _gauge("loop_stall_seconds", "Longest pause of the loop since the last scrape", stall)
        try:
            pulse = self._pulse()
        except Exception:
            # Whatever is wrong with the database must be seen here, and not hide the rest.
            log.exception("the database does not tell how it is")
            yield _gauge("database_up", "Whether the database answered this scrape", 0)
            return
        yield _gauge("database_up", "Whether the database answered this scrape", 1)
        yield _gauge(
            "inbox_oldest_seconds", "Age of the oldest update not served", pulse.unserved_age
        )
        yield _gauge("outbox_oldest_seconds", "Age of the oldest notice due", pulse.due_age)
        yield _gauge("dead_letters", "Updates that were given up", pulse.dead)
        yield _outbox(pulse)


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"lindung_{name}", says, value=value)


def _outbox(pulse: Pulse) -> GaugeMetricFamily:
    rows = GaugeMetricFamily("lindung_outbox_rows", "Rows of the outbox", labels=["state"])
    for state in OUTBOX_STATES:
        rows.add_metric([state], pulse.outbox.get(state, 0))
    named = sum(pulse.outbox.get(state, 0) for state in OUTBOX_STATES)
    rows.add_metric(["other"], sum(pulse.outbox.values()) - named)
    return rows
