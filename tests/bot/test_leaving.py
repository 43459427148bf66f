"""What follows when somebody leaves: each kind in each state, the seat, the line, the age."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlmodel import Session, select

from bot import departures, places, timers, working
from bot import memberships as follow
from bot.house import House
from bot.stage import appoint
from rules.coverage import PaidMonth
from rules.departures import RECORDED, Kind
from rules.programmes import Programme
from rules.registration import State
from storage import departures as kept
from storage import members, outbox, proof, registrations, seats, tallies
from storage import timers as stored_timers
from storage.audit import Actor, Change
from storage.database import transaction
from storage.members import Acceptance
from storage.models import Audit, Member, Outbound, Registration, SeatCounter, Timer
from tests.forged.scenes import CASE, signed_up
from tests.on_stage import over, said
from tests.people import WAYAN, Person, given, submission

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY, PAID_UNTIL = date(2026, 11, 20), date(2026, 12, 31)
MONTHS = tuple(
    PaidMonth(date(2026, month, 1), "programme", date(2026, 11, 2)) for month in (11, 12)
)
OFFICER = Actor(6_200_000_001, "village_officer")
VILLAGE = "51.71.03.2008"
AFTER = {
    State.PENDING: State.WITHDRAWN,
    State.RETURNED: State.WITHDRAWN,
    State.WAITING: State.WITHDRAWN,
    State.OFFERED: State.WITHDRAWN,
    State.CONFIRMED: State.WITHDRAWN,
    State.SUBMITTED: State.SUBMITTED,
    State.ACTIVE: State.ENDED,
    State.LAPSED: State.ENDED,
}
WAYS = {
    State.PENDING: (),
    State.RETURNED: (State.RETURNED,),
    State.WAITING: (State.WAITING,),
    State.OFFERED: (State.WAITING,),
    State.CONFIRMED: (State.CONFIRMED,),
    State.SUBMITTED: (State.CONFIRMED, State.SUBMITTED),
    State.ACTIVE: (State.CONFIRMED,),
    State.LAPSED: (State.CONFIRMED, State.LAPSED),
}
numbers = count(1)


def brought(
    house: House, db: Session, state: State, village: str = VILLAGE, nik: str = ""
) -> Registration:
    """Somebody new whose sign-up has come to a state, with the seat that it holds."""
    nik = nik or f"517103120685{next(numbers):04}"
    answers = {"enrolment.nik": given(nik), "enrolment.work": given("over_5_years")}
    person = Person(nik, f"{WAYAN.name} {state}")
    row = registrations.submit(
        db, house.keys, submission(person, answers, village=village), NOW - timedelta(days=30)
    )
    for to in WAYS[state]:
        if to is State.LAPSED:
            accepted(house, db, row)
        elif to is State.CONFIRMED:
            assert places.take(house, db, row, NOW) == "taken"
        since = NOW + timedelta(seconds=next(numbers))
        values = {"line": places.queue_up(house, db, row, since)[0]} if to is State.WAITING else {}
        by = (OFFICER, Change("brought", "registration", row.id))
        registrations.change_state(db, row, to, by, NOW, **values)
    if state is State.ACTIVE:
        accepted(house, db, row)
    if state is State.OFFERED:
        assert places.fill(house, db, row, NOW, "room") == 1
    return row


def accepted(house: House, db: Session, row: Registration) -> None:
    """BPJS accepts, and two months are paid."""
    new = Acceptance(f"{next(numbers):011}", date(2026, 11, 2), MONTHS)
    recorded = members.record(db, house.keys, row, new, OFFICER, NOW)
    assert recorded.is_new, recorded
    follow.follow_up(house, db, row, recorded, NOW)


def noted(db: Session, row: Registration, kind: Kind, day: date = DAY) -> None:
    assert kept.note(db, row, (kind, day), OFFICER, NOW)


def told(house: House, db: Session) -> list[str]:
    """What has been said since last asked; it counts as read."""
    rows = db.exec(select(Outbound).where(Outbound.state == "new")).all()
    for row in rows:
        row.state = "sent"
    return [outbox.call(house.keys, row)["text"] for row in rows]


@pytest.mark.parametrize("kind", sorted(RECORDED))
def test_after_ten_minutes_each_kind_of_leaving_ends_each_state_as_it_should(
    house: House, kind: Kind
) -> None:
    for number, (state, after) in enumerate(AFTER.items()):
        with transaction(house.engine) as db:
            row = brought(house, db, state, f"51.71.03.90{number:02}")
            noted(db, row, kind)
            told(house, db)
            timers.run(house, db, NOW + timedelta(minutes=9, seconds=59))
            assert told(house, db) == []
            assert row.state == state
            timers.run(house, db, NOW + timedelta(minutes=10))
            assert row.state == after, state
            assert seats.held_by(db, row.id) is None, state
            assert (row.left_why, row.left_on) == (kind, DAY)
            assert tallies.of(db, row.village, after) == 1
            [text] = told(house, db)
            assert registrations.name(house.keys, row) in text
            assert ("berduka" in text) is (kind is Kind.DIED)
            assert "Rp" not in text
            if after is State.ENDED:
                ends = DAY if kind is Kind.DIED else PAID_UNTIL
                assert db.get_one(Member, row.id).ended_on == ends
                assert ("santunan kematian" in text) is (kind is Kind.DIED)
            left = db.exec(select(Audit).where(Audit.action == "left")).all()
            assert [one.reason for one in left if one.object_id == row.id] == [kind]


def test_a_noted_departure_can_be_taken_back_and_then_nothing_follows(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.CONFIRMED)
        noted(db, row, Kind.MOVED)
        version = row.version
        assert kept.take_back(db, row, OFFICER, NOW)
        assert (row.left_why, row.left_on, row.version) == ("", None, version + 1)
        assert not kept.take_back(db, row, OFFICER, NOW)
        told(house, db)
        timers.run(house, db, NOW + timedelta(hours=1))
        assert row.state == State.CONFIRMED
        assert seats.held_by(db, row.id) is not None
        assert told(house, db) == []


def test_a_departure_noted_on_an_older_version_is_not_kept(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.ACTIVE)
        old = row.model_copy()
        assert registrations.touch(db, row)
        assert not kept.note(db, Registration(**old.model_dump()), (Kind.MOVED, DAY), OFFICER, NOW)
        assert kept.due(db, row.id) is None


def test_the_seat_goes_to_the_next_in_line_after_ten_minutes_and_not_before(house: House) -> None:
    with transaction(house.engine) as db:
        leaving = brought(house, db, State.CONFIRMED)
        key = f"denpasar/{VILLAGE}"
        db.get_one(SeatCounter, key).used = 100
        first, second = (brought(house, db, State.WAITING) for _ in range(2))
        noted(db, leaving, Kind.MOVED)
        timers.run(house, db, NOW + timedelta(minutes=9))
        assert first.state == State.WAITING
        timers.run(house, db, NOW + timedelta(minutes=10))
        db.refresh(first)
        assert (first.state, second.state) == (State.OFFERED, State.WAITING)
        assert seats.used(db, key) == 100


def test_who_died_while_bpjs_had_the_sheet_becomes_a_member_and_ends_at_once(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.SUBMITTED)
        noted(db, row, Kind.DIED, date(2026, 11, 10))
        timers.run(house, db, NOW + timedelta(minutes=10))
        told(house, db)
        accepted(house, db, row)
        assert row.state == State.ENDED
        assert db.get_one(Member, row.id).ended_on == date(2026, 11, 10)
        [text] = told(house, db)
        assert "diterima sebagai peserta" in text
        assert "berduka" in text
        assert not departures.settle(house, db, row, NOW)
        assert db.exec(select(Timer).where(Timer.key == row.id)).all() == []


def test_bpjs_answer_within_the_ten_minutes_ends_the_membership_when_they_are_over(
    house: House,
) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.SUBMITTED)
        noted(db, row, Kind.MOVED)
        accepted(house, db, row)
        assert row.state == State.ACTIVE
        timers.run(house, db, NOW + timedelta(minutes=10))
        assert row.state == State.ENDED


def test_a_departure_of_who_was_declined_meanwhile_makes_nothing(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.PENDING)
        noted(db, row, Kind.MOVED)
        by = (OFFICER, Change("reject", "registration", row.id))
        registrations.change_state(db, row, State.REJECTED, by, NOW)
        told(house, db)
        timers.run(house, db, NOW + timedelta(minutes=10))
        assert row.state == State.REJECTED
        assert told(house, db) == []
        assert (row.left_why, row.left_on) == ("", None)
        assert undone(db) == [row.id]


def test_a_departure_that_came_to_nothing_leaves_the_undo_of_the_decision_good(
    house: House,
) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.PENDING)
        noted(db, row, Kind.MOVED)
        by = (OFFICER, Change("reject", "registration", row.id))
        registrations.change_state(db, row, State.REJECTED, by, NOW)
        version = row.version
        timers.run(house, db, NOW + timedelta(minutes=10))
        assert row.version == version
        assert not kept.forget(db, row, OFFICER, NOW)


def test_a_departure_that_is_still_to_come_is_not_forgotten(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.CONFIRMED)
        noted(db, row, Kind.MOVED)
        assert not kept.forget(db, row, OFFICER, NOW)
        assert row.left_why == "moved"


def test_who_left_and_was_refused_by_bpjs_is_there_again_once_it_is_corrected(
    house: House,
) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.SUBMITTED)
        noted(db, row, Kind.MOVED)
        timers.run(house, db, NOW + timedelta(minutes=10))
        by = (OFFICER, Change("refused", "registration", row.id))
        registrations.change_state(db, row, State.REFUSED, by, NOW)
        new = submission(nik=f"517103120685{next(numbers):04}", answers={})
        assert registrations.correct(db, house.keys, row, new, NOW)
        assert (row.state, row.left_why, row.left_on) == (State.PENDING, "", None)
        assert undone(db) == [row.id]


def undone(db: Session) -> list[str]:
    """Whose departures came to nothing, on record."""
    rows = db.exec(select(Audit).where(Audit.action == "departure_undone")).all()
    return [row.object_id for row in rows]


def test_who_left_is_neither_reminded_nor_asked_whether_the_work_goes_on(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.ACTIVE)
        kinds = {one.kind for one in db.exec(select(Timer).where(Timer.key == row.id))}
        assert kinds == {"reminder", working.KIND}
        noted(db, row, Kind.MOVED)
        timers.run(house, db, NOW + timedelta(minutes=10))
        assert db.exec(select(Timer).where(Timer.key == row.id)).all() == []


def limited(house: House, oldest: int | None) -> House:
    """The house, with an age limit in the programme's file."""
    programme = house.programmes["denpasar"]
    limit = programme.age_max.model_copy(update={"value": oldest})
    changed: Programme = programme.model_copy(update={"age_max": limit})
    return type(house)(**{**vars(house), "programmes": {**house.programmes, "denpasar": changed}})


