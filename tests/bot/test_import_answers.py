"""What BPJS answers, on both databases: paid until a month, refused with a reason, restored."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot import member_import
from bot.house import House
from bot.member_import import Result
from conversations.model import Words
from rules.coverage import PaidMonth
from rules.registration import State
from storage import audit, members, outbox, registrations, seats, staff
from storage.database import transaction
from storage.member_sheets import Cell, Row
from storage.models import Audit, Contribution, Member, Outbound, Registration, Seat, Tally, Timer
from storage.staff import Invited
from tests.conftest import TEGAL_HARUM
from tests.people import MADE, WAYAN, Person, submission

KPJ, OTHER_KPJ = "12345678901", "97J80012345"
SIGNED_UP = datetime(2026, 11, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
TODAY, DAY = date(2026, 12, 2), date(2026, 12, 1)
GOOD: dict[str, Cell] = {"nik": WAYAN.nik, "kpj": KPJ, "active_from": "1-12-2026"}
UNTIL: dict[str, Cell] = {**GOOD, "paid_to": "2-2027"}
WHY = "NIK 5171031206850001 tidak sesuai data Dukcapil"
REFUSED: dict[str, Cell] = {"nik": WAYAN.nik, "reason": WHY}
OFFICER, NEIGHBOUR = 6_200_000_001, 6_100_000_009


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is the second of December."""
    return replace(house, clock=lambda: NOW)


def later(house: House, days: int) -> House:
    return replace(house, clock=lambda: NOW + timedelta(days=days))


def signed_up(
    house: House, person: Person = WAYAN, state: State = State.CONFIRMED, **other: Any
) -> Registration:
    """A sign-up in a state; from the confirmation on it holds a seat."""
    new = submission(person, village=TEGAL_HARUM, **other)
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, new, SIGNED_UP)
        row.state = state
        if state != State.WAITING:
            counters = (seats.SeatCounter("denpasar/51.71.03.2008", 1),)
            seats.take(db, counters, row, SIGNED_UP)
        return row


def taken(house: House, *rows: dict[str, Cell], keep: bool = True) -> list[Result]:
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=2)]
    return member_import.run(house, numbered, keep, lambda _: None)


def keys_of(results: list[Result]) -> list[str]:
    return [result.words.key for result in results]


def paid(house: House, row: Registration) -> tuple[PaidMonth, ...]:
    with transaction(house.engine) as db:
        ledger = members.ledger(db, row.id)
        return ledger.months if ledger else ()


def state_of(house: House, row: Registration) -> str:
    with transaction(house.engine) as db:
        return db.get_one(Registration, row.id).state


def told(house: House, person_id: int = 6_100_000_001) -> list[str]:
    """The notices to one person, oldest first."""
    with transaction(house.engine) as db:
        here = col(Outbound.person_id) == person_id
        rows = db.exec(select(Outbound).where(here).order_by(col(Outbound.due_at))).all()
        return [outbox.call(house.keys, row)["text"] for row in rows]


def everything(house: House) -> list[str]:
    """What an import may change."""
    with transaction(house.engine) as db:
        tables = (Registration, Member, Contribution, Outbound, Audit, Seat, Tally, Timer)
        return sorted(str(row) for table in tables for row in db.exec(select(table)).all())


def appointed(house: House) -> None:
    with transaction(house.engine) as db:
        invited = Invited(TEGAL_HARUM, "+628111111111")
        token = staff.invite(db, house.keys, invited, NOW)
        staff.accept(db, house.keys, token, "+628111111111", (OFFICER, "Ketut"), NOW)


def months(*numbers: int, received: date = TODAY) -> tuple[PaidMonth, ...]:
    """Months paid by the programme: of 2027, or of 2026 where December is meant."""
    days = (date(2026 if number == 12 else 2027, number, 1) for number in numbers)
    return tuple(PaidMonth(day, "programme", received) for day in days)


def test_paid_until_a_month_pays_all_from_the_first_on_received_today(house: House) -> None:
    row = signed_up(house)
    assert keys_of(taken(house, UNTIL)) == ["sheet.new"]
    assert paid(house, row) == months(12, 1, 2)


