"""Processes of the bench: started, ended, and what /proc says of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.bench.speed.deliveries import HOST, Plan

PROJECT = Path(__file__).parents[3]
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
AT_LEAST = 60  # seconds without an event after which something is wrong


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if fields := _fields(path):
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def seconds(pid: int) -> float:
    """Processor time of a process, its descendants, and the children it has outlived."""
    ticks = 0
    for one in family(pid):
        fields = _fields(Path(f"/proc/{one}/stat"))
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICK


def loop_seconds(pid: int) -> float:
    """Processor time of a process' first thread, where its event loop runs."""
    return sum(map(int, _fields(Path(f"/proc/{pid}/task/{pid}/stat"))[11:13])) / TICK


def all_seconds() -> float:
    """Processor time of the whole machine, since it started, but for what lay idle."""
    user, nice, system, _idle, _waiting, *rest = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + sum(rest[:3])) / TICK


def _fields(stat: Path) -> list[str]:
    """The fields behind the name, the state first; nothing of a process that has gone."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return ["", "-1", *["0"] * 20]


def memory(pid: int) -> float:
    """What a process and its descendants hold, in MB."""
    pages = 0
    for one in family(pid):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * PAGE / 2**20


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


class Events:
    """The stand-in, and what it tells."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._queue: Queue[dict[str, Any]] = Queue()
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._queue.put(json.loads(line))
        self._queue.put({"event": "gone"})

    def wait(
        self,
        event: str,
        patience: float,
        other: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> dict[str, Any]:
        """The next event of this name; `other` is shown those before it."""
        while True:
            try:
                found = self._queue.get(timeout=patience)
            except Empty:
                raise RuntimeError(f"the stand-in told nothing of {event!r}") from None
            if found["event"] == event:
                return found
            if found["event"] == "gone":
                raise RuntimeError(f"the stand-in ended before it told of {event!r}")
            other(found)


@contextmanager
def stand_in(plan: Plan) -> Iterator[Events]:
    """The stand-in's process, playing this plan."""
    own = [sys.executable, "-m", "tests.bench.speed.stand_in", json.dumps(asdict(plan))]
    process = subprocess.Popen(own, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        yield Events(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@contextmanager
def child(module: str, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """A bot's process; ended by SIGTERM at the end of the block."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **environment}
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=log.parent, env=given, stdout=file, stderr=file
        )
    try:
        yield process.pid
        process.send_signal(signal.SIGTERM)
        process.wait(AT_LEAST)
    finally:
        process.kill()
        process.wait()
        if said := log.read_text().strip():
            print(f"    {module} said: {said[-1500:]}")