OLD = "5171031112610001"  # born on 11 December 1961


def test_a_member_past_the_programmes_age_leaves_on_that_birthday_and_may_pay_alone(
    house: House,
) -> None:
    house = limited(house, 64)
    with transaction(house.engine) as db:
        row = brought(house, db, State.ACTIVE, nik=OLD)
        departures.watch_age(house, db, row, NOW)
        told(house, db)
        stored_timers.drop(db, "reminder", row.id)
        timers.run(house, db, datetime(2026, 12, 10, 23, 59, tzinfo=UTC))
        assert row.state == State.ACTIVE
        timers.run(house, db, datetime(2026, 12, 11, 0, 0, tzinfo=UTC))
        assert (row.state, row.left_why) == (State.ENDED, "aged_out")
        assert db.get_one(Member, row.id).ended_on == PAID_UNTIL
        [text] = told(house, db)
        assert "bayar sendiri" in text
        assert seats.held_by(db, row.id) is None


def test_where_the_programme_sets_no_age_none_is_watched(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.CONFIRMED, nik=OLD)
        departures.watch_age(house, db, row, NOW)
        assert db.get(Timer, (departures.AGED_OUT, row.id)) is None
        departures.watch_age(limited(house, 64), db, row, NOW)
        assert db.get(Timer, (departures.AGED_OUT, row.id)) is not None
        timers.run(house, db, datetime(2026, 12, 12, tzinfo=UTC))
        assert row.state == State.CONFIRMED


