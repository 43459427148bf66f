"""Which processes of the bot are there: each holds locks that the system takes away with it.

On PostgreSQL these are advisory locks of one connection that does nothing else; on SQLite there is
one process alone, by a lock on a file beside the database. Neither needs a clock or a lease.
"""

import fcntl
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session

from storage.database import AWAY, is_postgresql

# Jobs that one process has at a time, or several together: all that take updates by webhook share
# POLLING, so that nobody polls; all that see one send budget share SENDING. The names of their
# locks, below all numbers of processes.
POLLING, SENDING = 1, 2
GRACE = 5.0  # seconds after a loss of the locks in which the others may take theirs anew
SMALLEST = 1_000
# Numbers of the advisory locks that are held in this database: all processes that are there.
HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory'"
    " AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

# Seconds since the server cut all connections: when it was started, crashed, or was promoted. The
# last two have no time of their own; statistics begin anew after a crash, and the process that
# writes the log (which is shown to those alone who may see others) at each of the three.
AGE = text(
    "SELECT extract(epoch FROM clock_timestamp() - greatest(pg_postmaster_start_time(),"
    " (SELECT stats_reset FROM pg_stat_bgwriter),"
    " (SELECT max(backend_start) FROM pg_stat_activity WHERE backend_type = 'walwriter')))"
)


class Taken(RuntimeError):
    """Another process has what only one may have."""


class Presence(Protocol):
    """This process, as others see it."""

    number: int

    def hold(self, job: int, shared: bool = False) -> bool:
        """Take up a job until the process ends; False while others have it otherwise.

        Several may hold one that is `shared`. What is held otherwise is let go first. Raises what
        the database raises when it is away.
        """

    def beat(self) -> bool:
        """Make sure that the locks are still held; False when they were lost and taken anew."""

    def trusts_absence(self, held: set[int]) -> bool:
        """Whether who is not among those that hold locks is gone."""

    def close(self) -> None:
        """Let go of everything."""


def alive(db: Session, presence: Presence, numbers: set[int]) -> set[int]:
    """Which of these processes are there still."""
    others = numbers - {presence.number}
    if not others or not is_postgresql(db):
        return numbers & {presence.number}
    held = set(db.connection().execute(HELD).scalars())
    return numbers & {presence.number, *held} if presence.trusts_absence(held) else numbers


def age_of_connections(connection: Connection) -> float:
    """For how many seconds at most connections to this PostgreSQL server can have been there."""
    return float(connection.execute(AGE).scalar_one())


def _number() -> int:
    return secrets.randbelow(2**62) + SMALLEST


class OnlyProcess:
    """The one process that serves an SQLite file. Raises `Taken` where there is another.

    Without a path it trusts to be alone: on a stage, say.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.number = _number()
        self._file: IO[str] | None = path.open("w") if path else None
        try:
            if self._file:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise Taken(str(path)) from None

    def hold(self, job: int, shared: bool = False) -> bool:
        """Everything is this process' own."""
        return True

    def beat(self) -> bool:
        """The lock ends with the process."""
        return True

    def trusts_absence(self, held: set[int]) -> bool:
        """Whoever holds nothing is gone."""
        return True

    def close(self) -> None:
        """Let the next one in."""
        if self._file:
            self._file.close()


class OneOfMany:
    """One of several processes on a PostgreSQL database."""

    def __init__(self, engine: Engine) -> None:
        self.number = _number()
        self._engine = engine
        self._jobs: dict[int, bool] = {}
        self._one_at_a_time = threading.Lock()
        self._connection = self._connected()
        self._anew = time.monotonic() - age_of_connections(self._connection)

    def _connected(self) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": self.number})
        return connection

    def hold(self, job: int, shared: bool = False) -> bool:
        """Take up a job until the connection ends; none while it is lost, until the next beat."""
        with self._one_at_a_time:
            if self._connection.closed:
                return False
            if self._jobs.get(job, shared) is not shared:
                self._asked("pg_advisory_unlock", job, self._jobs.pop(job))
            if job not in self._jobs and self._tried(job, shared):
                self._jobs[job] = shared
            return job in self._jobs

    def _tried(self, job: int, shared: bool) -> bool:
        return self._asked("pg_try_advisory_lock", job, shared)

    def _asked(self, function: str, job: int, shared: bool) -> bool:
        kind = f"{function}_shared" if shared else function
        try:
            asked: Any = self._connection.execute(text(f"SELECT {kind}(:key)"), {"key": job})
            return bool(asked.scalar_one())
        except AWAY:
            self._end()  # it cannot be used any more; the next beat makes another
            raise

    def beat(self) -> bool:
        """Ask the connection for life; a new one takes the number and the jobs up again.

        Jobs that another process has taken meanwhile are gone.
        """
        with self._one_at_a_time:
            if not self._connection.closed:
                try:
                    self._connection.execute(text("SELECT 1"))
                except AWAY:
                    self._end()
                else:
                    return True
            self._connection = self._connected()
            self._anew = time.monotonic()
            self._jobs = {one: how for one, how in self._jobs.items() if self._tried(one, how)}
            return False

    def trusts_absence(self, held: set[int]) -> bool:
        """Not while our own locks are lost, or lately were: the same happened to the others.

        Nor just after the server cut all connections, which others may be making anew.
        """
        return self.number in held and time.monotonic() - self._anew >= GRACE

    def _end(self) -> None:
        if not self._connection.invalidated:
            with suppress(*AWAY):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        if not self._connection.invalidated:
            self._connection.invalidate()
        self._connection.close()

    def close(self) -> None:
        """End the connection, and with it all locks."""
        with self._one_at_a_time:
            if not self._connection.closed:
                self._end()


def open_presence(engine: Engine) -> Presence:
    """Say that this process is there. Raises `Taken` where only one may be, and is already."""
    if engine.dialect.name == "postgresql":
        return OneOfMany(engine)
    return OnlyProcess(Path(f"{engine.url.database}.serving"))
