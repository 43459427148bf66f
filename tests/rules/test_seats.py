"""The counters of a sign-up with a seat: by village, group and stage; and where one waits."""

from datetime import date

import pytest

from rules.programme_facts import Group, Seats, Sourced, Stage
from rules.programmes import VULNERABLE_WORKERS, Programme, load
from rules.seats import Pool, SeatCounter, counters, pool, stages_on

PROGRAMMES = load()
GIANYAR, VILLAGE = PROGRAMMES["gianyar"], "51.04.01.2001"


@pytest.mark.parametrize(
    ("key", "village", "per_village", "in_all"),
    [
        ("denpasar", "51.71.03.2008", 100, None),
        ("bengkayang", "61.07.01.2001", 100, 12200),
        ("purwakarta", "32.14.01.2001", None, None),
        ("badung", "51.03.01.2001", None, 35000),
    ],
)
def test_every_programme_counts_by_village_and_in_all(
    key: str, village: str, per_village: int | None, in_all: int | None
) -> None:
    assert counters(PROGRAMMES[key], village) == (
        SeatCounter(f"{key}/{village}", per_village),
        SeatCounter(f"{key}/*", in_all),
    )


def test_a_village_of_elsewhere_has_no_counters() -> None:
    with pytest.raises(ValueError, match=r"61\.07\.01\.2001 is not of the programme badung"):
        counters(PROGRAMMES["badung"], "61.07.01.2001")


def test_a_group_has_counters_and_places_of_its_own() -> None:
    assert counters(PROGRAMMES["badung"], "51.03.01.2001", "pekerja_adat") == (
        SeatCounter("badung:pekerja_adat/51.03.01.2001", None),
        SeatCounter("badung:pekerja_adat/*", 2624),
    )
    with pytest.raises(KeyError):
        counters(PROGRAMMES["denpasar"], "51.71.03.2008", "pekerja_adat")


def test_a_stage_has_counters_and_places_of_its_own() -> None:
    assert counters(GIANYAR, VILLAGE, stage="2024-2") == (
        SeatCounter(f"gianyar@2024-2/{VILLAGE}", None),
        SeatCounter("gianyar@2024-2/*", 2429),
    )


def test_before_the_first_stage_there_is_no_place() -> None:
    assert counters(GIANYAR, VILLAGE) == (
        SeatCounter(f"gianyar/{VILLAGE}", None),
        SeatCounter("gianyar/*", 0),
    )


def staged(*stages: tuple[str, str, int]) -> Programme:
    """The programme with these stages: key, when it opens, places."""
    made = tuple(Stage(key=key, opens=opens, places=places) for key, opens, places in stages)
    seats = Seats(
        per_village=Sourced(value=None, source="S2", note="-"),
        in_all=Sourced(value=None, source="S2", note="-"),
        stages=Sourced(value=made, source="S2"),
    )
    group = GIANYAR.workers.model_copy(update={"seats": seats})
    groups: tuple[Group, ...] = (group,)
    return GIANYAR.model_copy(update={"groups": groups})


@pytest.mark.parametrize(
    ("day", "stages"),
    [
        (date(2024, 10, 31), ("",)),
        (date(2024, 11, 1), ("a",)),
        (date(2025, 7, 31), ("a",)),
        (date(2025, 8, 1), ("b",)),
        (date(2025, 12, 31), ("b",)),
        (date(2026, 1, 1), ("b", "c")),
        (date(2026, 1, 31), ("b", "c")),
        (date(2026, 2, 1), ("c",)),
        (date(2031, 1, 1), ("c",)),
    ],
)
def test_places_are_given_out_of_the_last_stage_and_of_those_paid_still(
    day: date, stages: tuple[str, ...]
) -> None:
    """Six months are paid: those of stage b end with January 2026."""
    programme = staged(("a", "2024-11", 10), ("b", "2025-08-01", 20), ("c", "2026", 5))
    assert stages_on(programme, day) == stages


def test_where_no_end_is_known_every_stage_is_paid_still() -> None:
    programme = staged(("a", "2024-11", 10), ("b", "2025-08-01", 20))
    endless = programme.workers.model_copy(
        update={"months_paid": Sourced(value=None, source="S2", note="-")}
    )
    programme = programme.model_copy(update={"groups": (endless,)})
    assert stages_on(programme, date(2031, 1, 1)) == ("a", "b")


def test_a_programme_without_stages_is_always_in_none() -> None:
    assert stages_on(PROGRAMMES["badung"], date(2026, 11, 20)) == ("",)


@pytest.mark.parametrize(
    ("key", "village", "line"),
    [
        ("denpasar", "51.71.03.2008", Pool("denpasar", VULNERABLE_WORKERS, "51.71.03.2008")),
        ("bengkayang", "61.07.01.2001", Pool("bengkayang", VULNERABLE_WORKERS, "61.07.01.2001")),
        ("badung", "51.03.01.2001", Pool("badung", VULNERABLE_WORKERS, "")),
        ("gianyar", VILLAGE, Pool("gianyar", VULNERABLE_WORKERS, "")),
    ],
)
def test_one_waits_with_those_who_wait_for_the_same_seats(
    key: str, village: str, line: Pool
) -> None:
    assert pool(PROGRAMMES[key], village) == line


def test_pools_have_names_of_their_own() -> None:
    names = {
        pool(PROGRAMMES["badung"], "51.03.01.2001", group).key
        for group in ("vulnerable_workers", "contract_workers", "pekerja_adat")
    }
    assert names == {
        "badung:vulnerable_workers/*",
        "badung:contract_workers/*",
        "badung:pekerja_adat/*",
    }
