"""Who is refused, who gets a warning, and for which reason."""

from dataclasses import replace
from datetime import date

import pytest

from rules.eligibility import (
    NOT_ABLE,
    NOT_WORKING,
    WORKING,
    Applicant,
    Reason,
    age,
    has_group,
    refusals,
    warnings,
)
from rules.programme_facts import Sourced
from rules.programmes import Programme, load

TODAY = date(2026, 11, 20)
PROGRAMMES = load()
PLAIN = PROGRAMMES["denpasar"]
WITH_APPARATUS = PROGRAMMES["purwakarta"]
FINE = Applicant("51.71.03.2008", born=date(1985, 6, 12))


def limited(youngest: int | None = None, oldest: int | None = None) -> Programme:
    limits = {
        "age_min": Sourced[int | None](value=youngest, source="S0", note="Invented."),
        "age_max": Sourced[int | None](value=oldest, source="S0", note="Invented."),
    }
    return PLAIN.model_copy(update=limits)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("2000-11-20", "2026-11-20", 26),
        ("2000-11-21", "2026-11-20", 25),
        ("2000-12-01", "2026-11-20", 25),
        ("2000-10-31", "2026-11-20", 26),
        ("2004-02-29", "2026-02-28", 21),
        ("2004-02-29", "2026-03-01", 22),
    ],
)
def test_a_year_of_age_is_full_on_the_birthday(born: str, on: str, years: int) -> None:
    assert age(date.fromisoformat(born), date.fromisoformat(on)) == years


def test_who_works_and_is_able_is_neither_refused_nor_warned_of() -> None:
    assert refusals(FINE, PLAIN, TODAY) == ()
    assert warnings(FINE, PLAIN, TODAY) == ()


@pytest.mark.parametrize("work", NOT_WORKING)
def test_who_does_not_work_is_refused_with_ways_forward(work: str) -> None:
    """BPJS Pohuwato, February 2026: a claim was refused because the member did not work."""
    reason = Reason("not_working", "bpjs_pohuwato_2026", ("when_working", "spouse", "office"))
    assert refusals(replace(FINE, work=work), PLAIN, TODAY) == (reason,)


@pytest.mark.parametrize("able", NOT_ABLE)
def test_who_is_long_unable_is_refused_with_ways_forward(able: str) -> None:
    reason = Reason("not_able", "bpjs_pohuwato_2026", ("when_working", "spouse", "office"))
    assert refusals(replace(FINE, able=able), PLAIN, TODAY) == (reason,)


@pytest.mark.parametrize("work", WORKING)
def test_who_works_in_any_way_is_not_refused(work: str) -> None:
    assert refusals(replace(FINE, work=work, able="ill_but_working"), PLAIN, TODAY) == ()


def test_a_civil_servant_has_a_scheme_of_their_own() -> None:
    reason = Reason("civil_servant", "permenaker_1_2025", ("own_scheme", "spouse", "office"))
    for programme in (PLAIN, WITH_APPARATUS):
        assert refusals(replace(FINE, tie="civil_servant"), programme, TODAY) == (reason,)


def test_the_apparatus_is_refused_only_where_it_has_a_group_of_its_own() -> None:
    one = replace(FINE, tie="apparatus")
    assert has_group(WITH_APPARATUS, "village_apparatus")
    assert not has_group(PLAIN, "village_apparatus")
    assert refusals(one, PLAIN, TODAY) == ()
    reason = Reason("apparatus", "programme", ("own_scheme", "office"))
    assert refusals(one, WITH_APPARATUS, TODAY) == (reason,)
    assert refusals(FINE, WITH_APPARATUS, TODAY) == ()
    assert refusals(replace(FINE, tie="employer"), WITH_APPARATUS, TODAY) == ()


@pytest.mark.parametrize(
    ("born", "reasons"),
    [
        ("2008-11-20", []),
        ("2008-11-21", ["too_young"]),
        ("1960-11-21", []),
        ("1961-11-20", []),
        ("1960-11-20", ["too_old"]),
    ],
)
def test_an_age_limit_of_the_programme_refuses(born: str, reasons: list[str]) -> None:
    one = replace(FINE, born=date.fromisoformat(born))
    found = refusals(one, limited(18, 65), TODAY)
    assert found == tuple(Reason(key, "programme", ("office", "spouse")) for key in reasons)


