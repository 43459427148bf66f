"""Who may do what: the table of roles and actions, and the area in which an office counts."""

import pytest

from rules.permissions import ALLOWED, OF_A_VILLAGE, Action, Office, Role, lies_in, may

VILLAGE, NEIGHBOUR, ELSEWHERE = "51.71.03.2008", "51.71.03.2009", "61.07.01.2001"
DECIDING = {Action.DECIDE, Action.SEE_QUEUE, Action.RECORD_MEMBER, Action.RECORD_DEPARTURE}


def roles_that(action: Action) -> set[Role]:
    return {role for role, actions in ALLOWED.items() if action in actions}


def test_every_role_is_in_the_table_and_every_action_is_somebodys() -> None:
    assert set(ALLOWED) == set(Role)
    assert frozenset().union(*ALLOWED.values()) == set(Action)


@pytest.mark.parametrize("action", sorted(DECIDING))
def test_the_village_alone_decides(action: Action) -> None:
    assert roles_that(action) == {Role.VILLAGE_OFFICER}


def test_a_helper_may_enter_and_nothing_else() -> None:
    assert ALLOWED[Role.HELPER] == {Action.ENTER}


def test_an_auditor_reads_and_changes_nothing() -> None:
    assert ALLOWED[Role.AUDITOR] == {Action.SEE_SEATS, Action.SEE_OFFICES, Action.READ_AUDIT}


def test_all_the_names_of_a_regency_leave_by_the_regency_alone() -> None:
    assert roles_that(Action.EXPORT) == {Role.REGENCY_OFFICER}


def test_nobody_appoints_an_officer_but_the_regency() -> None:
    assert roles_that(Action.APPOINT_OFFICER) == {Role.REGENCY_OFFICER}
    assert roles_that(Action.END_OFFICER) == {Role.REGENCY_OFFICER}


@pytest.mark.parametrize("action", sorted(Action))
@pytest.mark.parametrize("role", sorted(Role))
def test_an_office_counts_in_its_own_area_alone(role: Role, action: Action) -> None:
    area = VILLAGE if role in OF_A_VILLAGE else "51.71"
    office = [Office(role, area)]
    allowed = action in ALLOWED[role]
    assert may(office, action, VILLAGE) is allowed
    assert may(office, action, NEIGHBOUR) is (allowed and role not in OF_A_VILLAGE)
    assert not may(office, action, ELSEWHERE)


@pytest.mark.parametrize("action", sorted(Action))
def test_who_holds_no_office_may_do_nothing(action: Action) -> None:
    assert not may([], action, VILLAGE)


def test_several_offices_do_not_lend_each_other_their_areas() -> None:
    offices = [Office(Role.VILLAGE_OFFICER, VILLAGE), Office(Role.HELPER, NEIGHBOUR)]
    assert may(offices, Action.DECIDE, VILLAGE)
    assert not may(offices, Action.DECIDE, NEIGHBOUR)
    assert may(offices, Action.ENTER, NEIGHBOUR)


@pytest.mark.parametrize(
    ("area", "holds"),
    [
        ("51.71.03.2008", True),
        ("51.71.03", True),
        ("51.71", True),
        ("51", True),
        ("51.7", False),
        ("5", False),
        ("51.71.03.200", False),
        ("51.71.03.20080", False),
        ("51.72", False),
        ("", False),
    ],
)
def test_a_village_lies_in_whole_areas_alone(area: str, holds: bool) -> None:
    assert lies_in(VILLAGE, area) is holds
