"""Members on both databases: accepted once, months never written over, cards of one person only."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.house import House
from rules.coverage import Ledger, PaidMonth, Payer
from rules.registration import State
from storage import audit, members, registrations
from storage.audit import Actor
from storage.database import transaction
from storage.members import Acceptance, Recorded
from storage.models import Contribution, Member, Registration
from storage.registrations import Submission
from tests.people import MADE, WAYAN, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
DAY = date(2026, 12, 1)
OFFICER = Actor(6_200_000_001, "village_officer")
KPJ, OTHER_KPJ = "12345678901", "97J80012345"
VILLAGE, OTHER_VILLAGE = "51.71.03.2008", "51.71.03.2009"


def paid(*months: int, payer: Payer = "programme", received: date = DAY) -> tuple[PaidMonth, ...]:
    """Months of the year 2027, or of 2026 where December is meant."""
    return tuple(
        PaidMonth(date(2026 if month == 12 else 2027, month, 1), payer, received)
        for month in months
    )


ACCEPTED = Acceptance(KPJ, DAY, paid(12, 1, 2))


def signed_up(
    house: House, state: State = State.CONFIRMED, new: Submission | None = None
) -> Registration:
    """A sign-up in a state, whatever the way there."""
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, new or submission(), NOW)
        row.state = state
        return row


def recorded(house: House, row: Registration, new: Acceptance = ACCEPTED) -> Recorded:
    with transaction(house.engine) as db:
        return members.record(db, house.keys, row, new, OFFICER, NOW)


def ledger(house: House, row: Registration) -> Ledger | None:
    with transaction(house.engine) as db:
        return members.ledger(db, row.id)


def state_of(house: House, row: Registration) -> str:
    with transaction(house.engine) as db:
        return db.get_one(Registration, row.id).state


def moves(house: House, row: Registration) -> list[tuple[str, str]]:
    """The audit of a sign-up: what was done, and the state it led to."""
    with transaction(house.engine) as db:
        history = audit.history(db, "registration", row.id)
        return [(change.action, change.to_state) for change in history]


def test_a_confirmed_sign_up_becomes_a_member_with_its_months(house: House) -> None:
    row = signed_up(house)
    result = recorded(house, row)
    assert result == Recorded(is_new=True, added=ACCEPTED.months)
    assert ledger(house, row) == Ledger(DAY, ACCEPTED.months)
    assert state_of(house, row) == State.ACTIVE


def test_each_step_to_membership_is_on_record(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    assert moves(house, row)[1:] == [
        ("sent_to_bpjs", State.SUBMITTED),
        ("accepted_by_bpjs", State.ACTIVE),
        ("contribution", ""),
    ]
    with transaction(house.engine) as db:
        last = audit.history(db, "registration", row.id)[-1]
    assert (last.actor_id, last.role) == (OFFICER.id, OFFICER.role)
    assert last.reason == "3 from 2026-12 by programme"


def test_a_sign_up_sent_to_bpjs_goes_just_the_last_step(house: House) -> None:
    row = signed_up(house, State.SUBMITTED)
    assert recorded(house, row).is_new
    assert [action for action, _ in moves(house, row)[1:]] == ["accepted_by_bpjs", "contribution"]


def test_the_same_again_changes_nothing_and_says_so(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    before = moves(house, row)
    again = recorded(house, row)
    assert again == Recorded()
    assert not again.changed
    assert moves(house, row) == before


def test_further_months_are_added_without_naming_the_card_again(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    further = Acceptance(months=paid(2, 3, payer="programme"))
    result = recorded(house, row, further)
    assert result == Recorded(added=paid(3))
    assert result.changed
    known = ledger(house, row)
    assert known is not None
    assert known.months == paid(12, 1, 2, 3)


def test_a_member_may_be_recorded_before_any_month_is_paid(house: House) -> None:
    row = signed_up(house)
    assert recorded(house, row, Acceptance(KPJ, DAY)).is_new
    assert ledger(house, row) == Ledger(DAY, ())
    assert recorded(house, row).added == ACCEPTED.months


@pytest.mark.parametrize("state", sorted(set(State) - set(members.ACCEPTABLE)))
def test_a_sign_up_in_any_other_state_becomes_no_member(house: House, state: State) -> None:
    row = signed_up(house, state)
    assert recorded(house, row) == Recorded("not_confirmed")
    assert ledger(house, row) is None
    assert state_of(house, row) == state


def test_nobody_becomes_a_member_without_a_card_and_a_day(house: House) -> None:
    row = signed_up(house)
    for new in (Acceptance(months=paid(12)), Acceptance(KPJ), Acceptance("", DAY)):
        assert recorded(house, row, new) == Recorded("card_missing")
    assert state_of(house, row) == State.CONFIRMED


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (Acceptance(OTHER_KPJ, DAY, paid(3)), Recorded("other_card")),
        (Acceptance(KPJ, date(2026, 12, 2), paid(3)), Recorded("other_active_from")),
        (
            Acceptance(months=paid(3, 2, payer="self")),
            Recorded("month_differs", date(2027, 2, 1)),
        ),
        (
            Acceptance(months=paid(3, 1, received=date(2026, 12, 2))),
            Recorded("month_differs", date(2027, 1, 1)),
        ),
        (
            Acceptance(months=(PaidMonth(date(2026, 11, 1), "programme", DAY), *paid(3))),
            Recorded("month_before_active", date(2026, 11, 1)),
        ),
    ],
)
def test_what_contradicts_is_refused_and_nothing_of_it_kept(
    house: House, new: Acceptance, refusal: Recorded
) -> None:
    row = signed_up(house)
    recorded(house, row)
    before = moves(house, row)
    assert recorded(house, row, new) == refusal
    assert ledger(house, row) == Ledger(DAY, ACCEPTED.months)
    assert moves(house, row) == before


def test_a_card_of_somebody_else_is_refused_and_the_sign_up_stays_as_it_is(house: House) -> None:
    recorded(house, signed_up(house))
    other = signed_up(house, new=submission(MADE))
    assert recorded(house, other) == Recorded("card_taken")
    assert state_of(house, other) == State.CONFIRMED
    assert ledger(house, other) is None
    assert recorded(house, other, replace(ACCEPTED, kpj=OTHER_KPJ)).is_new


def test_of_many_who_record_the_same_at_once_one_does(house: House) -> None:
    row = signed_up(house)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: recorded(house, row), range(12)))
    assert sorted(result.changed for result in results) == [False] * 11 + [True]
    assert [result.refused for result in results] == [""] * 12
    assert len([move for move in moves(house, row) if move[0] == "accepted_by_bpjs"]) == 1


def test_of_many_who_record_one_card_for_different_people_one_does(house: House) -> None:
    rows = [signed_up(house) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda row: recorded(house, row), rows))
    assert sorted(result.refused for result in results) == ["", *["card_taken"] * 5]
    states = [state_of(house, row) for row in rows]
    assert sorted(states) == [State.ACTIVE, *[State.CONFIRMED] * 5]


def test_the_number_of_the_card_is_sealed_and_found_by_its_hash(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    with transaction(house.engine) as db:
        member = db.get_one(Member, row.id)
        assert members.kpj(house.keys, member) == KPJ
        assert KPJ.encode() not in member.kpj_sealed + member.kpj_hash
        assert member.kpj_hash == house.keys.index("kpj", KPJ)
        moved = Member(**{**member.model_dump(), "registration_id": "another"})
    with pytest.raises(ValueError, match="another row"):
        members.kpj(house.keys, moved)


def test_who_recorded_a_month_and_when_is_kept(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    with transaction(house.engine) as db:
        rows = members.contributions(db, row.id)
        assert [one.month for one in rows] == [one.month for one in ACCEPTED.months]
        assert {(one.recorded_by, one.recorded_at) for one in rows} == {(OFFICER.id, NOW)}


def test_a_day_on_which_a_membership_ended_is_in_the_ledger(house: House) -> None:
    row = signed_up(house)
    recorded(house, row)
    with transaction(house.engine) as db:
        db.get_one(Member, row.id).ended_on = DAY + timedelta(days=30)
    assert ledger(house, row) == Ledger(DAY, ACCEPTED.months, DAY + timedelta(days=30))


def test_an_account_sees_the_members_whom_it_signed_up(house: House) -> None:
    mine, other = signed_up(house), signed_up(house, new=submission(MADE, typed_by=7))
    signed_up(house)
    recorded(house, mine)
    recorded(house, other, replace(ACCEPTED, kpj=OTHER_KPJ))
    with transaction(house.engine) as db:
        found = members.of_person(db, mine.person_id)
        assert [(row.id, member.active_from) for row, member in found] == [(mine.id, DAY)]
        assert members.of_person(db, 8) == []


def test_the_list_of_a_village_holds_who_is_confirmed_and_who_is_a_member_last(
    house: House,
) -> None:
    member = signed_up(house)
    recorded(house, member)
    confirmed = signed_up(house, new=submission(MADE))
    for state in set(State) - set(members.ACCEPTABLE):
        signed_up(house, state)
    signed_up(house, new=submission(village=OTHER_VILLAGE))
    with transaction(house.engine) as db:
        found = members.listed(db, house.keys, [VILLAGE])
    assert [(one.id, one.name, one.is_member) for one in found] == [
        (confirmed.id, MADE.name, False),
        (member.id, WAYAN.name, True),
    ]
    assert [one.code for one in found] == [confirmed.code, member.code]


def test_all_sign_ups_with_a_nik_are_found_by_its_hash(house: House) -> None:
    rows = [signed_up(house), signed_up(house, State.WITHDRAWN)]
    signed_up(house, new=submission(MADE))
    with transaction(house.engine) as db:
        found = members.with_nik(db, house.keys, WAYAN.nik)
        assert {row.id for row in found} == {row.id for row in rows}
        assert members.with_nik(db, house.keys, "5171031206850009") == []


def test_a_month_belongs_to_a_member(house: House) -> None:
    """A paid month of nobody cannot be stored."""
    row = signed_up(house)
    month = Contribution(
        registration_id=row.id,
        month=DAY,
        paid_by="self",
        received_on=DAY,
        recorded_at=NOW,
        recorded_by=1,
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"), transaction(house.engine) as db:
        db.add(month)
