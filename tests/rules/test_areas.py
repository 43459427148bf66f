"""Villages by code, and villages as people type them."""

import gzip
import random
import runpy
import string
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules import areas
from rules.areas import Found, Village

TEGAL_HARUM = Village("51.71.03.2008", "Tegal Harum", "Denpasar Barat", "Kota Denpasar", "Bali")
ROOT = Path(__file__).parents[2]


def test_every_village_of_the_country_is_there_with_its_areas() -> None:
    villages = list(areas.villages())
    assert len(villages) == 83_762
    assert Counter(village.kind for village in villages) == {
        "desa": 75_252,
        "kelurahan": 8_496,
        "desa adat": 14,
    }
    assert len({village.code for village in villages}) == 83_762
    assert len({village.regency_code for village in villages}) == 514
    assert len({village.province for village in villages}) == 38


@pytest.mark.parametrize("code", ["51.71.03.2008", "5171032008", "v_5171032008"])
def test_a_village_is_known_by_its_code_however_written(code: str) -> None:
    assert areas.village(code) == TEGAL_HARUM
    assert areas.find(f" {code}\n") == Found(TEGAL_HARUM, (TEGAL_HARUM,))


@pytest.mark.parametrize("code", ["", "51.71", "51.71.03.9999", "0000000000", "9999999999", "x"])
def test_a_code_that_no_village_has_gives_none(code: str) -> None:
    assert areas.village(code) is None


def test_the_payload_of_a_village_leads_back_to_it() -> None:
    for village in areas.villages("61.07"):
        assert areas.village(village.start_payload) == village


def test_villages_are_listed_by_province_regency_and_district() -> None:
    denpasar = list(areas.villages("51.71"))
    assert Counter(village.kind for village in denpasar) == {"desa": 27, "kelurahan": 16}
    assert Counter(village.kind for village in areas.villages("61.07"))["desa"] == 122
    assert [village.name for village in areas.villages("51.03.01")] == [
        "Tuban",
        "Kuta",
        "Kedonganan",
        "Legian",
        "Seminyak",
    ]
    assert {village.province for village in areas.villages("51")} == {"Bali"}
    assert list(areas.villages("99")) == []


def test_a_regency_is_named_with_its_kind() -> None:
    assert areas.regency_name("51.71") == "Kota Denpasar"
    assert areas.regency_name("61.07") == "Kabupaten Bengkayang"
    assert areas.regency_name("51") is None
    assert areas.regency_name("51.99") is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("51.71.03.2008", "desa"),
        ("51.71.03.1007", "kelurahan"),
        ("91.03.01.3007", "desa adat"),
    ],
)
def test_the_kind_of_a_village_follows_from_its_code(code: str, kind: str) -> None:
    village = areas.village(code)
    assert village is not None
    assert village.kind == kind


@pytest.mark.parametrize(
    ("zone", "provinces"),
    [
        ("Asia/Jakarta", "11 21 31 36 61 62"),
        ("Asia/Makassar", "51 52 53 63 64 65 71 76"),
        ("Asia/Jayapura", "81 82 91 92 93 94 95 96"),
    ],
)
def test_a_village_has_the_time_of_its_province(zone: str, provinces: str) -> None:
    for province in provinces.split():
        assert next(areas.villages(province)).zone == zone


@pytest.mark.parametrize(
    "typed",
    [
        "Tegal Harum",
        "TEGAL   HARUM",
        "tegalharum",
        "tegal-harum",
        "desa tegal harum",
        "ds. Tegal Harum",
        "dsn tegal harum",
        "kelurahan tegal harum",
        "desa adat tegal harum",
        "desa tegal harum kec denpasar barat",
        "ds. Tegal Harum kec. Denpasar Barat kab. Denpasar",
        "ds.tegalharum kec.denpasar barat",
        "Desa Tegal Harum Kecamatan Denpasar Barat Kota Denpasar Provinsi Bali 80119",
        "Tegal Harum, Denpasar Barat, Denpasar, Bali",
        "Tegal Harum, Denpasar",
        "tegal harum denpasar",
        "tegal harum denpasar barat denpasar bali",
        "tegal harum denpasar brt bali",
        "Tegal Harum, prov. Bali",
        "tegal harum (denpasar)",
        "kota denpasar, kec denpasar barat, desa tegal harum",
        "Denpasar, Tegal Harum",
        "saya dari desa tegal harum",
        "di tegal harum ya pak",
        "halo, saya warga tegal harum",
        "saya tinggal di tegal harum kec denpasar barat",
        "br. buana sari, desa tegal harum, denpasar",
        "Jl. Mawar no 5 RT 02/05 tegal harum denpasar barat",
        "tegl harum kec denpasar barat",
        "tegal harun, denpasar",
        "tegal harum kec denpsar brt kab denpsar",
    ],
)
def test_tegal_harum_is_certain_however_it_is_typed(typed: str) -> None:
    assert areas.find(typed) == Found(TEGAL_HARUM, (TEGAL_HARUM,))


