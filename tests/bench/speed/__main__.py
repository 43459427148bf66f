"""How fast updates are served over HTTP: `python -m tests.bench.speed` (part of `make bench`).

This bot on SQLite, on PostgreSQL with Redis, and python-telegram-bot's ConversationHandler, in
turn, several rounds. The send budget (30 messages a second in all) is lifted for all of them.
"""

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import mean

from tests.bench.speed import profiles, report, stored
from tests.bench.speed.deliveries import Plan
from tests.bench.speed.peers import NAMES, THEIRS, opened
from tests.bench.speed.report import Runs
from tests.bench.speed.run import Figures, Peer, measure, oddities

FAR = 0.080
SESSIONS = (0, 10_000, 100_000, 1_000_000)
STARTS = 3
MOST_GROWTH = 1.2  # of a start with a million sessions beside one with none
FAR_SECONDS = 30  # for who sends one message after the other: 128 people wait ten seconds


def say(words: str) -> None:
    """Progress, at once."""
    print(words, flush=True)


def speeds(peers: list[Peer], plan: Plan, rounds: int) -> Runs:
    """Each peer in turn, several rounds."""
    runs: Runs = {name: [] for name in NAMES}
    for turn in range(1, rounds + 1):
        for peer in peers:
            far = peer.name == THEIRS and plan.latency
            seconds = max(FAR_SECONDS, plan.seconds) if far else plan.seconds
            figures = measure(peer, replace(plan, seconds=seconds, finish=not far))
            runs[peer.name].append(figures)
            where = f"{plan.latency * 1e3:.0f} ms, round {turn}/{rounds}, {peer.name}"
            say(f"  {where}: {_short(figures)}")
    return runs


def _short(figures: Figures) -> str:
    odd = oddities(figures)
    return (
        f"{figures.cpu:,.0f} us, {figures.rate:,.1f}/s, {figures.result['receipts']} receipts, "
        f"others {figures.others:.0%}{'; ' + odd if odd else ''}"
    )


def show_speeds(peers: list[Peer], given: argparse.Namespace) -> tuple[Runs, Runs]:
    """At 0 ms and at 80 ms."""
    both = []
    for latency in (0.0, FAR):
        plan = Plan("", people=given.people, latency=latency, seconds=given.seconds)
        runs = speeds(peers, plan, given.rounds)
        say(f"\n{given.people} people at once, {latency * 1e3:.0f} ms to Telegram and back:\n")
        say(f"{report.speeds(runs)}\n\n{report.ratios(runs)}")
        say(report.others([one for some in runs.values() for one in some]) + "\n")
        both.append(runs)
    return both[0], both[1]


def show_memory(peers: list[Peer], newcomers: int) -> None:
    """What 100,000 more unfinished sign-ups take of a bot's memory."""
    plan = Plan("", warm=5.0, leave_after=2, updates=2 * newcomers, finish=False)
    rows = []
    for peer in peers:
        figures = measure(peer, plan)
        per = figures.grown / (figures.result["updates"] / 2) * 100_000
        rows.append([peer.name, f"{figures.memory:,.0f}", f"{per:+,.1f}"])
        say(f"  {peer.name}: {figures.result['updates'] // 2:,} newcomers, {figures.grown:+.1f} MB")
    head = ("", "MB at the end", "MB more per 100,000 sessions")
    say(f"\n{report.table(head, rows)}\n")


def show_starts(peers: list[Peer], sessions: list[int]) -> bool | None:
    """To the first call for updates, and to the first reply; the shortest of some starts."""
    rows, grown = [], []
    for peer in peers:
        firsts = []
        for many in sessions if peer.name != THEIRS else [0]:
            ready, first = _start(peer, many)
            firsts.append(first)
            rows.append([peer.name, f"{many:,}", f"{ready:.2f}", f"{first:.2f}"])
            say(f"  {peer.name}, {many:,} sessions: ready in {ready:.2f} s, reply in {first:.2f} s")
        if peer.name != THEIRS and len(firsts) > 1:
            grown.append(firsts[-1] / firsts[0])
    head = ("", "sessions stored", "s to ready", "s to the first reply")
    say(f"\n{report.table(head, rows)}\n")
    return max(grown) <= MOST_GROWTH if grown else None


def _start(peer: Peer, many: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="lindung-start-") as folder:
        environment = peer.environment(Path(folder))
        if peer.name != THEIRS:
            stored.fill(environment, many)
        kept = replace(peer, environment=lambda _: environment)
        plan = Plan("", people=1, warm=0.0, seconds=0.1, finish=False)
        runs = [measure(kept, replace(plan, first_person=turn)) for turn in range(1, STARTS + 1)]
    return min(one.ready for one in runs), min(one.first for one in runs)


def show_drift(peer: Peer, updates: int) -> float:
    """How much more memory the last tenth of the updates sees than the first tenth did."""
    figures = measure(peer, Plan("", updates=updates, sample_every=max(updates // 100, 1)))
    held = [memory for _, memory in figures.samples]
    before, after = mean(held[5:15]), mean(held[-10:])
    say(f"  {peer.name}: {before:.1f} MB after a tenth, {after:.1f} MB after {updates:,} updates")
    say(f"  {_short(figures)}\n")
    return after / before - 1


def show_profile(peer: Peer, folder: Path, seconds: float) -> None:
    """Profiles of a bot of ours, and where the time goes."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {"BENCH_PROFILE": str(folder.resolve())}
    watched = replace(
        peer,
        name=f"{peer.name}, profile",
        environment=lambda home: {**peer.environment(home), **own},
    )
    figures = measure(watched, Plan("", seconds=seconds))
    updates = figures.result["answered_since"]
    say(f"{peer.name}, {updates:,} updates: {_short(figures)}\n")
    say(profiles.written(folder, updates))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measured window")
    parser.add_argument("--people", type=int, default=128, help="at once")
    parser.add_argument("--only", choices=NAMES, nargs="+", default=NAMES, help="of the bots")
    parser.add_argument("--polling", action="store_true", help="instead of a webhook")
    parser.add_argument("--sessions", type=int, nargs="*", default=SESSIONS, help="to start on")
    parser.add_argument("--newcomers", type=int, default=10_000, help="for memory; 0 for none")
    parser.add_argument("--long", type=int, nargs="?", const=1_000_000, help="updates for drift")
    parser.add_argument("--profile", type=Path, help="our first bot alone, into this folder")
    return parser


def main() -> None:
    """Print the figures, and whether the goals are reached."""
    given = _parser().parse_args()
    cores = len(os.sched_getaffinity(0))
    say(f"{platform.platform()}, {cores} cores, Python {platform.python_version()}")
    say(
        f"by {'polling' if given.polling else 'webhook'}; Telegram's 30 messages/s lifted for all\n"
    )
    with (
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
        opened(tuple(given.only), Path(folder), given.polling) as peers,
    ):
        if given.profile:
            show_profile(peers[0], given.profile, given.seconds)
        else:
            _measure_all(peers, given)


def _measure_all(peers: list[Peer], given: argparse.Namespace) -> None:
    drift = show_drift(peers[0], given.long) if given.long else None
    near: Runs = {name: [] for name in NAMES}
    far, starts = near, None
    if given.rounds:
        near, far = show_speeds(peers, given)
    if given.newcomers:
        show_memory(peers, given.newcomers)
    if given.sessions:
        starts = show_starts(peers, list(given.sessions))
    say(report.goals(near, far, starts, drift))


if __name__ == "__main__":
    sys.exit(main())
