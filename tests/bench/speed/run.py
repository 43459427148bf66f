"""One measured run: a bot in a process of its own, the stand-in, and the figures of both."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bench.speed import processes
from tests.bench.speed.deliveries import HOST, SECRET, Plan
from tests.bench.speed.stand_in import TOKEN

START = 60  # seconds that a bot may take to start


@dataclass(frozen=True)
class Peer:
    """A bot that is measured.

    `environment` is asked anew for each run, with an empty folder; `beside` are the servers that
    it leans on, by their process. `processes` is how many of the bot serve at the same time.
    """

    name: str
    module: str
    script: str
    environment: Callable[[Path], Mapping[str, str]]
    beside: Mapping[str, int] = field(default_factory=dict)
    polling: bool = False
    processes: int = 1


@dataclass(frozen=True)
class Figures:
    """What one run gave. CPU in microseconds per update, spans in seconds, memory in MB.

    `stall` is the longest of the loop, `own_stall` without the time for which it was ready and
    other processes had the processors.
    `others` is the share of the machine's processors that other work took meanwhile.
    """

    rate: float
    cpu: float
    loop: float
    beside: dict[str, float]
    driver: float
    p50: float
    p99: float
    worst: float
    stall: float
    own_stall: float
    memory: float
    grown: float
    ready: float
    first: float
    others: float
    result: dict[str, Any]
    samples: tuple[tuple[int, float], ...]


@dataclass
class _Marks:
    """What is read of the processes at the two ends of the window."""

    cpu: list[float]
    loop: list[float]
    beside: list[dict[str, float]]
    at: list[float]
    memory: list[float]
    machine: list[float]
    samples: list[tuple[int, float]]


def measure(peer: Peer, plan: Plan) -> Figures:
    """Run a plan against a peer."""
    ports = tuple(processes.free_port() for _ in range(peer.processes))
    plan = replace(plan, script=peer.script, ports=ports)
    with tempfile.TemporaryDirectory(prefix="lindung-speed-") as folder:
        home = Path(folder)
        with processes.stand_in(plan) as events:
            port = events.wait("listening", processes.AT_LEAST)["port"]
            given = {**_addresses(port), **peer.environment(home)}
            began = time.monotonic()
            with ExitStack() as bots:
                pids = [
                    bots.enter_context(_bot(peer, given, home, place, one))
                    for place, one in enumerate(ports)
                ]
                starts = [events.wait(name, START)["at"] - began for name in ("ready", "first")]
                marks, result = _window(peer, plan, events, pids)
            return _figures(peer, marks, result, starts, home)


def _bot(
    peer: Peer, given: Mapping[str, str], home: Path, place: int, port: int
) -> AbstractContextManager[int]:
    """One process of a bot."""
    own = {**given, "BENCH_STALLS": str(home / f"{place}.stalls")}
    if not peer.polling:
        webhook = {"URL": "https://bench.example/hook", "LISTEN": f"{HOST}:{port}"}
        own |= {f"WEBHOOK_{name}": value for name, value in (webhook | {"SECRET": SECRET}).items()}
    return processes.child(peer.module, own, home / f"{place}.log")


def _addresses(port: int) -> dict[str, str]:
    api = f"http://{HOST}:{port}"
    return {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": f"{api}/bot",
        "TELEGRAM_FILE_BASE_URL": f"{api}/file/bot",
    }


def _window(
    peer: Peer, plan: Plan, events: processes.Events, pids: list[int]
) -> tuple[_Marks, dict[str, Any]]:
    marks = _Marks([], [], [], [], [], [], [])

    def read(event: dict[str, Any]) -> None:
        marks.cpu.append(sum(map(processes.seconds, pids)))
        marks.loop.append(sum(map(processes.loop_seconds, pids)))
        marks.beside.append({name: processes.seconds(one) for name, one in peer.beside.items()})
        marks.at.append(event["at"])
        marks.memory.append(sum(map(processes.memory, pids)))
        marks.machine.append(processes.all_seconds())

    def sample(event: dict[str, Any]) -> None:
        if event["event"] == "sample":
            marks.samples.append((event["answered"], sum(map(processes.memory, pids))))

    longest = plan.warm + plan.patience + processes.AT_LEAST
    read(events.wait("begin", longest, sample))
    if "profile" in peer.name:
        os.kill(pids[0], signal.SIGUSR1)
    read(events.wait("end", longest + plan.seconds + plan.updates / 5, sample))
    return marks, events.wait("result", longest, sample)


def _figures(
    peer: Peer, marks: _Marks, result: dict[str, Any], starts: list[float], home: Path
) -> Figures:
    updates, spans = max(result["updates"], 1), result.pop("spans") or [0.0]
    micro = 1e6 / updates
    began, ended = marks.at
    lines = [line for file in home.glob("*.stalls") for line in file.read_text().splitlines()]
    stalls = [one for one in map(json.loads, lines) if began <= one[0] <= ended]
    return Figures(
        rate=updates / result["seconds"],
        cpu=(marks.cpu[1] - marks.cpu[0]) * micro,
        loop=(marks.loop[1] - marks.loop[0]) * micro,
        beside={
            name: (marks.beside[1][name] - marks.beside[0][name]) * micro for name in peer.beside
        },
        driver=result["own"] * micro,
        p50=spans[len(spans) // 2],
        p99=spans[len(spans) * 99 // 100],
        worst=spans[-1],
        stall=max((late for _, late, _ in stalls), default=0.0),
        own_stall=max((late - waited for _, late, waited in stalls), default=0.0),
        memory=marks.memory[1],
        grown=marks.memory[1] - marks.memory[0],
        ready=starts[0],
        first=starts[1],
        others=_others(marks, result),
        result=result,
        samples=tuple(marks.samples),
    )


def _others(marks: _Marks, result: dict[str, Any]) -> float:
    own = marks.cpu[1] - marks.cpu[0] + result["own"]
    own += sum(marks.beside[1].values()) - sum(marks.beside[0].values())
    whole = (marks.at[1] - marks.at[0]) * (os.cpu_count() or 1)
    return max(0.0, marks.machine[1] - marks.machine[0] - own) / whole


def oddities(figures: Figures) -> str:
    """What did not go as it should, in words; "" where all went well."""
    odd = ("unfinished", "unanswered", "repeats", "refused")
    return ", ".join(f"{figures.result[key]} {key}" for key in odd if figures.result[key])