@pytest.mark.parametrize(
    "typed",
    [
        "tegal harun",
        "tegl harum",
        "tegal har",
        "tegalharu",
        "tegal harum dekat pasar",
        "desa tegl harun denpasar barat",
    ],
)
def test_what_leaves_a_doubt_is_offered_not_taken(typed: str) -> None:
    found = areas.find(typed)
    assert found.sure is None
    assert TEGAL_HARUM in found.offered


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("sungai pangkalan 2", "61.07.01.2007"),
        ("sungai pangkalan II bengkayang", "61.07.01.2007"),
        ("sei pangkalan dua, bengkayang", "61.07.01.2007"),
        ("sungaipangkalan02 kec sungai raya kab bengkayang", "61.07.01.2007"),
        ("sungai pangkalan 1 kab. bengkayang", "61.07.01.2006"),
        ("sungai jaga b kec sungai raya", "61.07.01.2005"),
        ("desa sukawati kab gianyar", "51.04.01.2004"),
        ("batu bulan kangin, gianyar", "51.04.01.2009"),
        ("legian kuta", "51.03.01.1004"),
        ("kel. kuta kab. badung", "51.03.01.1002"),
        ("nagri kaler purwakarta", "32.14.01.1002"),
        ("desa darangdan kab purwakarta jabar", "32.14.06.2001"),
        ("citalang kec purwakarta kab purwakarta", "32.14.01.2010"),
        ("desa belok sidan kec petang", "51.03.04.2003"),
        ("desa adat yoboi", "91.03.01.3007"),
        ("yoboi", "91.03.01.3007"),
        ("lubuk pakam i,ii, deli serdang", "12.07.28.1007"),
        ("Kurau (Timur)", "19.04.01.2005"),
        ("kota gading", "16.11.04.2021"),
        ("air itam sanga desa musi banyuasin", "16.06.05.2013"),
        ("pagar desa, musi banyuasin", "16.06.09.2012"),
    ],
)
def test_villages_with_numbers_prefixes_and_marks_in_their_names_are_found(
    typed: str, code: str
) -> None:
    assert areas.find(typed).sure == areas.village(code)


def test_a_name_of_many_villages_is_never_certain_and_says_that_there_are_more() -> None:
    found = areas.find("sukamaju")
    assert found.sure is None
    assert found.more
    assert len(found.offered) == 6
    assert {village.name.replace(" ", "").lower() for village in found.offered} == {"sukamaju"}
    assert found == areas.find("Desa Suka Maju")


def test_a_name_of_two_villages_offers_both_of_them() -> None:
    found = areas.find("citalang, kab purwakarta")
    assert found.sure is None
    assert [village.district for village in found.offered] == ["Purwakarta", "Tegalwaru"]
    assert not found.more
    assert areas.find("citalang, kab purwakarta", limit=1).more


def test_an_area_makes_a_common_name_certain() -> None:
    found = areas.find("sukamaju, purwakarta")
    assert found.sure is not None
    assert found.sure.regency == "Kabupaten Purwakarta"


def test_among_equals_the_near_ones_come_first() -> None:
    near = areas.find("sukamaju", near=("32.14", "51.71"))
    assert near.offered[0].regency == "Kabupaten Purwakarta"
    assert near.sure is None


