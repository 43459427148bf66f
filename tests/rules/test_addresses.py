"""The ways to read an address, all of them, for a few that are hard."""

import pytest

from rules.addresses import Part, Reading, key, readings, words


def part(text: str, marker: str = "") -> Part:
    return Part(marker, tuple(text.split()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "sukamaju cianjur",
            [
                Reading((("sukamajucianjur", 0.0),), ()),
                Reading((("sukamaju", 8.0),), (part("cianjur"),), 8 / 15),
                Reading((), (part("sukamaju cianjur"),)),
            ],
            id="the last words may be an area",
        ),
        pytest.param(
            "negeri baru, kec kota baru",
            [
                Reading(
                    (("negeribaru", 0.0), ("baru", 9.0)),
                    (part("kota baru", "kecamatan"),),
                ),
                Reading(
                    (("negeri", 8.0),),
                    (part("kota baru", "kecamatan"), part("baru")),
                    6 / 10,
                ),
                Reading((), (part("negeri baru"), part("kota baru", "kecamatan"))),
            ],
            id="a kind of village may open the name, and kota that of a district",
        ),
        pytest.param(
            "kab lima puluh kota",
            [Reading((), (part("lima puluh kota", "kabupaten"),))],
            id="kota may end the name of a regency",
        ),
        pytest.param(
            "payakumbuh kota kec harau",
            [
                Reading((("payakumbuhkota", 0.0),), (part("harau", "kecamatan"),)),
                Reading(
                    (("payakumbuh", 8.0),),
                    (part("harau", "kecamatan"), part("kota")),
                    10 / 14,
                ),
                Reading((), (part("payakumbuh kota"), part("harau", "kecamatan"))),
            ],
            id="kota before another mark ends a name",
        ),
        pytest.param(
            "kampung",
            [Reading((("kampung", 0.0),), ()), Reading((), (part("kampung"),))],
            id="a kind of village alone is a name",
        ),
    ],
)
def test_an_address_is_read_in_every_way_that_it_allows(text: str, expected: list[Reading]) -> None:
    assert list(readings(text)) == expected


def test_filling_words_may_be_left_out() -> None:
    found = readings("saya dari sukamaju ya pak")
    assert Reading((("sukamaju", 0.0),), ()) in found
    assert Reading((), (part("sukamaju"),)) in found


def test_a_hamlet_or_a_street_comes_after_what_may_be_the_village() -> None:
    found = readings("jl mawar rt 02/03 no 5, sukamaju")
    assert found[:3] == (
        Reading((("sukamaju", 0.0),), ()),
        Reading((("mawar", 16.0), ("jalanmawar", 16.0)), (part("sukamaju"),)),
        Reading((), (part("sukamaju"),)),
    )


def test_a_marked_village_is_read_before_all_else() -> None:
    found = readings("desa suka maju, ciasem")
    assert found[:2] == (
        Reading((("sukamaju", 0.0), ("desasukamaju", 0.0)), (part("ciasem"),)),
        Reading((("suka", 8.0), ("desasuka", 8.0)), (part("ciasem"), part("maju")), 4 / 8),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ds. Sukamaju II", ("desa", "sukamaju", "dua")),
        ("Kp Suka Maju 02", ("kampung", "suka", "maju", "dua")),
        ("Ci'asem", ("ciasem",)),
        ("kab. adm. Kep. Seribu", ("kabupaten", "kepulauan", "seribu")),
        ("Sukamajuii", ("sukamaju", "dua")),
        ("blok 21", ("blok", "21")),
        ("", ()),
    ],
)
def test_words_are_spelt_out(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("Suka Maju II", "sukamajudua"),
        ("SUKAMAJU 2", "sukamajudua"),
        ("Sukamaju", "sukamaju"),
        ("Ci'asem", "ciasem"),
        ("Tj Batu", "tanjungbatu"),
        ("Nagari Baru", "nagaribaru"),
        ("Aek Nabarã", "aeknabar"),
        ("Kotaii", "kotadua"),
    ],
)
def test_the_spellings_of_a_name_share_a_key(name: str, shared: str) -> None:
    assert key(name) == shared
