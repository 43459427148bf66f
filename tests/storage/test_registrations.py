"""Sign-ups on both databases: nothing said is lost, one decision wins, duplicates are seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.house import House
from rules.registration import OPEN_STATES, IllegalMove, State
from storage import audit, duplicates, proof, queue, registrations, tallies
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Registration
from storage.registrations import Submission
from tests.people import MADE, WAYAN, given, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
VILLAGE, OTHER_VILLAGE = "51.71.03.2008", "51.71.03.2009"
OFFICER = Actor(6_200_000_001, "village_officer")
BY = (OFFICER, Change("confirm", "registration", ""))


CORRECTABLE = {State.PENDING, State.RETURNED, State.WAITING, State.REFUSED}


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def submitted(house: House, new: Submission | None = None, at: datetime = NOW) -> Registration:
    """A sign-up, stored."""
    with transaction(house.engine) as db:
        return registrations.submit(db, house.keys, new or submission(), at)


def corrected(house: House, id: str, new: Submission, at: datetime) -> bool:
    with transaction(house.engine) as db:
        row = registrations.by_id(db, id)
        assert row is not None
        return registrations.correct(db, house.keys, row, new, at)


def moved(house: House, id: str, to: State, at: datetime = NOW) -> Registration:
    """The sign-up after a move by its officer."""
    with transaction(house.engine) as db:
        row = registrations.by_id(db, id)
        assert row is not None
        assert registrations.change_state(db, row, to, BY, at)
        return row


def brought(house: House, id: str, to: State) -> None:
    """Put a sign-up into a state, whatever the way there."""
    with transaction(house.engine) as db:
        db.get_one(Registration, id).state = to


def kept(house: House, id: str) -> list[proof.Kept]:
    with transaction(house.engine) as db:
        return proof.load(db, house.keys, id, with_replaced=True)


def warned(house: House, new: Submission) -> str:
    """The warning of a duplicate that this sign-up would draw; nothing is stored."""
    with transaction(house.engine) as db:
        hashes = duplicates.hashes(house.keys, duplicates.of(new))
        return " ".join(duplicates.found(db, new.programme, hashes, ""))


def test_every_answer_is_kept_with_who_when_which_words_and_rules(house: House) -> None:
    row = submitted(house)
    by_name = {one.question: one for one in kept(house, row.id)}
    assert by_name["enrolment.name"] == proof.Kept("enrolment.name", given(WAYAN.name), None)
    assert by_name["enrolment.nik"].given.value == WAYAN.nik


def test_a_corrected_answer_stays_on_record_with_the_moment_it_was_replaced(house: House) -> None:
    row = submitted(house)
    at = later(hours=1)
    new = replace(given("I Wayan Contoh Sekali", at.isoformat(), 6_100_000_002), words="kata2")
    answers = {"enrolment.nik": given(WAYAN.nik), "enrolment.name": replace(new, rules="aturan2")}
    changed = submission(answers=answers, name="I Wayan Contoh Sekali")
    assert corrected(house, row.id, changed, at)
    names = [one for one in kept(house, row.id) if one.question == "enrolment.name"]
    assert names == [
        proof.Kept("enrolment.name", given(WAYAN.name), at),
        proof.Kept("enrolment.name", replace(new, rules="aturan2"), None),
    ]


def test_answers_keep_the_order_in_which_they_were_given_when_the_clock_jumps_back(
    house: House,
) -> None:
    hours = {"nik": 3, "name": 1, "able": 2, "tie": 0}
    answers = {
        f"enrolment.{name}": given(name, later(hours=hour).isoformat())
        for name, hour in hours.items()
    }
    row = submitted(house, submission(answers=answers))
    assert [one.question for one in kept(house, row.id)] == list(answers)
    back = given("I Wayan Contoh", later(hours=-1).isoformat())
    assert corrected(house, row.id, submission(answers={"enrolment.name": back}), later())
    order = [*answers, "enrolment.name"]
    assert [one.question for one in kept(house, row.id)] == order


def test_an_answer_that_did_not_change_is_not_kept_twice(house: House) -> None:
    row = submitted(house)
    assert corrected(house, row.id, submission(), later(hours=1))
    assert [one.replaced_at for one in kept(house, row.id)] == [None, None]


def test_of_many_corrections_each_is_kept(house: House) -> None:
    row = submitted(house)
    for number in range(1, 6):
        name = given(f"I Wayan {'I' * number}", later(hours=number).isoformat())
        assert corrected(
            house, row.id, submission(answers={"enrolment.name": name}), later(hours=number)
        )
    names = [one for one in kept(house, row.id) if one.question == "enrolment.name"]
    assert len(names) == 6
    assert [one.replaced_at for one in names] == [*(later(hours=n) for n in range(1, 6)), None]


def test_a_correction_changes_the_sign_up_and_its_version(house: House) -> None:
    row = submitted(house)
    assert corrected(house, row.id, submission(MADE, village=OTHER_VILLAGE), later(hours=1))
    with transaction(house.engine) as db:
        new = registrations.by_id(db, row.id)
        assert new is not None
        assert registrations.name(house.keys, new) == MADE.name
        assert registrations.nik(house.keys, new) == MADE.nik
    assert (new.version, new.village, new.code) == (row.version + 1, OTHER_VILLAGE, row.code)


def test_a_returned_sign_up_goes_back_to_the_end_of_the_queue(house: House) -> None:
    first, second = submitted(house), submitted(house, submission(MADE), later(hours=1))
    moved(house, first.id, State.RETURNED, later(hours=2))
    assert corrected(house, first.id, submission(), later(hours=3))
    assert in_line(house) == [second.id, first.id]


def test_a_waiting_sign_up_keeps_its_place_when_corrected(house: House) -> None:
    row = submitted(house)
    moved(house, row.id, State.WAITING, later(hours=1))
    assert corrected(house, row.id, submission(), later(hours=3))
    with transaction(house.engine) as db:
        new = registrations.by_id(db, row.id)
    assert new is not None
    assert (new.state, new.queued_at) == (State.WAITING, NOW)


def test_a_decided_sign_up_cannot_be_corrected(house: House) -> None:
    row = submitted(house)
    before = kept(house, row.id)
    for state in set(State) - CORRECTABLE:
        brought(house, row.id, state)
        assert not corrected(house, row.id, submission(MADE), later(hours=1)), state
    assert kept(house, row.id) == before


def test_of_two_stale_copies_one_wins(house: House) -> None:
    id = submitted(house).id
    copies = []
    for _ in range(2):
        with transaction(house.engine) as db:
            copies.append(registrations.by_id(db, id))
    moves = []
    for copy, to in zip(copies, (State.CONFIRMED, State.REJECTED), strict=True):
        with transaction(house.engine) as db:
            db.add(copy)
            moves.append(registrations.change_state(db, copy, to, BY, NOW))
    assert moves == [True, False]
    with transaction(house.engine) as db:
        assert db.get_one(Registration, id).state == State.CONFIRMED
        assert [row.to_state for row in audit.history(db, "registration", id)] == [
            State.PENDING,
            State.CONFIRMED,
        ]


def test_of_many_who_decide_at_once_one_wins(house: House) -> None:
    id = submitted(house).id
    with transaction(house.engine) as db:
        version = db.get_one(Registration, id).version

    def decide(number: int) -> bool:
        with transaction(house.engine) as db:
            row = registrations.by_id(db, id)
            if row is None or (row.state, row.version) != (State.PENDING, version):
                return False
            return registrations.change_state(db, row, State.CONFIRMED, BY, NOW, officer_id=number)

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(decide, range(24))) == 1


def test_a_correction_makes_the_officers_copy_stale(house: House) -> None:
    id = submitted(house).id
    with transaction(house.engine) as db:
        seen = registrations.by_id(db, id)
    assert corrected(house, id, submission(MADE), later(minutes=1))
    with transaction(house.engine) as db:
        db.add(seen)
        assert seen is not None
        assert not registrations.change_state(db, seen, State.CONFIRMED, BY, NOW)


def test_a_move_outside_the_table_raises_and_changes_nothing(house: House) -> None:
    id = submitted(house).id
    with pytest.raises(IllegalMove):
        moved(house, id, State.ACTIVE)
    with transaction(house.engine) as db:
        assert db.get_one(Registration, id).state == State.PENDING


def in_line(house: House, village: str = VILLAGE) -> list[str]:
    """The ids of what waits in a village, in the order of the queue."""
    here = (Registration.village == village, Registration.state == State.PENDING)
    with transaction(house.engine) as db:
        return list(db.exec(select(Registration.id).where(*here).order_by(*queue.ORDER)))


def test_the_desk_is_served_in_the_order_of_arrival(house: House) -> None:
    ids = [submitted(house, at=later(hours=hour)).id for hour in (3, 1, 2)]
    submitted(house, submission(MADE, village=OTHER_VILLAGE), later(hours=-1))
    assert in_line(house) == [ids[1], ids[2], ids[0]]


def test_a_card_passed_over_comes_last_and_stays_as_it_is(house: House) -> None:
    first, second = submitted(house), submitted(house, at=later(hours=1))
    with transaction(house.engine) as db:
        queue.pass_over(db, first.id, later(hours=2))
    with transaction(house.engine) as db:
        again = db.get_one(Registration, first.id)
    assert (again.state, again.version) == (State.PENDING, first.version)
    assert in_line(house) == [second.id, first.id]


def test_a_decided_card_is_not_passed_over(house: House) -> None:
    row = submitted(house)
    moved(house, row.id, State.CONFIRMED)
    with transaction(house.engine) as db:
        queue.pass_over(db, row.id, later(hours=2))
    with transaction(house.engine) as db:
        assert db.get_one(Registration, row.id).queued_at == NOW


def test_only_what_awaits_a_decision_of_this_village_is_counted(house: House) -> None:
    rows = [submitted(house) for _ in range(3)]
    submitted(house, submission(village=OTHER_VILLAGE))
    moved(house, rows[0].id, State.CONFIRMED)
    with transaction(house.engine) as db:
        assert tallies.of(db, VILLAGE, State.PENDING) == 2
        assert tallies.of(db, OTHER_VILLAGE, State.PENDING) == 1


def test_a_sign_up_is_found_by_its_code_however_it_is_typed(house: House) -> None:
    code = submitted(house).code
    with transaction(house.engine) as db:
        for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
            found = registrations.by_code(db, typed)
            assert found is not None
            assert found.code == code
        assert registrations.by_code(db, "") is None
        assert registrations.by_code(db, f"{code}A") is None


def test_an_account_sees_its_own_sign_ups_newest_first(house: House) -> None:
    mine = [submitted(house, at=later(hours=hour)).id for hour in range(3)]
    submitted(house, submission(typed_by=6_100_000_099))
    with transaction(house.engine) as db:
        assert [row.id for row in registrations.of_person(db, 6_100_000_001)] == mine[::-1]
        assert len(registrations.of_person(db, 6_100_000_001, most=2)) == 2


def test_an_account_finds_its_own_open_sign_up_by_nik_and_nobody_elses(house: House) -> None:
    row = submitted(house)
    find = {"programme": "denpasar", "nik": WAYAN.nik, "person_id": row.person_id}
    others = ({"programme": "gianyar"}, {"nik": MADE.nik}, {"person_id": 1})
    for state in State:
        brought(house, row.id, state)
        with transaction(house.engine) as db:
            found = registrations.open_with_nik(db, house.keys, **find)
            assert found == (row.id if state in OPEN_STATES else ""), state
            for other in others:
                assert registrations.open_with_nik(db, house.keys, **find | other) == ""


def one_digit_off(person_nik: str, place: int) -> str:
    digit = str((int(person_nik[place]) + 1) % 10)
    return f"{person_nik[:place]}{digit}{person_nik[place + 1 :]}"


STRANGER = submission(MADE, typed_by=6_100_000_050, born="1990-08-17")


def test_the_same_nik_is_warned_of_whoever_types_it(house: House) -> None:
    submitted(house)
    again = submitted(house, replace(STRANGER, nik=WAYAN.nik))
    assert again.warnings == "duplicate_nik"


def test_a_nik_with_one_digit_off_is_warned_of(house: House) -> None:
    submitted(house)
    for place in range(16):
        near = replace(STRANGER, nik=one_digit_off(WAYAN.nik, place))
        assert warned(house, near) == "duplicate_near", place


def test_a_nik_with_two_digits_off_is_another_one(house: House) -> None:
    submitted(house)
    far = one_digit_off(one_digit_off(WAYAN.nik, 3), 9)
    assert warned(house, replace(STRANGER, nik=far)) == ""


def test_a_name_that_sounds_alike_with_the_same_birth_date_is_warned_of(house: House) -> None:
    submitted(house)
    for name in (
        WAYAN.name,
        "CONTOH I WAYAN",
        "I Wayan Tjontoh",
        "I Waian Conto",
        "Í Wayan Çontoh",
    ):
        alike = replace(STRANGER, name=name, born="1985-06-12")
        assert warned(house, alike) == "duplicate_name", name


def test_a_name_alone_or_a_birth_date_alone_is_no_duplicate(house: House) -> None:
    submitted(house)
    assert warned(house, replace(STRANGER, name=WAYAN.name)) == ""
    assert warned(house, replace(STRANGER, born="1985-06-12")) == ""


def test_names_without_a_birth_date_are_not_compared(house: House) -> None:
    submitted(house, submission(born=""))
    assert warned(house, replace(STRANGER, name=WAYAN.name, born="")) == ""


def test_the_weightiest_duplicate_alone_is_told_before_the_other_warnings(house: House) -> None:
    submitted(house)
    near = submission(nik=one_digit_off(WAYAN.nik, 15), warnings=("work_new", "phone_none"))
    assert submitted(house, near).warnings == "duplicate_near work_new phone_none"
    assert warned(house, submission()) == "duplicate_nik"


def test_another_programme_has_its_own_duplicates(house: House) -> None:
    submitted(house)
    assert warned(house, submission(programme="gianyar", village="51.04.01.2001")) == ""


def test_only_sign_ups_that_still_stand_make_a_duplicate(house: House) -> None:
    row = submitted(house)
    for state in State:
        brought(house, row.id, state)
        expected = "duplicate_nik" if state in OPEN_STATES else ""
        assert warned(house, submission()) == expected, state


def test_a_correction_is_no_duplicate_of_itself(house: House) -> None:
    row = submitted(house)
    assert corrected(house, row.id, submission(), later(hours=1))
    with transaction(house.engine) as db:
        assert db.get_one(Registration, row.id).warnings == ""


def test_after_a_correction_the_old_nik_is_free_and_the_new_one_taken(house: House) -> None:
    row = submitted(house)
    assert corrected(house, row.id, submission(MADE, born="1990-08-17"), later(hours=1))
    assert warned(house, submission(typed_by=7)) == ""
    assert warned(house, replace(STRANGER, typed_by=8)) == "duplicate_nik"


def reading(house: House, function: Callable[..., str], id: str) -> str:
    with transaction(house.engine) as db:
        return function(house.keys, db.get_one(Registration, id))


def test_what_an_officer_wrote_is_sealed_for_its_row(house: House) -> None:
    row, other = submitted(house), submitted(house, submission(MADE))
    with transaction(house.engine) as db:
        for id in (row.id, other.id):
            note = house.keys.seal("registration.note", row.id, "Nama kurang jelas")
            db.get_one(Registration, id).note_sealed = note
    assert reading(house, registrations.note, row.id) == "Nama kurang jelas"
    with pytest.raises(ValueError, match="another row"):
        reading(house, registrations.note, other.id)