def test_paid_until_given_again_on_a_later_day_changes_nothing(house: House) -> None:
    signed_up(house)
    taken(house, UNTIL)
    before = everything(house)
    for days in (0, 1, 40):
        assert keys_of(taken(later(house, days), UNTIL)) == ["sheet.same"]
    assert everything(house) == before


def test_paid_until_a_later_month_adds_what_follows_the_last_on_record(house: House) -> None:
    row = signed_up(house)
    taken(house, UNTIL)
    on = later(house, 60)
    assert keys_of(taken(on, {"nik": WAYAN.nik, "paid_to": "4-2027"})) == ["sheet.months"]
    fresh = months(3, 4, received=date(2027, 1, 31))
    assert paid(house, row) == (*months(12, 1, 2), *fresh)


def test_paid_until_with_the_day_it_was_received_keeps_that_day(house: House) -> None:
    row = signed_up(house)
    named = {**UNTIL, "received": "1-12-2026"}
    taken(house, named)
    assert paid(house, row) == months(12, 1, 2, received=DAY)
    assert keys_of(taken(later(house, 9), named)) == ["sheet.same"]
    assert keys_of(taken(house, {**named, "received": "2-12-2026"})) == [
        "member.refused.month_differs"
    ]
    assert keys_of(taken(house, {**UNTIL})) == ["sheet.same"]


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"paid_to": "11-2026"}, "member.refused.month_before_active"),
        ({"received": "3-12-2026"}, "day.in_future"),
        ({"received": "2-11-2026"}, "day.before_sign_up"),
        ({"paid_to": "1-2029"}, "day.month_far_ahead"),
        ({"reason": "NIK salah"}, "sheet.both"),
    ],
)
def test_what_cannot_be_right_is_refused(house: House, cells: dict[str, Cell], key: str) -> None:
    row = signed_up(house)
    assert keys_of(taken(house, {**UNTIL, **cells})) == [key]
    assert state_of(house, row) == State.CONFIRMED


def test_months_paid_after_a_lapse_bring_the_member_back(house: House) -> None:
    row = signed_up(house)
    taken(house, UNTIL)
    with transaction(house.engine) as db:
        db.get_one(Registration, row.id).state = State.LAPSED
    assert keys_of(taken(house, UNTIL)) == ["sheet.same"]
    assert state_of(house, row) == State.LAPSED
    assert keys_of(taken(house, {**UNTIL, "paid_to": "3-2027"})) == ["sheet.months"]
    assert state_of(house, row) == State.ACTIVE
    with transaction(house.engine) as db:
        last = audit.history(db, "registration", row.id)[-2]
    assert (last.action, last.from_state, last.to_state) == ("restored", "lapsed", "active")


@pytest.mark.parametrize("state", [State.CONFIRMED, State.SUBMITTED])
def test_who_is_refused_is_told_once_with_the_reason_and_what_to_do(
    house: House, state: State
) -> None:
    row = signed_up(house, state=state)
    results = taken(house, REFUSED)
    assert [(one.words.key, one.changed) for one in results] == [("sheet.refused_by_bpjs", True)]
    assert state_of(house, row) == State.REFUSED
    (notice,) = told(house)
    assert "tidak sesuai data Dukcapil" in notice
    assert "petugas" in notice
    assert WAYAN.nik not in notice + str(results)


def test_the_reason_is_kept_sealed_and_each_step_is_on_record(house: House) -> None:
    row = signed_up(house)
    taken(house, REFUSED)
    with transaction(house.engine) as db:
        kept = db.get_one(Registration, row.id)
        assert "Dukcapil" in registrations.note(house.keys, kept)
        history = audit.history(db, "registration", row.id)
    steps = [(one.action, one.to_state) for one in history]
    assert steps[1:3] == [("sent_to_bpjs", "submitted"), ("refused_by_bpjs", "refused")]
    assert all("Dukcapil" not in one.reason for one in history)


def test_a_seat_of_who_is_refused_is_offered_to_the_next_in_line(house: House) -> None:
    row = signed_up(house)
    waiting = signed_up(house, MADE, State.WAITING, typed_by=NEIGHBOUR)
    taken(house, REFUSED)
    assert state_of(house, waiting) == State.OFFERED
    with transaction(house.engine) as db:
        assert [seat.registration_id for seat in db.exec(select(Seat))] == [waiting.id]
        assert seats.held_by(db, row.id) is None
    assert any("kursi" in text for text in told(house, NEIGHBOUR))


