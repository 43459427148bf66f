"""The five shipped programmes, a sixth by one file, and what is said of a wrong file."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from rules import programmes
from rules.occupations import OCCUPATIONS
from rules.programmes import (
    SHIPPED,
    Programme,
    ProgrammeFileError,
    accepts_kind,
    covers,
    for_village,
    load,
    rule_version,
    said_to_run,
)
from rules.seats import counters

FIVE = load()

SIXTH = """
name: {value: Perlindungan Pekerja Rentan, source: rule}
region_name: {value: Kabupaten Contoh, source: rule}
areas: {value: ["53.15"], source: rule}
village_kinds: {value: [desa, kelurahan], source: rule}
villages: {value: null, source: rule, note: The rule does not say.}
announced: {value: running, source: rule}
started: {value: 2026-01-05, source: rule}
groups:
  - key: vulnerable_workers
    seats:
      per_village: {value: 40, source: rule}
      in_all: {value: 2829, source: rule}
    payer: {value: regency, source: rule}
    fund: {value: apbd, source: rule}
    months_paid: {value: 12, source: rule}
age_min: {value: 18, source: rule}
age_max: {value: 65, source: rule}
occupations: {value: [nelayan, petani], source: rule}
named_by: {value: The village, source: rule}
office: {value: Dinas Tenaga Kerja, source: rule}
legal_basis: {value: [Perbup Contoh 1/2026], source: rule}
benefits: {value: [jkk, jkm], source: rule}
reports: {value: [workers_covered], source: rule}
ranking: {value: [longest_working, first_come], source: rule}
offer_days: {value: 3, source: rule}
sheet:
  columns: {value: [{heading: NIK, field: nik}, {heading: Nama, field: name}], source: rule}
  most_rows: {value: 10000, source: rule}
sources:
  - {id: rule, title: Perbup Contoh 1/2026, outlet: JDIH, as_of: 2026-01-05}
