"""One house on each kind of database for a whole module, empty before every test."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from bot.house import House
from storage.database import transaction
from storage.sealing import Keyring
from tests.conftest import clear, opened, settings_for


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house whose schema is made once: that takes longer than most tests."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("tables")
    with opened(settings_for(tmp_path_factory.mktemp("home"), url)) as house:
        yield house


@pytest.fixture
def house(one_house: House) -> House:
    """The house, with nothing stored in it."""
    clear(one_house.engine)
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
