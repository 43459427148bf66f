"""The command line, run in this process: to start another takes two seconds of its processor."""

import io
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot import cli
from tests.own_logs import logs_as_before


def lindung(home: Path, *words: str, database_url: str = "") -> CompletedProcess[str]:
    """`lindung` with these words, in the data folder `home`; how it ended, and what it said."""
    said, complained = io.StringIO(), io.StringIO()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home, database_url), redirect_stdout(said), redirect_stderr(complained):
        try:
            status = cli.main(words)
        except SystemExit as end:  # words that no command has
            status = int(end.code or 0)
    return CompletedProcess(words, status, said.getvalue(), complained.getvalue())


@contextmanager
def _alone(home: Path, database_url: str) -> Iterator[None]:
    """An environment and logs of its own; afterwards nothing is open or set any more."""
    opened, before = [], dict(os.environ)

    def note(connection: Any, _record: object) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    for name in ("BOT_TOKEN", "LINDUNG_KEYS"):
        os.environ.pop(name, None)
    os.environ |= {"LINDUNG_HOME": str(home), "DATABASE_URL": database_url}
    try:
        with chdir(home), logs_as_before():
            yield
    finally:
        event.remove(Pool, "connect", note)
        for connection in opened:
            connection.close()
        os.environ.clear()
        os.environ |= before
