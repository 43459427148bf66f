"""What `make test` leaves to `make test-long`, and the line that says so.

What hangs on SQL (`tests/storage`, and whatever is marked `both_databases`) runs on both databases
every time. Of all else that can run on either, `make test` takes one, by turns.
"""

import gc
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

KINDS = ("sqlite", "postgresql")
STORAGE = Path(__file__).parent / "storage"
LONG = pytest.mark.long
COUNTED = pytest.StashKey[int]()


def sizes(short: object, full: object) -> list[Any]:
    """The two sizes of a test: that of every time, and that of the long run."""
    return [pytest.param(short, id=str(short)), pytest.param(full, id=str(full), marks=LONG)]


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as `long` what runs on its other database every time."""
    for item in items:
        if _is_on_the_second_database(item):
            item.add_marker("long")
    config.stash[COUNTED] = sum(item.get_closest_marker("long") is not None for item in items)


def _is_on_the_second_database(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    kinds = [value for value in callspec.params.values() if value in KINDS] if callspec else []
    if not kinds or item.get_closest_marker("both_databases") or STORAGE in item.path.parents:
        return False
    return kinds[0] != first_database(item.nodeid.replace(kinds[0], ""))


def first_database(test: str) -> str:
    """The database on which `make test` runs a test: by its name, so that it stays the same."""
    return KINDS[crc32(test.encode()) % 2]


def pytest_collection_finish() -> None:
    """What was collected lasts as long as the run: the search for garbage need not look at it.

    Nor need it look again after every 700 objects: a single turn makes more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that gathers the results how many there are."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["long"] = session.config.stash.get(COUNTED, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Hear it: every process collects the same."""
    output = getattr(node, "workeroutput", {})
    node.config.stash[COUNTED] = output.get("long", 0)  # type: ignore[attr-defined]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out."""
    count = config.stash.get(COUNTED, 0)
    if count and "not long" in config.option.markexpr:
        terminalreporter.write_line(f"Left out: {count} long tests. Run them with: make test-long")
