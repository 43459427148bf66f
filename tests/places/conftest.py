"""One house on each kind of database for a whole module, empty before every test."""

from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house
