"""One house on each kind of database for a whole module, empty before every test."""

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session, SQLModel

from bot.house import House
from storage.database import open_engine, transaction
from storage.sealing import Keyring
from tests.conftest import opened, settings_for


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house whose schema is made once: that takes longer than most tests."""
    url = ""
    if request.param == "postgresql":
        url = own_database(request.getfixturevalue("postgresql"))
    with opened(settings_for(tmp_path_factory.mktemp("home"), url)) as house:
        yield house


def own_database(server: str) -> str:
    """A new database on the server, beside the one that other tests empty."""
    name = f"storage_{secrets.token_hex(4)}"
    engine = open_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def house(one_house: House) -> House:
    """The house, with nothing stored in it."""
    with one_house.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    return one_house


@pytest.fixture
def db(house: House) -> Iterator[Session]:
    """A transaction of a test's own."""
    with transaction(house.engine) as session:
        yield session


@pytest.fixture
def keys(house: House) -> Keyring:
    """The keys of the house."""
    return house.keys
