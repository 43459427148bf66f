"""The kinds of work that are offered."""

import re

from rules.occupations import MOST_OFFERED, OCCUPATIONS, TRANSPORT, is_transport
from rules.programmes import load


def test_keys_are_plain_and_unique() -> None:
    assert len(set(OCCUPATIONS)) == len(OCCUPATIONS)
    assert all(re.fullmatch(r"[a-z_]+", key) for key in OCCUPATIONS)


def test_transport_occupations_are_known_occupations() -> None:
    assert set(OCCUPATIONS) >= TRANSPORT
    assert is_transport("ojek")
    assert not is_transport("petani")
    assert not is_transport("tukang pijat keliling")


def test_each_programme_offers_at_most_eight() -> None:
    for programme in load().values():
        assert len(programme.occupations.value) <= MOST_OFFERED == 8