def test_who_waits_in_line_leaves_it_on_the_day_of_the_limit(house: House) -> None:
    limit = limited(house, 64)
    with transaction(house.engine) as db:
        db.add(SeatCounter(key=f"denpasar/{VILLAGE}", used=100))
        rows = [brought(house, db, state, nik=OLD) for state in (State.WAITING, State.PENDING)]
        young = brought(house, db, State.WAITING)
        stored_timers.set_timer(db, "sweep", "daily", NOW)
        timers.run(limit, db, NOW)
        watched = db.exec(select(Timer).where(Timer.kind == departures.AGED_OUT)).all()
        assert {one.key for one in watched} == {rows[0].id, young.id}
        timers.run(limit, db, datetime(2026, 12, 12, tzinfo=UTC))
        assert [row.state for row in (*rows, young)] == [
            *(State.WITHDRAWN, State.PENDING, State.WAITING)
        ]


def test_the_ages_of_many_are_watched_some_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "SOME", 2)
    limit = limited(house, 64)
    with transaction(house.engine) as db:
        rows = [brought(house, db, State.WAITING) for _ in range(5)]
        departures.watch_ages(limit, db, "", NOW)
        for _ in range(3):
            timers.run(limit, db, NOW)
        watched = db.exec(select(Timer).where(Timer.kind == departures.AGED_OUT)).all()
        assert {one.key for one in watched} == {row.id for row in rows}
        assert db.exec(select(Timer).where(Timer.kind == departures.AGES)).all() == []


