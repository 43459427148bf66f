"""What came of a soak, and the log as the soak reads it."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot import logs
from tests.soak.cast import named

LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){15}")


@dataclass
class Verdict:
    """What came of a soak from a seed, with so many people at a time.

    `reached` counts what was done, by the record.
    """

    seed: int
    people: int = 32
    database: str = ""
    updates: int = 0
    faults: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)  # updates before the first fault
    seconds: float = 0.0
    walker: float = 0.0  # seconds of work
    bot: float = 0.0
    memory: float = 0.0  # MB at most of the process, in which other walks may have been before
    reached: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        each = 1e6 / max(1, self.updates)
        return (
            f"{self.database}, seed {self.seed}, {self.people} people: "
            f"{self.updates:,} updates in {self.seconds:.0f} s; "
            f"{len(self.faults)} faults; an update costs the bot {self.bot * each:,.0f} us, "
            f"the walker {self.walker * each:,.0f} us; {self.memory:.0f} MB"
        )


class Watch(logging.Handler):
    """Reads the log as it would be written: an error is a fault, and so is anything personal."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.faults = faults
        self.setFormatter(logs.Redacting("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line."""
        line = self.format(record)
        if record.levelno >= logging.ERROR:
            self.faults.append(f"the log has an error: {line}")
        if LONG_NUMBER.search(line) or named(line):
            self.faults.append(f"the log holds something personal: {line}")


@contextmanager
def watched(faults: list[str]) -> Iterator[None]:
    """Read the log while the block runs; it is written nowhere."""
    root, watch = logging.getLogger(), Watch(faults)
    before = (root.level, root.handlers[:])
    root.handlers[:], root.level = [watch], logging.WARNING
    try:
        yield
    finally:
        root.level, root.handlers[:] = before