def test_kabupaten_and_kota_of_one_name_are_told_apart_but_a_mix_up_is_forgiven() -> None:
    kabupaten, kota = areas.village("32.01.03.2004"), areas.village("32.71.02.1006")
    assert areas.find("tajur, kab. bogor").sure == kabupaten
    assert areas.find("tajur kota bogor").sure == kota
    assert set(areas.find("tajur, bogor").offered) == {kabupaten, kota}
    assert areas.find("tegal harum kab denpasar").sure == TEGAL_HARUM


def test_a_village_outside_the_area_given_is_offered_but_not_taken() -> None:
    found = areas.find("tegal harum kec kuta kab badung")
    assert found.sure is None
    assert TEGAL_HARUM in found.offered


def test_a_district_without_a_village_offers_its_villages() -> None:
    for typed in ("kec denpasar barat", "denpasar barat"):
        found = areas.find(typed)
        assert found.sure is None
        assert found.offered == tuple(areas.villages("51.71.03"))[:6]
        assert found.more


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\0",
        "\u202e\u200f",
        "\U0001f600" * 4096,
        "12345",
        "5171039999",
        "1 2 3",
        ",,,,",
        "zzzzzz",
        "denpasar",
        "apa itu bpjs?",
        "\ud800",
        "kec " * 1000,
    ],
)
def test_what_names_no_village_finds_none(typed: str) -> None:
    assert areas.find(typed) == Found()


@settings(max_examples=100, deadline=None)
@given(st.text())
@example("a,b,c,d,e,f,g,h" * 20)
@example("desa kec kab kota prov dsn " * 20)
def test_no_text_makes_the_search_fail(typed: str) -> None:
    found = areas.find(typed, limit=3)
    assert len(found.offered) <= 3
    assert found.sure is None or found.offered == (found.sure,)


def test_a_typo_in_the_name_is_forgiven_where_district_and_regency_are_given() -> None:
    chance = random.Random(20240221)
    missed = []
    for village in chance.sample(list(areas.villages()), 300):
        typed = f"{_misspelt(village.name, chance)} kec {village.district} kab {village.regency}"
        if village not in areas.find(typed).offered:
            missed.append(typed)
    assert len(missed) <= 9, missed


def test_name_and_regency_always_find_the_village() -> None:
    chance = random.Random(20230207)
    for village in chance.sample(list(areas.villages()), 300):
        # Eight villages of one regency share a name at most.
        found = areas.find(f"{village.name}, {village.regency}", limit=8)
        assert village in found.offered


def _misspelt(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name) - 1)
    before, letter, after = name[:at], name[at], name[at + 1 :]
    return before + chance.choice(
        [
            after,
            after[0] + letter + after[1:],
            letter + letter + after,
            chance.choice(string.ascii_lowercase) + after,
        ]
    )


def test_all_villages_take_less_than_sixty_megabytes() -> None:
    script = (
        "import resource, sys; from rules import areas\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = used(); areas.village('51.71.03.2008'); print(used() - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kibibytes = int(run.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kibibytes < 60 * 1024


def test_the_file_is_built_from_the_tables_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    tables = {
        "provinces": "code,name\n51,Bali\n",
        "regencies": "code,province_code,name\n51.71,51,Kota Denpasar\n",
        "districts": "code,regency_code,name\n51.71.03,51.71,Denpasar Barat\n",
        "villages": "code,district_code,name\n51.71.03.1005,51.71.03,Dauh Puri\n"
        "51.71.03.2001,51.71.03,Padangsambian Kelod\n51.71.03.2002,51.71.03,Pemecutan Kelod\n",
    }
    for table, rows in tables.items():
        (tmp_path / "data" / f"{table}.csv").write_text(rows)
    built = tmp_path / "areas.txt.gz"
    runpy.run_path(str(ROOT / "rules/data/build_areas.py"))["build"](tmp_path, built)
    assert gzip.decompress(built.read_bytes()).decode().splitlines() == [
        "=51 Bali",
        "=51.71 Kota Denpasar",
        "=51.71.03 Denpasar Barat",
        "1005 Dauh Puri",
        "2001 Padangsambian Kelod",
        "Pemecutan Kelod",
    ]
