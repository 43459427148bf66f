"""The register of villages, read from a small country, and the scores of a search in it."""

import gzip
from pathlib import Path

import pytest

from rules import area_search, areas
from rules.area_search import Register, search

COUNTRY = """\
=32 Jawa Barat
=32.01 Kabupaten Contoh
=32.01.01 Hulu
Sukamaju
Suka Maju II
2010 Ciasem
Ci'asem
3003 Desa Adat Ujung Batu
=32.01.02 Hilir
1001 Sukamaju
1002 Muara
Kubangsari
=32.71 Kota Contoh
=32.71.01 Hulu
Pasar
=34 Daerah Istimewa Yogyakarta
=34.01 Kota Administrasi Selatan
=34.01.01 Lor
1005 Sukamaju
Kubangsarri
"""


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    path = tmp_path / "areas.txt.gz"
    path.write_bytes(gzip.compress(COUNTRY.encode()))
    monkeypatch.setattr(area_search, "_FILE", path)
    register = area_search.register.__wrapped__()
    for module in (area_search, areas):
        monkeypatch.setattr(module, "register", lambda: register)
    return register


def test_a_village_has_its_own_number_or_the_one_after(country: Register) -> None:
    assert dict(zip(country.codes, country.names, strict=True)) == {
        32_0101_2001: "Sukamaju",
        32_0101_2002: "Suka Maju II",
        32_0101_2010: "Ciasem",
        32_0101_2011: "Ci'asem",
        32_0101_3003: "Desa Adat Ujung Batu",
        32_0102_1001: "Sukamaju",
        32_0102_1002: "Muara",
        32_0102_1003: "Kubangsari",
        32_7101_2001: "Pasar",
        34_0101_1005: "Sukamaju",
        34_0101_1006: "Kubangsarri",
    }


def test_a_village_is_found_by_what_the_spellings_of_its_name_share(country: Register) -> None:
    assert country.keys == [
        "sukamaju",
        "sukamajudua",
        "ciasem",
        "ciasem",
        "ujungbatu",
        "sukamaju",
        "muara",
        "kubangsari",
        "pasar",
        "sukamaju",
        "kubangsarri",
    ]
    assert list(country.with_key("sukamaju")) == [9, 5, 0]
    assert list(country.with_key("ciasem")) == [3, 2]
    assert list(country.with_key("sukamajudua")) == [1]
    assert list(country.with_key("nowhere")) == []


def test_an_area_is_found_by_its_name_with_and_without_its_kind(country: Register) -> None:
    assert country.areas == {
        "32": "Jawa Barat",
        "32.01": "Kabupaten Contoh",
        "32.01.01": "Hulu",
        "32.01.02": "Hilir",
        "32.71": "Kota Contoh",
        "32.71.01": "Hulu",
        "34": "Daerah Istimewa Yogyakarta",
        "34.01": "Kota Administrasi Selatan",
        "34.01.01": "Lor",
    }
    assert country.area_codes == {
        "jawabarat": ("32",),
        "jabar": ("32",),
        "kabupatencontoh": ("32.01",),
        "contoh": ("32.01", "32.71"),
        "hulu": ("32.01.01", "32.71.01"),
        "hilir": ("32.01.02",),
        "kotacontoh": ("32.71",),
        "daerahistimewayogyakarta": ("34",),
        "yogyakarta": ("34",),
        "diy": ("34",),
        "jogja": ("34",),
        "jogjakarta": ("34",),
        "yogya": ("34",),
        "kotaselatan": ("34.01",),
        "selatan": ("34.01",),
        "lor": ("34.01.01",),
    }


@pytest.mark.parametrize(
    ("area", "places"),
    [("", range(11)), ("32", range(9)), ("32.01", range(8)), ("32.01.02", range(5, 8))],
)
def test_an_area_is_a_span_of_its_villages(country: Register, area: str, places: range) -> None:
    assert country.span(area) == places
    assert country.span("33") == range(9, 9)


