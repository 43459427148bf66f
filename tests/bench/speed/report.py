"""Figures as text: one line a peer, ratios of runs that stood side by side, and the goals."""

from collections.abc import Callable, Sequence
from statistics import median

from tests.bench.speed.peers import FLEET, OF_OURS, THEIRS
from tests.bench.speed.run import Figures

Runs = dict[str, list[Figures]]
TIMES, SHARE, DRIFT, STALL = 50.0, 1 / 3, 0.02, 0.020
MOST_OTHERS = 0.1  # of the processors, beyond which other work has spoilt the figures
HEAD = (
    *("", "CPU us", "in the loop", "servers' CPU us", "updates/s", "p50 ms", "p99 ms"),
    *("stall ms", "MB", "driver us"),
)


def _middle(runs: Sequence[Figures], read: Callable[[Figures], float]) -> float:
    return median(read(one) for one in runs)


def _stall(one: Figures) -> float:
    return one.stall


def _own_stall(one: Figures) -> float:
    return one.own_stall


def _row(name: str, runs: Sequence[Figures]) -> tuple[str, ...]:
    beside = ", ".join(
        f"{server} {_middle(runs, lambda one: one.beside[server]):,.0f}"  # noqa: B023
        for server in runs[0].beside
    )
    stall, own = (max(read(one) for one in runs) * 1e3 for read in (_stall, _own_stall))
    return (
        name,
        f"{_middle(runs, lambda one: one.cpu):,.0f}",
        f"{_middle(runs, lambda one: one.loop):,.0f}",
        beside or "-",
        f"{_middle(runs, lambda one: one.rate):,.1f}",
        f"{_middle(runs, lambda one: one.p50) * 1e3:,.0f}",
        f"{_middle(runs, lambda one: one.p99) * 1e3:,.0f}",
        f"{own:,.0f} ({stall:,.0f})" if stall else "-",
        f"{_middle(runs, lambda one: one.memory):,.0f}",
        f"{_middle(runs, lambda one: one.driver):,.0f}",
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as Markdown has it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def speeds(runs: Runs) -> str:
    """One line for each peer: medians of its rounds, the longest stall of all."""
    return table(HEAD, [_row(name, some) for name, some in runs.items() if some])


def ratio(runs: Runs, name: str, read: Callable[[Figures], float]) -> float:
    """The median of the ratios to python-telegram-bot, each of one round; 0 where it is missing."""
    pairs = list(zip(runs.get(name, ()), runs.get(THEIRS, ()), strict=False))
    return median(read(ours) / read(theirs) for ours, theirs in pairs) if pairs else 0.0


def ratios(runs: Runs) -> str:
    """What each of our two is beside python-telegram-bot."""
    lines = []
    for name in OF_OURS:
        if runs.get(name) and runs.get(THEIRS):
            cpu = ratio(runs, name, lambda one: one.cpu)
            rate = ratio(runs, name, lambda one: one.rate)
            lines.append(
                f"this bot on {name}: {cpu:.2f} x the CPU per update of {THEIRS}, "
                f"{rate:.2f} x its updates/s"
            )
    return "\n".join(lines)


def unanswered(runs: Runs) -> int:
    """How many people of ours got no reply, or did not come to the receipt."""
    ours = [one for name in OF_OURS for one in runs.get(name, ())]
    return sum(one.result["unanswered"] + one.result["unfinished"] for one in ours)


def others(runs: Sequence[Figures]) -> str:
    """Whether the machine had other work to do meanwhile."""
    most = max(one.others for one in runs)
    said = "measure again" if most > MOST_OTHERS else "little enough"
    return f"other work took up to {most:.0%} of the processors: {said}"


def goal(words: str, reached: bool | None) -> str:
    """One goal, judged; None where it was not measured."""
    judged = {True: "reached", False: "NOT REACHED", None: "not measured"}[reached]
    return f"{judged:>12}  {words}"


def goals(near: Runs, far: Runs, starts: bool | None, drift: float | None) -> str:
    """All goals. `near` at 0 ms, `far` at 80 ms; `starts`: whether starting up grows not."""
    both = [one for runs in (near, far) for name in OF_OURS for one in runs[name]]
    times = ratio(far, FLEET, lambda one: one.rate)
    shares = [ratio(near, name, lambda one: one.cpu) for name in OF_OURS]
    share, left = max(shares), unanswered(far) + unanswered(near)
    stall = max((one.own_stall for one in both), default=0.0)
    return "\n".join(
        (
            goal(
                f"at 80 ms {TIMES:.0f} x the updates/s on PostgreSQL ({times:.1f}), "
                f"nobody unanswered ({left})",
                times >= TIMES and not left if times else None,
            ),
            goal(
                f"CPU per update at most a third, every answer durable ({share:.2f})",
                share <= SHARE if share else None,
            ),
            goal("starting up takes no longer with more sessions", starts),
            goal(
                "memory grows by less than 2 % over 1,000,000 updates"
                + (f" ({drift:+.1%})" if drift is not None else " (--long)"),
                None if drift is None else drift < DRIFT,
            ),
            goal(
                f"longest stall of the event loop under 20 ms ({stall * 1e3:.0f})",
                stall < STALL if both else None,
            ),
        )
    )