def test_an_age_limit_raised_meanwhile_is_waited_for(house: House) -> None:
    with transaction(house.engine) as db:
        row = brought(house, db, State.CONFIRMED, nik=OLD)
        departures.watch_age(limited(house, 64), db, row, NOW)
        timers.run(limited(house, 65), db, datetime(2026, 12, 12, tzinfo=UTC))
        assert row.state == State.CONFIRMED
        due = db.get_one(Timer, (departures.AGED_OUT, row.id)).due_at
        assert due == datetime(2027, 12, 11, tzinfo=UTC)


def test_the_birth_date_that_was_said_counts_before_that_of_the_nik(house: House) -> None:
    house = limited(house, 64)
    with transaction(house.engine) as db:
        row = brought(house, db, State.CONFIRMED, nik=OLD)
        said = {"enrolment.birth_date": given("1962-01-05")}
        proof.store(db, house.keys, row.id, said, NOW)
        departures.watch_age(house, db, row, NOW)
        due = db.get_one(Timer, (departures.AGED_OUT, row.id)).due_at
        assert due == datetime(2027, 1, 5, tzinfo=UTC)


def test_the_age_of_who_joins_the_line_is_watched(house: House) -> None:
    stage = over(limited(house, 64))
    appoint(stage, "officer", VILLAGE)
    stage.do("worker", "halo")
    signed_up(stage, "I Ragu Contoh", 2, warnings=("age_old",))
    with transaction(house.engine) as db:
        db.add(SeatCounter(key=f"denpasar/{VILLAGE}", used=100))
    said(stage, "officer", *CASE, "[Sahkan]", "[Ya, saya tahu]")
    with transaction(house.engine) as db:
        row = db.exec(select(Registration)).one()
        assert row.state == State.WAITING
        due = db.get_one(Timer, (departures.AGED_OUT, row.id)).due_at
        assert due.date() == date(2050, 6, 12)
