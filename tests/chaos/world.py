"""One world: the stand-in, a database, the processes of a bot, and the people who write to it."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.demo.server import Server, serve
from bot.house import House
from bot.settings import Settings
from storage.database import transaction
from tests.chaos.balancer import HOST, balancer, free_ports
from tests.chaos.bots import Bot, Mother
from tests.chaos.people import Crowd
from tests.chaos.told import Told
from tests.conftest import TOKEN, opened, own_database, settings_for
from tests.steps import unfinished

SECRET = "s" * 40
ONE_OPENS = threading.Lock()  # Alembic knows of no threads
LATER = 7200.0  # seconds by which the last clock is ahead: all that waits is due then


@dataclass(frozen=True)
class Setup:
    """How updates come, where they are kept, and by how many processes they are served."""

    way: str
    database: str
    processes: int

    def __str__(self) -> str:
        return f"{self.way}, {self.database} x{self.processes}"


SETUPS = (
    Setup("polling", "sqlite", 1),
    Setup("webhook", "sqlite", 1),
    Setup("polling", "postgresql", 3),
    Setup("webhook", "postgresql", 3),
)


@dataclass
class World:
    """What the nemesis plays with; `house` is the checker's own door to the database."""

    setup: Setup
    server: Server
    house: House
    settings: Settings
    bots: list[Bot]
    crowd: Crowd
    told: Told
    clock: str = ""

    def messages(self) -> int:
        """How many messages the bot has sent."""
        return sum(len(one.phone.chat.sent) for one in list(self.crowd.villagers))

    def wait_for_messages(self, number: int, seconds: float) -> None:
        """Wait until the bot has sent so many more, or so long."""
        enough = self.messages() + number
        with self.server.state.condition:
            self.server.state.condition.wait_for(lambda: self.messages() >= enough, seconds)

    def introductions(self) -> int:
        """How often a process has told Telegram what it can do; it serves from then on."""
        with self.server.state.condition:
            return sum(call.method == "setMyDescription" for call in self.server.state.calls)

    def pending(self) -> set[int]:
        """The updates that Telegram still keeps."""
        with self.server.state.condition:
            return {update["update_id"] for update in self.server.state.updates.pending}

    def at_rest(self, ahead: float = 0) -> bool:
        """Whether all is served, replied to and sent that is due, by a clock so far ahead."""
        if self.pending():
            return False
        with transaction(self.house.engine) as db:
            return not unfinished(db, self.house.clock() + timedelta(seconds=ahead))


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until something holds; whether it came to that."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def world(
    setup: Setup, mother: Mother, place: tuple[Path, str], seed: int, people: int
) -> Iterator[World]:
    """A world whose bots do not run yet; `place` is a folder and the address of PostgreSQL."""
    folder, postgresql = place
    home = folder / "home"
    home.mkdir(parents=True)
    with ExitStack() as stack:
        server = stack.enter_context(serve(port=0, token=TOKEN))
        url = own_database(postgresql) if setup.database == "postgresql" else ""
        settings = settings_for(home, url, server)
        with ONE_OPENS:
            house = stack.enter_context(opened(settings))
        bots = _bots(setup, mother, settings, stack)
        told = Told(server, house)
        stack.callback(told.finish)
        crowd = Crowd(server, random.Random(seed), people)
        stack.callback(crowd.finish, 1)
        yield World(setup, server, house, settings, bots, crowd, told)


def _bots(setup: Setup, mother: Mother, settings: Settings, stack: ExitStack) -> list[Bot]:
    ports = free_ports(setup.processes) if setup.way == "webhook" else [0] * setup.processes
    front = ports[0]
    if setup.way == "webhook" and setup.processes > 1:
        front = stack.enter_context(balancer(ports)).port
    bots = []
    for number, port in enumerate(ports):
        environment = environment_of(settings)
        if port:
            environment |= {
                "WEBHOOK_URL": f"http://{HOST}:{front}/telegram",
                "WEBHOOK_LISTEN": f"{HOST}:{port}",
                "WEBHOOK_SECRET": SECRET,
            }
        bots.append(Bot(mother, environment, settings.lindung_home / f"bot{number}.log"))
        stack.callback(bots[-1].kill)
    return bots


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
        if value not in (None, "", SecretStr(""))
    }
