"""One house on each kind of database for a whole module, empty before every test."""

from collections.abc import Iterator

import pytest

from bot.house import House
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
