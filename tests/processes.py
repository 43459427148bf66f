"""Which tests share a process: those of a file, as it makes much once for all of them."""

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

# Files that look at the walks through all conversations, which a process makes once.
WALKS = ("tests/conversations/test_every_path.py", "tests/test_words.py")


class ByFile(LoadScopeScheduling):
    """Hands out whole files, and the files of the walks as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return WALKS[0] if file in WALKS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Called by pytest-xdist, which several processes (`-n`) need."""
    return ByFile(config, log)