def test_a_limit_on_one_side_leaves_the_other_open() -> None:
    child, elder = replace(FINE, born=date(2016, 1, 1)), replace(FINE, born=date(1936, 1, 1))
    assert refusals(child, limited(oldest=65), TODAY) == ()
    assert refusals(elder, limited(youngest=18), TODAY) == ()
    assert warnings(child, limited(oldest=65), TODAY) == ("age_young",)
    assert warnings(elder, limited(youngest=18), TODAY) == ("age_old",)
    assert warnings(elder, limited(oldest=95), TODAY) == ()
    assert warnings(child, limited(youngest=7), TODAY) == ()


def test_an_age_that_is_not_known_refuses_nobody_and_is_told_to_the_officer() -> None:
    one = replace(FINE, born=None)
    assert refusals(one, limited(18, 65), TODAY) == ()
    assert warnings(one, limited(18, 65), TODAY) == ("age_unknown",)


@pytest.mark.parametrize(
    ("born", "found"),
    [
        ("2008-11-20", ()),
        ("2008-11-21", ("age_young",)),
        ("1961-11-21", ()),
        ("1961-11-20", ("age_old",)),
    ],
)
def test_without_a_limit_an_unusual_age_is_a_warning(born: str, found: tuple[str, ...]) -> None:
    one = replace(FINE, born=date.fromisoformat(born))
    assert refusals(one, PLAIN, TODAY) == ()
    assert warnings(one, PLAIN, TODAY) == found


def test_all_reasons_are_given_together() -> None:
    one = replace(FINE, born=date(2015, 1, 1), work="never", able="unable_long", tie="apparatus")
    programme = WITH_APPARATUS.model_copy(update={"age_min": limited(18).age_min})
    found = [reason.key for reason in refusals(one, programme, TODAY)]
    assert found == ["not_working", "not_able", "apparatus", "too_young"]


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"able": "ill_short"}, "able_ill_short"),
        ({"able": "ill_but_working"}, "able_ill_working"),
        ({"work": "seasonal"}, "work_seasonal"),
        ({"work": "under_3_months"}, "work_new"),
        ({"tie": "insured"}, "tie_insured"),
        ({"tie": "employer"}, "tie_employer"),
        ({"tie": "apparatus"}, "tie_apparatus"),
        ({"residence": "elsewhere"}, "residence_elsewhere"),
        ({"residence": "ktp_elsewhere"}, "residence_ktp_elsewhere"),
        ({"nik_born": date(1985, 6, 13)}, "nik_birth_date"),
        ({"sex": "female", "nik_sex": "male"}, "nik_sex"),
        ({"nik_oddities": ("bad_serial",)}, "nik_odd"),
        ({"nik_region": "51.05.01"}, "nik_region"),
    ],
)
def test_what_no_source_settles_is_a_warning_for_the_officer(
    changes: dict[str, object], warning: str
) -> None:
    one = replace(FINE, **changes)  # type: ignore[arg-type]
    assert warnings(one, PLAIN, TODAY) == (warning,)
    assert refusals(one, PLAIN, TODAY) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"able": "able", "work": "over_5_years", "tie": "none", "residence": "here"},
        {"nik_born": date(1985, 6, 12)},
        {"nik_born": date(1985, 6, 12), "born": date(1985, 6, 12)},
        {"sex": "female", "nik_sex": "female"},
        {"sex": "female"},
        {"nik_sex": "male"},
        {"nik_region": "51.71.01"},
        {"nik_region": "51.71"},
    ],
)
def test_what_fits_is_no_warning(changes: dict[str, object]) -> None:
    assert warnings(replace(FINE, **changes), PLAIN, TODAY) == ()  # type: ignore[arg-type]


def test_a_birth_date_of_the_nik_alone_is_no_contradiction() -> None:
    one = replace(FINE, born=None, nik_born=date(1985, 6, 12))
    assert warnings(one, PLAIN, TODAY) == ("age_unknown",)


def test_the_weightiest_warning_comes_first() -> None:
    one = Applicant(
        "51.71.03.2008",
        nik_sex="male",
        sex="female",
        nik_region="32.14.01",
        nik_oddities=("bad_serial",),
        residence="elsewhere",
        work="seasonal",
        able="ill_short",
        tie="insured",
    )
    assert warnings(one, PLAIN, TODAY) == (
        "able_ill_short",
        "work_seasonal",
        "tie_insured",
        "age_unknown",
        "residence_elsewhere",
        "nik_sex",
        "nik_odd",
        "nik_region",
    )
