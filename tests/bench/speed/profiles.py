"""Where the processor time of an update goes: the profiles of our bot's threads, as text."""

import pstats
from pathlib import Path
from typing import Any

MOST = 40
PLACES = (("by own time", 2), ("by cumulative time", 3))
Row = tuple[tuple[str, int, str], Any]


def written(folder: Path, updates: int) -> str:
    """The dearest functions of the event loop and of all turn threads together."""
    parts = []
    files = sorted(folder.glob("thread*.prof"))
    for title, some in (("THE EVENT LOOP", files[:1]), ("THE OTHER THREADS", files[1:])):
        if some:
            stats = pstats.Stats(*map(str, some))
            rows: list[Row] = list(stats.stats.items())  # type: ignore[attr-defined]
            parts.append(_of(title, rows, updates))
    return "\n\n".join(parts)


def _of(title: str, rows: list[Row], updates: int) -> str:
    whole = sum(kept[2] for _, kept in rows) * 1e6 / updates
    lines = [f"{title}: {whole:,.0f} us of processor per update, the profiler's own included"]
    for words, place in PLACES:
        lines.append(f"\n{words}: calls, own us, cumulative us (per update)")
        dearest = sorted(rows, key=lambda row: -row[1][place])[:MOST]
        lines += [_line(where, kept, updates) for where, kept in dearest]
    return "\n".join(lines)


def _line(where: tuple[str, int, str], kept: Any, updates: int) -> str:
    file, line, function = where
    short = "/".join(Path(file).parts[-3:])
    calls, own, whole = kept[1] / updates, kept[2] * 1e6 / updates, kept[3] * 1e6 / updates
    return f"{calls:9.2f} {own:9.1f} {whole:9.1f}  {short}:{line} {function}"