@pytest.mark.parametrize(
    ("typed", "scores"),
    [
        # Spelt right; an area that does not fit costs, at most down to what no area gives.
        ("muara", {6: 100}),
        ("Sukamaju", {0: 100, 5: 100, 9: 100}),
        ("sukamaju 2", {1: 100}),
        ("desa pasar, kota contoh", {8: 100}),
        ("pasar, kabupaten contoh", {8: 92}),
        ("muara, jogja", {6: 70}),
        ("sukamaju, hilir, jabar", {0: 68, 5: 100, 9: 36}),
        # An area that is only like the one typed costs 0.3 for each point; marked, it may be less
        # like it: 2 x 4/9 and 2 x 3/8 of their letters.
        ("muara, kecamatan hilr", {6: 96.67}),
        ("muara, kecamatan hlr", {6: 92.5}),
        ("muara, hilr", {6: 96.67}),
        ("muara, hlr", {6: 70}),
        # All villages of a district that was given alone.
        ("kecamatan hilir", {5: 60, 6: 60, 7: 60}),
    ],
)
def test_what_is_spelt_right_costs_only_the_areas_that_do_not_fit(
    country: Register, typed: str, scores: dict[int, float]
) -> None:
    found = search(typed)
    assert {place: found[place] for place in scores} == pytest.approx(scores, abs=0.01)


@pytest.mark.parametrize(
    ("typed", "place", "score"),
    [
        # Begun, in an area: 0.9 x (75 + 20 x 3/6).
        ("cia, hulu", 2, 76.5),
        # In the middle of the name: 0.9 x (65 + 20 x 5/10).
        ("angsa, hilir", 7, 67.5),
        # Begun, without an area: 0.7 x (75 + 20 x 7/10).
        ("kubangs", 7, 62.3),
        # Begun, where no more letters are than in the shorter of two: 0.7 x (75 + 20 x 7/11).
        ("kubangs", 10, 61.41),
    ],
)
def test_an_unfinished_name_scores_by_how_much_of_it_is_there(
    country: Register, typed: str, place: int, score: float
) -> None:
    assert search(typed)[place] == pytest.approx(score, abs=0.01)


def test_two_letters_begin_no_name(country: Register) -> None:
    assert 7 not in search("ku, hilir")
    assert 7 in search("kub, hilir")


def offered(typed: str, limit: int = 6, near: tuple[str, ...] = ()) -> list[str]:
    return [village.code for village in areas.find(typed, limit, near).offered]


SUKAMAJU = ["32.01.01.2001", "32.01.02.1001", "34.01.01.1005"]
OWN, NAMESAKE = "32.01.02.1003", "34.01.01.1006"  # Kubangsari and Kubangsarri


def test_among_equals_those_of_the_areas_near_come_first(country: Register) -> None:
    first, second, third = SUKAMAJU
    assert offered("sukamaju")[:3] == SUKAMAJU
    assert offered("sukamaju", near=("34.01",))[:3] == [third, first, second]
    assert offered("sukamaju", near=("32.01.02",))[:3] == [second, first, third]
    assert offered("sukamaju", near=("99", "32.01.02", "34"))[:3] == [second, third, first]
    assert areas.find("sukamaju", near=("34.01",)).sure is None


def test_one_near_that_is_spelt_almost_so_comes_before_a_namesake_elsewhere(
    country: Register,
) -> None:
    assert areas.find("kubangsarri").sure == areas.village(NAMESAKE)
    found = areas.find("kubangsarri", near=("32.01",))
    assert [village.code for village in found.offered] == [OWN, NAMESAKE]
    assert (found.sure, found.more) == (None, False)


@pytest.mark.parametrize("near", [("32.71",), ("32.01.01",), ("34.01",)])
def test_a_namesake_elsewhere_is_sure_where_none_near_is_like_it(
    country: Register, near: tuple[str, ...]
) -> None:
    found = areas.find("kubangsarri", near=near)
    assert found == areas.Found(areas.village(NAMESAKE), (areas.village(NAMESAKE),))


def test_one_near_that_is_found_anyway_stays_sure(country: Register) -> None:
    assert areas.find("muara", near=("32.01",)).sure == areas.village("32.01.02.1002")


def test_more_are_told_of_only_where_some_were_left_off(country: Register) -> None:
    assert offered("sukamaju", limit=2) == SUKAMAJU[:2]
    assert areas.find("sukamaju", limit=2).more
    count = len(areas.find("sukamaju", limit=50).offered)
    assert areas.find("sukamaju", limit=count - 1).more
    assert not areas.find("sukamaju", limit=count).more
