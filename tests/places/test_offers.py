"""A seat that becomes free goes to the next in line, is kept for a while, and is never lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot import places
from bot.house import House
from rules.programme_facts import Seats, Sourced, Stage
from rules.registration import State
from storage import audit, outbox, registrations
from storage import timers as timer_rows
from storage.audit import Change
from storage.database import transaction
from storage.models import Audit, Outbound, Registration, Seat, Timer
from storage.replay import Lines, replay
from tests.people import submission
from tests.places.village import (
    NEIGHBOUR,
    OFFICER,
    VILLAGE,
    Village,
    with_caps,
    with_seats,
)


def told(village: Village, kind: str = "decision") -> list[str]:
    """What was said to people so far, in order."""
    house = village.house
    with transaction(house.engine) as db:
        rows = db.exec(select(Outbound).where(Outbound.kind == kind).order_by(Outbound.due_at))
        return [outbox.call(house.keys, row)["text"] for row in rows]


def reasons(village: Village, action: str) -> list[str]:
    """Why the audit says that something was done."""
    with transaction(village.house.engine) as db:
        rows = db.exec(select(Audit).where(Audit.action == action).order_by(Audit.id))
        return [row.reason for row in rows]


def test_when_all_seats_are_taken_the_next_ones_wait_in_line(house: House) -> None:
    village = Village.of(house)
    people = [village.joined() for _ in range(4)]
    assert village.states(*people) == ["confirmed", "confirmed", "waiting", "waiting"]
    assert village.line() == people[2:]
    assert village.used() == 2


def test_who_has_no_other_insurance_stands_before_who_has_one(house: House) -> None:
    village = Village.of(house, per_village=1)
    village.joined()
    insured, first, second = village.joined(tie="insured"), village.joined(), village.joined()
    assert village.line() == [first, second, insured]


def test_a_free_seat_is_offered_to_the_next_who_is_told_until_when(house: House) -> None:
    village = Village.of(house)
    one, _, first, second = [village.joined() for _ in range(4)]
    village.leaves(one)
    assert village.states(first, second) == ["offered", "waiting"]
    assert village.used() == 2
    assert "I Contoh 3" in told(village)[-1]
    assert "6 Desember 2026" in told(village)[-1]
    reason = reasons(village, "offered")[0]
    assert f"withdrawn of {one}" in reason
    assert f"pool=denpasar:vulnerable_workers/{VILLAGE}" in reason


def test_a_seat_that_is_offered_is_nobody_elses(house: House) -> None:
    village = Village.of(house)
    one, _, first = [village.joined() for _ in range(3)]
    village.leaves(one)
    late = village.joined()
    assert village.states(first, late) == ["offered", "waiting"]
    assert village.accepts(first)
    assert village.confirm(first) == "confirmed"
    assert village.used() == 2


def test_an_offer_is_taken_up_once_and_not_after_its_deadline(house: House) -> None:
    village = Village.of(house)
    one, two, first, second = [village.joined() for _ in range(4)]
    village.leaves(one)
    assert village.accepts(first)
    assert not village.accepts(first)
    village.leaves(two)
    village.now = village.now.replace(day=20)
    assert not village.accepts(second)


def test_who_does_not_answer_goes_to_the_end_of_the_line_and_the_next_is_offered(
    house: House,
) -> None:
    village = Village.of(house)
    one, _, first, second, third = [village.joined() for _ in range(5)]
    village.leaves(one)
    village.wait(days=4)
    assert village.states(first, second) == ["offered", "waiting"]
    village.wait(days=2)
    assert village.states(first, second) == ["waiting", "offered"]
    assert village.line() == [third, first]
    assert any("tetap menunggu" in text for text in told(village))


def test_on_the_day_before_an_offer_ends_its_person_is_reminded_once(house: House) -> None:
    village = Village.of(house)
    one, two, silent, willing = [village.joined() for _ in range(4)]
    village.leaves(one)
    village.leaves(two)
    assert village.accepts(willing)
    village.wait(days=3)
    assert told(village, "offer") == []
    village.wait(days=1)
    [reminder] = told(village, "offer")
    assert "masih disimpan sampai 6 Desember 2026" in reminder
    assert "urutan paling belakang" in reminder
    village.wait(days=1)
    assert len(told(village, "offer")) == 1
    assert village.states(silent) == ["offered"]


def test_who_never_answers_is_waited_for_twice_and_no_longer(house: House) -> None:
    village = Village.of(house)
    one, _, silent = [village.joined() for _ in range(3)]
    village.leaves(one)
    village.wait(days=6)
    assert village.states(silent) == ["offered"]
    village.wait(days=6)
    assert village.states(silent) == ["expired"]
    assert village.used() == 1
    assert "sudah tidak berlaku" in told(village)[-1]


def test_who_passes_an_offer_on_stands_at_the_end(house: House) -> None:
    village = Village.of(house)
    one, _, first, second = [village.joined() for _ in range(4)]
    village.leaves(one)
    assert village.passes_on(first)
    assert village.states(first, second) == ["waiting", "offered"]
    assert not village.passes_on(first)


def test_who_withdraws_while_a_seat_is_offered_gives_it_to_the_next(house: House) -> None:
    village = Village.of(house)
    one, _, first, second = [village.joined() for _ in range(4)]
    village.leaves(one)
    village.leaves(first)
    assert village.states(first, second) == ["withdrawn", "offered"]
    assert village.used() == 2


def test_who_withdraws_from_the_line_frees_no_seat(house: House) -> None:
    village = Village.of(house)
    people = [village.joined() for _ in range(4)]
    village.leaves(people[2])
    assert village.states(*people) == ["confirmed", "confirmed", "withdrawn", "waiting"]
    assert village.used() == 2


def test_the_next_whose_nik_holds_a_seat_elsewhere_leaves_the_line(house: House) -> None:
    village = Village.of(house)
    one, _ = village.joined(), village.joined()
    again, honest = village.joined(), village.joined()
    elsewhere = village.joined(NEIGHBOUR, nik="5171031206850003")
    assert village.row(again).nik_hash == village.row(elsewhere).nik_hash
    assert village.states(again, elsewhere) == ["waiting", "confirmed"]
    village.leaves(one)
    assert village.states(again, honest) == ["expired", "offered"]
    assert village.used() == 2


def test_seats_for_a_whole_regency_are_offered_over_its_villages(house: House) -> None:
    village = Village.of(house, per_village=None, in_all=2)
    one = village.joined(VILLAGE)
    village.joined(NEIGHBOUR)
    first, second = village.joined(NEIGHBOUR), village.joined(VILLAGE)
    assert village.line() == village.line(NEIGHBOUR) == [first, second]
    village.leaves(one)
    assert village.states(first, second) == ["offered", "waiting"]


def test_where_village_and_whole_are_capped_a_seat_of_the_whole_goes_where_there_is_room(
    house: House,
) -> None:
    village = Village.of(house, per_village=2, in_all=3)
    one, _ = village.joined(VILLAGE), village.joined(VILLAGE)
    village.joined(NEIGHBOUR)
    elsewhere = village.joined(NEIGHBOUR)
    assert village.states(elsewhere) == ["waiting"]
    village.leaves(one)
    assert village.states(elsewhere) == ["offered"]
    assert (village.used(VILLAGE), village.used(NEIGHBOUR)) == (1, 2)


def test_more_seats_in_the_file_are_offered_on_the_next_day(house: House) -> None:
    village = Village.of(house, per_village=1)
    village.joined()
    waiting = [village.joined() for _ in range(3)]
    village.wait(days=1)
    more = with_seats(village.house.programmes["denpasar"], 3, None)
    village.house = replace(village.house, programmes={"denpasar": more})
    assert village.states(*waiting) == ["waiting"] * 3
    set_sweep(village)
    village.wait(days=1)
    assert village.states(*waiting) == ["offered", "offered", "waiting"]


def set_sweep(village: Village) -> None:
    """Let the daily sweep be due."""
    with transaction(village.house.engine) as db:
        timer_rows.set_timer(db, "sweep", "daily", village.now)


def staged(village: Village, *stages: tuple[str, str, int], months: int = 12) -> None:
    """Give the programme places by stage: key, the day it opens, places."""
    made = tuple(Stage(key=key, opens=opens, places=places) for key, opens, places in stages)
    nothing: Sourced[int | None] = Sourced(value=None, source="S0", note="-")
    caps = Seats(per_village=nothing, in_all=nothing, stages=Sourced(value=made, source="S0"))
    one = with_caps(village.house.programmes["denpasar"], caps)
    group = one.workers.model_copy(update={"months_paid": Sourced(value=months, source="S0")})
    one = one.model_copy(update={"groups": (group,)})
    village.house = replace(village.house, programmes={"denpasar": one})


def test_a_new_stage_opens_its_places_to_those_who_waited(house: House) -> None:
    village = Village.of(house)
    staged(village, ("first", "2026-11", 1), ("second", "2026-12-10", 2))
    one, *waiting = [village.joined() for _ in range(4)]
    assert village.states(one, *waiting) == ["confirmed", *["waiting"] * 3]
    set_sweep(village)
    village.wait(days=10)
    assert village.states(*waiting) == ["offered", "offered", "waiting"]
    with transaction(village.house.engine) as db:
        stages = sorted(seat.stage for seat in db.exec(select(Seat)))
    assert stages == ["first", "second", "second"]


@pytest.mark.parametrize(("months", "state"), [(1, "waiting"), (2, "offered")])
def test_a_seat_of_an_earlier_stage_goes_to_the_next_while_its_months_are_paid(
    house: House, months: int, state: str
) -> None:
    village = Village.of(house)
    staged(village, ("first", "2026-11", 1), ("second", "2026-12-10", 1), months=months)
    one, two = village.joined(), village.joined()
    set_sweep(village)
    village.wait(days=10)
    assert village.states(one, two) == ["confirmed", "offered"]
    waiting = village.joined()
    village.leaves(one)
    assert village.states(waiting) == [state]


@pytest.mark.long
@pytest.mark.parametrize("people", [130])
def test_a_great_many_free_seats_are_offered_in_several_steps(house: House, people: int) -> None:
    village = Village.of(house, per_village=1)
    village.joined()
    waiting = [village.joined() for _ in range(people)]
    more = with_seats(village.house.programmes["denpasar"], people + 1, None)
    village.house = replace(village.house, programmes={"denpasar": more})
    set_sweep(village)
    village.wait(days=1)
    assert village.states(*waiting).count("offered") == 100
    village.wait(seconds=1)
    assert village.states(*waiting).count("offered") == people


def correct_nik(village: Village, id: str, nik: str) -> None:
    """The worker corrects the NIK of a sign-up that is pending."""
    with transaction(village.house.engine) as db:
        row = registrations.by_id(db, id)
        assert row is not None
        new = submission(nik=nik, answers={}, village=row.village, typed_by=row.person_id)
        assert registrations.correct(db, village.house.keys, row, new, village.now)


def test_a_seat_that_is_kept_follows_the_nik_that_was_corrected(house: House) -> None:
    village = Village.of(house)
    one, _, first, second = [village.joined() for _ in range(4)]
    village.leaves(one)
    assert village.accepts(first)
    correct_nik(village, first, "5171031206850099")
    assert village.confirm(first) == "confirmed"
    assert village.used() == 2
    village.leaves(first)
    assert village.states(first, second) == ["withdrawn", "offered"]


def test_a_corrected_nik_that_holds_a_seat_already_gets_no_second_one(house: House) -> None:
    village = Village.of(house)
    one, two, first = [village.joined() for _ in range(3)]
    village.leaves(one)
    assert village.accepts(first)
    correct_nik(village, first, "5171031206850002")
    assert village.row(two).nik_hash == village.row(first).nik_hash
    assert village.confirm(first) == "duplicate"
    assert village.used() == 2


def test_who_lets_an_offer_go_by_stands_behind_those_of_every_rank(house: House) -> None:
    village = Village.of(house)
    one, _, first = [village.joined() for _ in range(3)]
    insured = village.joined(tie="insured")
    village.leaves(one)
    assert village.passes_on(first)
    assert village.states(first, insured) == ["waiting", "offered"]
    late = village.joined()
    assert village.line() == [late, first]


def test_who_is_alone_in_line_is_not_told_that_the_seat_is_somebody_elses(house: House) -> None:
    village = Village.of(house)
    one, _, silent = [village.joined() for _ in range(3)]
    village.leaves(one)
    village.wait(days=6)
    assert village.states(silent) == ["offered"]
    assert not any("untuk orang berikutnya" in text for text in told(village))


def test_the_end_of_an_offer_is_told_in_the_morning(house: House) -> None:
    village = Village.of(house)
    one, _, first, _ = [village.joined() for _ in range(4)]
    village.leaves(one)
    village.now = datetime(2026, 12, 6, 22, 59, tzinfo=UTC)  # 6.59 in the village
    village.wait(seconds=1)
    assert village.states(first) == ["offered"]
    assert not village.accepts(first)
    village.wait(minutes=2)
    assert village.states(first) == ["waiting"]


def test_the_same_nik_waits_on_while_its_other_sign_up_is_only_offered_a_seat(house: House) -> None:
    village = Village.of(house)
    one, two, first = [village.joined() for _ in range(3)]
    again = village.joined(nik="5171031206850003")
    other = village.joined()
    village.leaves(one)
    village.leaves(two)
    assert village.states(first, again, other) == ["offered", "waiting", "offered"]
    village.leaves(first)
    assert village.states(again) == ["offered"]
    assert replayed(village).unexplained == []


def replayed(village: Village) -> Lines:
    """The lines as the audit tells them."""
    with transaction(village.house.engine) as db:
        return replay(db.exec(select(Audit).order_by(Audit.id)))


def test_a_seat_is_not_offered_to_who_is_noted_as_having_left(house: House) -> None:
    village = Village.of(house)
    one, _, gone, second = [village.joined() for _ in range(4)]
    with transaction(village.house.engine) as db:
        row = db.get_one(Registration, gone)
        row.left_why = "died"
        audit.record(db, OFFICER, Change("departure_noted", "registration", gone), village.now)
    village.leaves(one)
    assert village.states(gone, second) == ["waiting", "offered"]
    assert replayed(village).unexplained == []


def test_an_undone_confirmation_keeps_its_seat_while_anybody_waits_for_the_whole(
    house: House,
) -> None:
    village = Village.of(house, per_village=2, in_all=2)
    one, _ = village.joined(VILLAGE), village.joined(NEIGHBOUR)
    elsewhere = village.joined(NEIGHBOUR)
    with transaction(village.house.engine) as db:
        row = registrations.by_id(db, one)
        assert row is not None
        by = (OFFICER, Change("undo", "registration", one))
        places.lock(village.house, db, row)
        assert registrations.change_state(db, row, State.PENDING, by, village.now)
        places.undo(village.house, db, row)
    assert village.used(VILLAGE) == 1
    with transaction(village.house.engine) as db:
        row = registrations.by_id(db, one)
        assert row is not None
        places.free(village.house, db, row, village.now, "rejected")
    assert village.states(elsewhere) == ["offered"]


def test_a_timer_that_fails_stops_no_other_and_is_tried_again(house: House) -> None:
    village = Village.of(house)
    one, _, first, _ = [village.joined() for _ in range(4)]
    village.leaves(one)
    with transaction(village.house.engine) as db:
        row = db.get_one(Registration, village.sign_up())
        row.programme = "a programme that was taken away"
        timer_rows.set_timer(db, "fill", row.id, village.now)
    village.wait(days=6)
    assert village.states(first) == ["waiting"]
    with transaction(village.house.engine) as db:
        again = db.exec(select(Timer).where(Timer.kind == "fill")).one()
        assert again.due_at > village.now
