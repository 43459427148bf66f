"""The waiting list as people see it: place and rule, an offer answered, and a change of village."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import places
from bot.house import House
from bot.stage import Stage, StageClock
from rules.registration import State
from storage import programmes, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Audit, Registration, SeatCounter
from storage.replay import Lines, replay
from tests.conftest import TEGAL_HARUM
from tests.on_stage import LINK, forge, labels, last, said
from tests.people import MADE, WAYAN, Person, given, submission
from tests.places.village import with_seats
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

OTHER_VILLAGE = "51.71.03.2009"
OFFICER = Actor(6_200_000_001, "village_officer")
PEOPLE = tuple(Person(f"517103120685{n:04}", f"I Contoh {n}") for n in range(10, 20))


@pytest.fixture
def stage(house: House) -> Stage:
    """Friday 20 November 2026, ten in the morning, in a programme of two seats a village."""
    clock = StageClock(datetime(2026, 11, 20, 2, tzinfo=UTC))
    small = with_seats(house.programmes["denpasar"], 2, None)
    with transaction(house.engine) as db:
        programmes.set_open(db, "denpasar", True, clock())
    return Stage(replace(house, clock=clock, programmes={"denpasar": small}), clock)


def confirmed(stage: Stage, name: str) -> str:
    """The village confirms the newest sign-up of this chat; what became of it."""
    with transaction(stage.house.engine) as db:
        [row] = registrations.of_person(db, stage.chat(name).id, most=1)
        by = (OFFICER, Change("confirm", "registration", row.id))
        return places.confirm(stage.house, db, row, by, stage.clock())


def joined(stage: Stage, name: str, person: Person, village: str = TEGAL_HARUM) -> str:
    """Somebody signs up, and the village confirms."""
    answers = {"enrolment.tie": given("none"), "enrolment.work": given("over_5_years")}
    typist = stage.chat(name).id
    new = submission(person, answers, village=village, typed_by=typist)
    stage.clock.moment += timedelta(minutes=1)
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())
    return confirmed(stage, name)


def full(stage: Stage, *waiting: str) -> None:
    """Both seats are taken, by `first` and `second`; these others wait, in order."""
    for name, person in zip(("first", "second", *waiting), PEOPLE, strict=False):
        joined(stage, name, person)


def row_of(stage: Stage, name: str) -> Registration:
    with transaction(stage.house.engine) as db:
        return registrations.of_person(db, stage.chat(name).id, most=1)[0]


def states(stage: Stage, *names: str) -> list[str]:
    return [row_of(stage, name).state for name in names]


def used(stage: Stage, village: str = TEGAL_HARUM) -> int:
    with transaction(stage.house.engine) as db:
        counter = db.get(SeatCounter, f"denpasar/{village}")
        return counter.used if counter else 0


def told_again(stage: Stage) -> Lines:
    """The waiting lists by the audit alone."""
    with transaction(stage.house.engine) as db:
        return replay(db.exec(select(Audit).order_by(col(Audit.id))))


def withdraw(stage: Stage, name: str) -> None:
    said(stage, name, "/status", "[Tarik pendaftaran]", "[Ya, tarik]")


def test_who_waits_reads_the_place_in_line_and_by_which_rule_it_is_ordered(stage: Stage) -> None:
    full(stage, "third", "fourth", "fifth")
    [status] = said(stage, "fourth", "/status")
    assert "ke-2 dari 3" in status
    rule = status.partition("Yang didahulukan")[2]
    assert rule.index("belum punya BPJS Ketenagakerjaan") < rule.index("lebih dulu mendaftar")
    withdraw(stage, "third")
    [status] = said(stage, "fourth", "/status")
    assert "ke-1 dari 2" in status


def test_a_confirmed_sign_up_that_is_withdrawn_leaves_its_seat_to_the_next(stage: Stage) -> None:
    full(stage, "third", "fourth")
    withdraw(stage, "first")
    assert states(stage, "first", "third", "fourth") == ["withdrawn", "offered", "waiting"]
    assert used(stage) == 2
    assert "Ada kursi untuk" in last(stage, "third")["text"]


def test_the_status_of_an_offer_names_its_last_day_and_both_answers(stage: Stage) -> None:
    full(stage, "third")
    withdraw(stage, "first")
    [status] = said(stage, "third", "/status")
    assert "disimpan sampai 25 November 2026" in status
    assert labels(last(stage, "third"))[:2] == ["✅ Ya, ambil kursinya", "⏭ Belum sekarang"]


def test_an_offer_is_taken_up_from_the_status_and_the_village_confirms_once_more(
    stage: Stage,
) -> None:
    full(stage, "third")
    withdraw(stage, "first")
    [thanks] = said(stage, "third", "/status", "[Ya, ambil kursinya]")
    assert "kami simpan" in thanks
    assert states(stage, "third") == ["pending"]
    assert confirmed(stage, "third") == "confirmed"
    assert used(stage) == 2


def test_not_now_is_asked_once_more_and_the_seat_goes_to_the_next(stage: Stage) -> None:
    full(stage, "third", "fourth", "fifth")
    withdraw(stage, "first")
    said(stage, "third", "/status", "[Belum sekarang]", "[Tidak jadi]")
    assert states(stage, "third") == ["offered"]
    [answer] = said(stage, "third", "[Belum sekarang]", "[Ya, belum sekarang]")
    assert "untuk orang berikutnya" in answer
    assert "ke-2 dari 2" in answer
    assert states(stage, "third", "fourth", "fifth") == ["waiting", "offered", "waiting"]
    assert used(stage) == 2
    assert told_again(stage).unexplained == []


def test_who_stands_alone_in_line_is_told_that_the_seat_is_offered_again(stage: Stage) -> None:
    full(stage, "third")
    withdraw(stage, "first")
    answer, *_ = said(stage, "third", "/status", "[Belum sekarang]", "[Ya, belum sekarang]")
    assert "Tidak ada orang lain dalam antrean" in answer
    assert states(stage, "third") == ["offered"]


def test_an_offer_that_is_withdrawn_goes_to_the_next(stage: Stage) -> None:
    full(stage, "third", "fourth")
    withdraw(stage, "first")
    withdraw(stage, "third")
    assert states(stage, "third", "fourth") == ["withdrawn", "offered"]
    assert used(stage) == 2


def test_after_the_last_day_an_old_button_takes_no_seat(stage: Stage) -> None:
    full(stage, "third", "fourth")
    withdraw(stage, "first")
    stage.pass_time(timedelta(days=6))
    assert states(stage, "third", "fourth") == ["waiting", "offered"]
    said(stage, "third", "[Ya, masih mau]")
    assert states(stage, "third", "fourth") == ["waiting", "offered"]


def test_nobody_answers_an_offer_of_another_account(stage: Stage) -> None:
    full(stage, "third", "fourth")
    withdraw(stage, "first")
    offered = row_of(stage, "third")
    for data in (f"open:accept:{offered.id}", "status.actions:pass:1", "status.pass:yes:1"):
        forge(stage, "fourth", data)
    assert states(stage, "third", "fourth") == ["offered", "waiting"]


def typed(stage: Stage, name: str, person: Person) -> None:
    """Somebody signs up by the whole conversation."""
    said(stage, name, LINK, *person.answers)


def moved(stage: Stage, name: str, village: str = OTHER_VILLAGE) -> list[str]:
    """Somebody corrects the village of a sign-up."""
    return said(stage, name, "/status", "[Perbaiki]", "[✏️ Desa]", village, *STAYS)


STAYS = ("[KTP desa ini]", "[Benar, kirim]")


def test_who_corrects_an_answer_keeps_the_place_in_line(stage: Stage) -> None:
    full(stage)
    typed(stage, "third", WAYAN)
    assert confirmed(stage, "third") == "waiting"
    joined(stage, "fourth", MADE)
    said(stage, "third", "/status", "[Perbaiki]", "[✏️ Nama]", "I Wayan Lain", "[Benar, kirim]")
    [status] = said(stage, "third", "/status")
    assert "I Wayan Lain" in status
    assert "ke-1 dari 2" in status
    assert told_again(stage).unexplained == []


def test_who_moves_to_another_village_stands_in_its_line_as_of_now(stage: Stage) -> None:
    full(stage)
    typed(stage, "third", WAYAN)
    assert confirmed(stage, "third") == "waiting"
    for name, person in zip(("a", "b", "c"), PEOPLE[5:], strict=False):
        joined(stage, name, person, OTHER_VILLAGE)
    moved(stage, "third")
    [status] = said(stage, "third", "/status")
    assert "ke-2 dari 2" in status
    lines = told_again(stage)
    assert lines.unexplained == []
    own, new = (f"denpasar:vulnerable_workers/{code}" for code in (TEGAL_HARUM, OTHER_VILLAGE))
    assert [id for _, id in lines.waiting[own]] == []
    assert [id for _, id in lines.waiting[new]] == [
        row_of(stage, "c").id,
        row_of(stage, "third").id,
    ]


def test_who_moves_to_a_village_with_a_free_seat_is_offered_it(stage: Stage) -> None:
    full(stage)
    typed(stage, "third", WAYAN)
    assert confirmed(stage, "third") == "waiting"
    moved(stage, "third")
    assert states(stage, "third") == [State.OFFERED]
    assert (used(stage), used(stage, OTHER_VILLAGE)) == (2, 1)
    assert told_again(stage).unexplained == []


def test_a_seat_kept_for_a_card_stays_in_its_village_when_the_person_moves(stage: Stage) -> None:
    joined(stage, "first", PEOPLE[0])
    joined(stage, "second", PEOPLE[1])
    typed(stage, "third", WAYAN)
    assert confirmed(stage, "third") == "waiting"
    joined(stage, "fourth", MADE)
    withdraw(stage, "first")
    said(stage, "third", "/status", "[Ya, ambil kursinya]")
    moved(stage, "third")
    assert states(stage, "third", "fourth") == ["pending", "offered"]
    assert (used(stage), used(stage, OTHER_VILLAGE)) == (2, 0)
    assert confirmed(stage, "third") == "confirmed"
    assert (used(stage), used(stage, OTHER_VILLAGE)) == (2, 1)
