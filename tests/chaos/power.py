"""Power loss: the files of a database as they are at some moment, and what must be in them."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def copy(home: Path) -> Path:
    """Copy the database and its log, while nobody writes; the copy of the first."""
    folder = home / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("lindung.db", "lindung.db-wal"):
        if (home / name).exists():
            shutil.copyfile(home / name, folder / name)
    return folder / "lindung.db"


def problems(file: Path, acknowledged: Iterable[int]) -> list[str]:
    """What is wrong with a copy: it is damaged, or misses an update that was acknowledged."""
    with closing(sqlite3.connect(file)) as database:
        (found,) = database.execute("PRAGMA integrity_check").fetchone()
        stored = {row[0] for row in database.execute("SELECT update_id FROM inbox")}
    damage = [] if found == "ok" else [f"a copy is damaged: {found}"]
    missing = sorted(set(acknowledged) - stored)
    return damage + [f"a copy misses the acknowledged update {one}" for one in missing]
