"""Which tests share a process: those of a file, as it makes much once for all of them."""

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

TESTS = Path(__file__).parent
# Files that look at the walks through all conversations, which a process makes once.
WALKS = ("tests/conversations/test_every_path.py", "tests/test_words.py")
# What takes longest is begun first: begun last, it would leave the other processes idle.
LONGEST = (
    "tests/faults/test_faults.py",
    "tests/test_transcripts.py",
    "tests/chaos/test_chaos.py",
    "tests/soak/test_soak.py",
    "tests/bot/test_sheets.py",
    "tests/forged/test_forged.py",
    "tests/bot/test_batches.py",
    "tests/bot/test_finding.py",
    *WALKS,
    "tests/bot/test_odd_updates.py",
    "tests/bot/test_photo_loop.py",
    "tests/bot/test_webhook.py",
    "tests/bot/test_told_again.py",
    "tests/bot/test_attachments.py",
    "tests/rules/test_coverage_by_day.py",
    "tests/places/test_races.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` makes: two to a processor, for many tests wait for something."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(specname="pytest_collection")
def pytest_begin_elsewhere(session: pytest.Session) -> None:
    """Read the test files, each process from another one on, before all collect in one order.

    In a new clone pytest works out what each `assert` compares, which takes most of the time of
    collecting, and leaves it on disk: so every file is worked out by one process alone.
    """
    mine = getattr(session.config, "workerinput", None)
    if mine is None or list(session.config.args) != session.config.getini("testpaths"):
        return
    files = [path for path in sorted(TESTS.rglob("test_*.py")) if "browser" not in path.parts]
    first = int(mine["workerid"].removeprefix("gw")) * len(files) // mine["workercount"]
    for path in files[first:] + files[:first]:
        with suppress(Exception):  # told when it is collected
            import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))


class ByFile(LoadScopeScheduling):
    """Hands out whole files, and the files of the walks as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return WALKS[0] if file in WALKS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Called by pytest-xdist, which several processes (`-n`) need."""
    config.option.loadscopereorder = False  # as collected, not by the number of tests
    return ByFile(config, log)


@pytest.hookimpl(specname="pytest_collection_modifyitems")
def pytest_longest_first(items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""
    ranks = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(ranks)))
