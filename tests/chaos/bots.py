"""Bots in processes of their own: started, killed, stopped."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
RUNS = 1000  # what the mother says of a process that runs
KILLED = -signal.SIGKILL


class Mother:
    """The process that forks bots; threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._one_at_a_time = threading.Lock()
        with (folder / "mother.log").open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.mother"],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)},
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def ask(self, **order: Any) -> int:
        """Give an order; the number that it answers."""
        with self._one_at_a_time:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@contextmanager
def mother(folder: Path) -> Iterator[Mother]:
    """A mother for as long as the block lasts."""
    made = Mother(folder)
    try:
        yield made
    finally:
        made.close()


class Bot:
    """One process of the bot, over all its lives; it does not run yet."""

    def __init__(self, mother: Mother, environment: Mapping[str, str], log: Path) -> None:
        self._mother = mother
        self._environment = dict(environment)
        self.log = log
        self._pid = 0
        self._ended = 0
        self.die = ""

    def start(self, clock: str = "", die: str = "", do: str = "start") -> None:
        """Start it, perhaps with another clock and a point to die at (`tests/chaos/hooks.py`)."""
        self.die = die
        self._ended = RUNS
        order = {"environment": self._environment, "log": str(self.log), "clock": clock}
        self._pid = self._mother.ask(do=do, die=die, **order)

    def status(self) -> int:
        """The exit status, `KILLED` after a SIGKILL, `RUNS` while it runs."""
        if self._pid:
            self._ended = self._mother.ask(do="look", pid=self._pid)
            if self._ended != RUNS:
                self._pid = 0
        return self._ended

    def wait(self, seconds: float) -> int:
        """The status when it has ended, or after so many seconds."""
        ends = time.monotonic() + seconds
        while self.status() == RUNS and time.monotonic() < ends:
            time.sleep(0.005)
        return self._ended

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.status() == RUNS:
            os.kill(self._pid, number)

    def kill(self) -> int:
        """End it at once; its status, which says whether it was at an end before."""
        self.send(signal.SIGKILL)
        return self.wait(60)

    def stop(self) -> tuple[int, float]:
        """End it by SIGTERM; its status, and the seconds that it took."""
        begun = time.monotonic()
        self.send(signal.SIGTERM)
        return self.wait(60), time.monotonic() - begun

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text()[-1500:] if self.log.exists() else ""