def test_the_officer_of_the_village_gets_one_message_of_all(house: House) -> None:
    appointed(house)
    signed_up(house)
    signed_up(house, MADE)
    taken(house, REFUSED, {**REFUSED, "nik": MADE.nik})
    (notice,) = told(house, OFFICER)
    assert WAYAN.name in notice
    assert MADE.name in notice
    assert "2 orang" in notice


def test_a_refusal_again_changes_nothing_and_tells_nobody(house: House) -> None:
    appointed(house)
    signed_up(house)
    taken(house, REFUSED)
    before = everything(house)
    assert keys_of(taken(later(house, 3), REFUSED)) == ["sheet.same"]
    assert everything(house) == before


@pytest.mark.parametrize("state", [State.CONFIRMED, State.SUBMITTED])
def test_an_old_refusal_does_not_hit_the_corrected_sign_up(house: House, state: State) -> None:
    row = signed_up(house)
    taken(house, REFUSED)
    with transaction(house.engine) as db:
        db.get_one(Registration, row.id).state = state
    assert keys_of(taken(later(house, 9), REFUSED)) == ["sheet.same"]
    assert state_of(house, row) == state


def test_who_was_sent_again_can_be_refused_again(house: House) -> None:
    row = signed_up(house)
    taken(house, REFUSED)
    with transaction(house.engine) as db:
        db.get_one(Registration, row.id).state = State.SUBMITTED
    other = {**REFUSED, "reason": "Nama ibu tidak sesuai"}
    assert keys_of(taken(later(house, 9), other)) == ["sheet.refused_by_bpjs"]
    assert state_of(house, row) == State.REFUSED


def test_a_member_is_not_refused_afterwards(house: House) -> None:
    row = signed_up(house)
    taken(house, UNTIL)
    assert keys_of(taken(house, REFUSED)) == ["member.refused.is_member"]
    assert state_of(house, row) == State.ACTIVE


@pytest.mark.parametrize("state", [State.PENDING, State.WITHDRAWN])
def test_who_was_never_sent_is_not_refused(house: House, state: State) -> None:
    row = signed_up(house, state=state)
    for cells in (REFUSED, {"code": row.code, "reason": WHY}):
        assert keys_of(taken(house, cells)) == ["member.refused.not_confirmed"]
    assert told(house) == []


def test_a_person_accepted_on_one_line_and_refused_on_another_is_neither(house: House) -> None:
    row = signed_up(house)
    assert keys_of(taken(house, UNTIL, REFUSED)) == ["sheet.both"] * 2
    assert state_of(house, row) == State.CONFIRMED


def test_a_rehearsal_of_refusals_says_the_same_and_changes_nothing(house: House) -> None:
    appointed(house)
    signed_up(house)
    signed_up(house, MADE)
    rows = (REFUSED, {**UNTIL, "nik": MADE.nik})
    before = everything(house)
    rehearsed = taken(house, *rows, keep=False)
    assert everything(house) == before
    assert taken(house, *rows) == rehearsed


def test_who_left_meanwhile_is_told_both_at_once_and_is_no_member_any_more(house: House) -> None:
    row = signed_up(house, state=State.SUBMITTED)
    with transaction(house.engine) as db:
        kept = db.get_one(Registration, row.id)
        kept.left_why, kept.left_on = "moved", TODAY
    assert [result.changed for result in taken(house, UNTIL)] == [True]
    assert state_of(house, row) == State.ENDED
    assert len(told(house)) == 1
    with transaction(house.engine) as db:
        assert db.get_one(Member, row.id).ended_on == date(2027, 2, 28)
        assert [timer for timer in db.exec(select(Timer)) if timer.key == row.id] == []


def test_the_words_of_the_answer_are_those_of_the_sheet(house: House) -> None:
    signed_up(house)
    assert taken(house, REFUSED)[0].words == Words(
        "sheet.refused_by_bpjs", {"why": "NIK •••• 0001 tidak sesuai data Dukcapil"}
    )
