"""The bots of a scenario: several on one database, as threads here or as processes."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.demo.server import Server
from bot.house import House
from bot.settings import Settings
from bot.shared_traffic import open_traffic
from bot.traffic import NONE, TELEGRAMS
from tests.conftest import opened, run_bot, settings_for

SECRET = "s" * 40
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """Where bots run. `limited`: they keep Telegram's limits; else they book and never wait."""

    server: Server
    home: Path
    database: str = ""
    redis: str = ""
    limited: bool = False
    processes: bool = False
    hooked: bool = True


@dataclass(frozen=True)
class Split:
    """A webhook behind a proxy that gives each delivery to one of several bots, at random."""

    urls: tuple[str, ...]
    secret: str = SECRET

    @property
    def url(self) -> str:
        """Where the next one goes."""
        return random.choice(self.urls)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings_at(place: Place, port: int) -> Settings:
    """The settings of one bot."""
    hook: dict[str, Any] = {}
    if place.hooked:
        hook["webhook_url"] = f"http://127.0.0.1:{port}/telegram"
        hook["webhook_listen"] = f"127.0.0.1:{port}"
        hook["webhook_secret"] = SecretStr(SECRET)
    return settings_for(place.home, place.database, place.server, redis_url=place.redis, **hook)


@contextmanager
def bots(place: Place, count: int = 2) -> Iterator[House]:
    """So many bots; the house in which their database is looked at."""
    every = [settings_at(place, free_port()) for _ in range(count)]
    with ExitStack() as stack:
        house = stack.enter_context(opened(every[0]))
        for settings in every:
            if place.processes:
                log = place.home / f"{settings.webhook_listen or count}.log"
                stack.enter_context(as_process(settings, log, place.limited))
            else:
                own = house if count == 1 else stack.enter_context(opened(settings))
                limits = TELEGRAMS if place.limited else NONE
                traffic = open_traffic(place.redis, limits)
                stack.enter_context(run_bot(settings, own, traffic))
        if place.hooked:
            _split(place.server, every)
        yield house


def _split(server: Server, every: list[Settings]) -> None:
    for settings in every:
        wait_until_it_listens(settings.webhook_listen)
    with server.state.changing():
        server.state.hook = Split(tuple(one.webhook_url for one in every))  # type: ignore[assignment]


def wait_until_it_listens(address: str) -> None:
    """Return once something listens at `host:port`."""
    host, _, port = address.rpartition(":")
    ends = time.monotonic() + 240  # a busy machine takes long to start a process
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def as_process(settings: Settings, log: Path, limited: bool) -> Iterator[subprocess.Popen[bytes]]:
    """A bot in a process of its own, ended by SIGTERM."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "BOT_TOKEN": settings.bot_token.get_secret_value(),
        "TELEGRAM_BASE_URL": settings.telegram_base_url,
        "TELEGRAM_FILE_BASE_URL": settings.telegram_file_base_url,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "WEBHOOK_URL": settings.webhook_url,
        "WEBHOOK_LISTEN": settings.webhook_listen,
        "WEBHOOK_SECRET": settings.webhook_secret.get_secret_value(),
        "LINDUNG_HOME": str(settings.lindung_home),
        "QUIET_HOURS": "off",
        "LIMITED": "yes" if limited else "",
    }
    command = [sys.executable, "-m", "tests.faults.one_bot"]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=log.parent, env=environment, stderr=file)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)
        assert ended == 0, log.read_text()[-3000:]
    finally:
        process.kill()
        process.wait()
