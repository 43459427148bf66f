"""What a test sets on the log of this process ends with it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.logs import QUIET


@contextmanager
def logs_as_before() -> Iterator[logging.Logger]:
    """The root logger, which is afterwards as it was; so is what `bot.logs.set_up` sets besides."""
    root, raises = logging.getLogger(), logging.raiseExceptions
    level, handlers = root.level, root.handlers[:]
    levels = [(log, log.level) for log in map(logging.getLogger, QUIET)]
    try:
        yield root
    finally:
        logging.raiseExceptions = raises
        root.setLevel(level)
        root.handlers[:] = handlers
        for log, before in levels:
            log.setLevel(before)


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """No test finds the log as another has left it."""
    with logs_as_before():
        yield