"""


NO_OCCUPATION = f"is not an occupation of rules/occupations.py: {', '.join(OCCUPATIONS)}"


def wrong(folder: Path, **files: str) -> tuple[str, ...]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    with pytest.raises(ProgrammeFileError) as caught:
        load(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_five_programmes_are_shipped() -> None:
    assert list(FIVE) == ["badung", "bengkayang", "denpasar", "gianyar", "purwakarta"]
    assert isinstance(FIVE, Mapping)


def test_those_run_that_were_announced_to_run() -> None:
    assert said_to_run(FIVE) == ("badung", "bengkayang", "denpasar", "gianyar")


def test_denpasar_has_a_hundred_seats_a_village_paid_by_the_village() -> None:
    one = FIVE["denpasar"]
    assert one.areas.value == ("51.71",)
    assert one.villages.value == 27
    assert (one.seats.per_village.value, one.seats.in_all.value) == (100, None)
    assert (one.payer.value, one.fund.value) == ("village", "dana_desa")
    assert one.months_paid.value is None
    assert one.started.value == "2023-02-07"
    assert one.source_of(one.announced).as_of == "2023-02-07"
    assert "SE DPMD Kota Denpasar 140/1838/DPMD" in one.legal_basis.value


def test_bengkayang_is_paid_by_the_regency_and_bars_dana_desa() -> None:
    one = FIVE["bengkayang"]
    assert one.areas.value == ("61.07",)
    assert (one.seats.per_village.value, one.seats.in_all.value) == (100, 12200)
    assert (one.payer.value, one.fund.value, one.months_paid.value) == ("regency", "apbd", 12)
    assert one.workers.barred_funds is not None
    assert one.workers.barred_funds.value == ("dana_desa",)
    assert one.villages.value == 122
    assert one.legal_basis.value == ("Inpres 2/2021", "Inpres 4/2022", "Perbup Bengkayang 23")


def test_gianyar_pays_six_months_from_village_and_regency() -> None:
    one = FIVE["gianyar"]
    assert one.areas.value == ("51.04",)
    assert (one.payer.value, one.months_paid.value) == ("village_and_regency", 6)
    assert (one.seats.per_village.value, one.seats.in_all.value) == (None, None)
    assert one.seats.stages is not None
    assert [(stage.key, stage.places) for stage in one.seats.stages.value] == [("2024-2", 2429)]
    assert one.legal_basis.value == ()
    assert one.legal_basis.note is not None


def test_purwakarta_is_planned_with_nothing_decided() -> None:
    one = FIVE["purwakarta"]
    assert one.areas.value == ("32.14",)
    assert (one.announced.value, one.payer.value) == ("planned", "undecided")
    assert (one.seats.per_village.value, one.seats.in_all.value) == (None, None)
    assert (one.fund.value, one.months_paid.value, one.started.value) == (None, None, None)
    assert one.occupations.value[:4] == ("guru_ngaji", "pemulung", "petani", "marbot")
    assert [group.key for group in one.groups] == ["vulnerable_workers", "village_apparatus"]


def test_badung_has_one_number_for_the_regency_and_three_groups() -> None:
    one = FIVE["badung"]
    assert one.areas.value == ("51.03",)
    assert (one.seats.per_village.value, one.seats.in_all.value) == (None, 35000)
    assert (one.payer.value, one.fund.value) == ("regency", "apbd")
    assert one.group("contract_workers").seats.in_all.value == 7826
    assert one.group("pekerja_adat").seats.in_all.value == 2624
    assert one.occupations.value[:4] == ("petani", "nelayan", "ojek", "juru_parkir")


def test_a_group_that_a_programme_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="pekerja_adat"):
        FIVE["denpasar"].group("pekerja_adat")


@pytest.mark.parametrize("key", list(FIVE))
def test_no_shipped_programme_sets_an_age_limit(key: str) -> None:
    assert FIVE[key].age_min.value is None
    assert FIVE[key].age_max.value is None


@pytest.mark.parametrize("key", list(FIVE))
def test_every_fact_names_a_source_that_has_a_day(key: str) -> None:
    facts = list(programmes._facts(FIVE[key], ""))
    assert len(facts) > 15
    for _, fact in facts:
        source = FIVE[key].source_of(fact)
        assert source.id == fact.source
        assert source.as_of[:4] in {"2022", "2023", "2024", "2025", "2026"}
        assert source.outlet


def test_villages_find_their_programme_by_area() -> None:
    assert for_village("51.71.03.2008", FIVE) is FIVE["denpasar"]
    assert for_village("51.03.01.1004", FIVE) is FIVE["badung"]
    assert for_village("51.05.01.2001", FIVE) is None
    assert for_village("", FIVE) is None
    assert for_village("51.71.03.2008", {}) is None


def test_kelurahan_take_part_only_where_the_source_has_them() -> None:
    taking = {key for key, one in FIVE.items() if accepts_kind(one, "kelurahan")}
    assert taking == {"badung"}
    assert all(accepts_kind(one, "desa") for one in FIVE.values())
    assert not any(accepts_kind(one, "") for one in FIVE.values())


def test_kinds_of_village_are_written_as_the_register_of_villages_writes_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "contoh.yaml").write_text(SIXTH.replace("[desa, kelurahan]", "[desa adat]"))
    assert accepts_kind(load(tmp_path)["contoh"], "desa adat")


def test_a_sixth_region_needs_only_a_sixth_file(tmp_path: Path) -> None:
    folder = copytree(SHIPPED, tmp_path / "six")
    (folder / "contoh.yaml").write_text(SIXTH)
    six = load(folder)
    village = "53.15.02.2003"
    found = for_village(village, six)
    assert len(six) == 6
    assert found is not None
    assert (found.key, found.age_min.value, found.age_max.value) == ("contoh", 18, 65)
    assert [counter.cap for counter in counters(found, village)] == [40, 2829]
    assert accepts_kind(found, "kelurahan")


def test_the_longest_area_wins_and_is_never_half_a_number(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(SIXTH.replace("53.15", "53"))
    (tmp_path / "narrow.yaml").write_text(SIXTH.replace("53.15", "53.15.02"))
    both = load(tmp_path)
    assert for_village("53.15.02.2003", both) is both["narrow"]
    assert for_village("53.15.03.2003", both) is both["wide"]
    assert not covers(both["narrow"], "53.15.021.2003")


def test_a_version_follows_the_content_and_not_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "contoh.yaml"
    path.write_text(SIXTH)
    first = rule_version(load(tmp_path)["contoh"])
    path.write_text("# a remark\n" + yaml.safe_dump(yaml.safe_load(SIXTH)))
    assert rule_version(load(tmp_path)["contoh"]) == first
    path.write_text(SIXTH.replace("value: 65", "value: 64"))
    assert rule_version(load(tmp_path)["contoh"]) != first
    assert re.fullmatch(r"[0-9a-f]{12}", first)


def test_a_version_stays_the_same_for_the_same_rules(tmp_path: Path) -> None:
    """Answers are kept with it as proof: another way of counting it would lose them."""
    path = tmp_path / "contoh.yaml"
    path.write_text(SIXTH.replace("Kabupaten Contoh", "Kabupaten Conto\u0301h"), encoding="utf-8")
    assert rule_version(load(tmp_path)["contoh"]) == "7ba3002d1050"


def test_programmes_have_versions_of_their_own() -> None:
    assert len({rule_version(one) for one in FIVE.values()}) == 5


def test_a_programme_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        FIVE["denpasar"].key = "x"
    with pytest.raises(TypeError):
        FIVE["x"] = FIVE["denpasar"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value: 40", "value: empat puluh", "groups.0.seats.per_village.value: input should be"),
        ("value: 40", "value: 0", "groups.0.seats.per_village.value: input should be greater"),
        ("value: 40", "value: true", "groups.0.seats.per_village.value: input should be"),
        ('"53.15"', "53.15", "areas.value.0: must be text: put quotes around 53.15"),
        ('"53.15"', '"53.1"', "areas.value.0: string should match pattern"),
        ("[desa, kelurahan]", "[dusun]", "village_kinds.value.0: input should be 'desa'"),
        ("[nelayan, petani]", "[nelayan, astronaut]", "occupations.value.1: is not an occupation"),
        ("[nelayan, petani]", "[petani, petani]", "occupations.value: names the same thing twice"),
        ("[nelayan, petani]", "[]", "occupations.value: tuple should have at least 1 item"),
        ("payer: {value: regency", "payer: {value: bupati", "groups.0.payer.value: input should"),
        ("value: 18, source: rule", "value: 18", "age_min.source: is missing"),
        ("value: 18, source: rule", "value: 18, source: buku", "age_min.source: 'buku' is not the"),
        ("value: 18,", "value: null,", "age_min: has no value, so it needs a note"),
        ("value: 65", "value: 17", "age_max.value: 17 is under age_min, 18"),
        ("[nelayan, petani]", "[astronaut]", f"occupations.value.0: {NO_OCCUPATION} (found"),
        ("announced:", "open: true\nannounced:", "open: is not a field that this file may have"),
        ("announced:", "key: lain\nannounced:", "key: is taken from the file's name"),
        ("announced:", "office: x\nannounced:", "is not readable as YAML: 'office' is written"),
        ("key: vulnerable_workers", "key: village_apparatus", "groups: the group vulnerable_wor"),
        ("outlet: JDIH, ", "", "sources.0.outlet: is missing"),
        (
            "started: {value: 2026-01-05",
            "started: {value: 2026-13-05",
            "started.value: is not a day",
        ),
        ("as_of: 2026-01-05", "as_of: kemarin", "sources.0.as_of: string should match pattern"),
        ("\nname:", "\nname: [", "is not readable as YAML"),
    ],
)
def test_a_wrong_file_is_told_by_file_field_and_fault(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert SIXTH.count(old) >= 1
    problems = wrong(tmp_path, contoh=SIXTH.replace(old, new, 1))
    assert any(line.startswith(f"contoh.yaml: {says}") for line in problems), problems


def test_a_limit_of_one_age_alone_is_no_contradiction(tmp_path: Path) -> None:
    (tmp_path / "contoh.yaml").write_text(SIXTH.replace("value: 65", "value: 18"))
    one = load(tmp_path)["contoh"]
    assert (one.age_min.value, one.age_max.value) == (18, 18)


def test_a_source_that_is_missing_is_told_by_the_whole_path_of_the_fact(tmp_path: Path) -> None:
    fact = "per_village: {value: 40, source: rule}"
    text = SIXTH.replace(fact, fact.replace("rule", "buku"))
    said = "groups.0.seats.per_village.source: 'buku' is not the id of one of the sources"
    assert wrong(tmp_path, contoh=text) == (f"contoh.yaml: {said}",)


def test_repeated_groups_and_sources_are_told(tmp_path: Path) -> None:
    twice = yaml.safe_load(SIXTH)
    twice["groups"] *= 2
    twice["sources"] *= 2
    assert wrong(tmp_path, contoh=yaml.safe_dump(twice)) == (
        "contoh.yaml: sources: two sources have the same id",
        "contoh.yaml: groups: two groups have the same key",
    )


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    first = SIXTH.replace("value: 40", "value: x").replace("value: 18", "value: 5")
    problems = wrong(tmp_path, first=first, second="", third="just words")
    assert [line.split(":")[0] for line in problems] == [
        "first.yaml",
        "first.yaml",
        "second.yaml",
        "third.yaml",
    ]


def test_two_programmes_cannot_claim_the_same_area_for_the_same_group(tmp_path: Path) -> None:
    assert wrong(tmp_path, first=SIXTH, second=SIXTH) == (
        "second.yaml: areas: first.yaml has 53.15 for vulnerable_workers already",
    )


def test_a_file_with_another_ending_is_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "contoh.yml").write_text(SIXTH)
    assert wrong(tmp_path) == ("contoh.yml: must end in .yaml",)


def test_a_file_name_that_cannot_be_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "Kab Contoh.yaml").write_text(SIXTH)
    assert wrong(tmp_path)[0].startswith("Kab Contoh.yaml: key: string should match pattern")


def test_a_folder_without_programmes_is_an_error(tmp_path: Path) -> None:
    assert wrong(tmp_path) == (f"{tmp_path}: holds no programme file (*.yaml)",)


def test_days_are_kept_as_exact_as_the_source_gives_them() -> None:
    assert FIVE["badung"].started.value == "2024"
    assert FIVE["bengkayang"].started.value == date(2024, 2, 21).isoformat()


def test_programmes_are_their_files_and_nothing_else() -> None:
    assert {path.stem for path in SHIPPED.iterdir()} == set(FIVE)
    assert all(isinstance(one, Programme) for one in FIVE.values())
