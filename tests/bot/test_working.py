"""Once a year a member is asked whether the work goes on: when, who may answer, who is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import delete, select

from bot.stage import Stage, appoint, enlist, open_stage
from conversations.working import REASONS
from rules.registration import State
from storage import proof, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Audit, Registration, Timer
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import CATALOGUES, plain_text
from tests.on_stage import act, forge, labels, last, said
from tests.people import WAYAN, Person, given, submission

BALI = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 20)
ASKED = "masih bekerja?"
ANSWERED = "Itu sudah dicatat"
numbers = count(1)


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    """One stage for all with an officer in office, as every test has workers of its own."""
    with open_stage(TODAY) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """Friday 20 November 2026, ten in the morning in Bali, and nothing is due to anybody."""
    shared.clock.moment = datetime(2026, 11, 20, 2, tzinfo=UTC)
    shared.pass_time(timedelta(0))
    with transaction(shared.house.engine) as db:
        db.exec(delete(Timer))
    return shared


def member(stage: Stage, since: str = "2026-11-20") -> str:
    """Somebody new who is a member since a day, whose other reminders are not looked at."""
    number = next(numbers)
    who, nik = f"worker{number}", f"517103120685{number:04}"
    act(stage, who, "halo")
    kept = {"enrolment.nik": given(nik), "enrolment.occupation": given("petani")}
    new = submission(Person(nik, WAYAN.name), kept, typed_by=stage.chat(who).id)
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())
    enlist(stage, who, f"{stage.chat(who).id:011}", since, "2")
    stage.pass_time(timedelta(0))
    with transaction(stage.house.engine) as db:
        db.exec(delete(Timer).where(Timer.kind == "reminder"))
    return who


def row_of(stage: Stage, who: str) -> Registration:
    with transaction(stage.house.engine) as db:
        return registrations.of_person(db, stage.chat(who).id, most=1)[0]


def until(stage: Stage, moment: str) -> list[tuple[str, str]]:
    """Let it become this moment in Bali; who is told what then."""
    span = datetime.fromisoformat(moment).replace(tzinfo=BALI) - stage.clock()
    assert span > timedelta(0), moment
    return [(whom, plain_text(call)) for whom, call in stage.pass_time(span)]


def answers(stage: Stage, who: str) -> dict[str, str]:
    with transaction(stage.house.engine) as db:
        kept = proof.load(db, stage.house.keys, row_of(stage, who).id)
    return {one.question: one.given.value for one in kept if one.question.startswith("working.")}


def test_a_member_is_asked_on_each_anniversary_at_eight_in_the_village(stage: Stage) -> None:
    who = member(stage)
    assert until(stage, "2027-11-20 07:59") == []
    [(whom, text)] = until(stage, "2027-11-20 08:00")
    assert whom == who
    assert ASKED in text
    assert WAYAN.name in text
    assert labels(last(stage, who)) == ["✅ Ya, masih bekerja", "Tidak lagi"]
    act(stage, who, "[Ya, masih bekerja]")
    assert until(stage, "2028-11-20 07:59") == []
    [(whom, text)] = until(stage, "2028-11-20 08:00")
    assert (whom, ASKED in text) == (who, True)


def test_a_member_of_many_years_is_asked_on_the_next_anniversary(stage: Stage) -> None:
    who = member(stage, "2024-03-05")
    with transaction(stage.house.engine) as db:
        due = db.get_one(Timer, ("working", row_of(stage, who).id)).due_at
    assert due == datetime(2027, 3, 5, tzinfo=UTC)


def test_a_yes_is_kept_as_proof_with_the_question_as_it_was_asked(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    [thanks] = said(stage, who, "[Ya, masih bekerja]")
    assert "Terima kasih" in thanks
    with transaction(stage.house.engine) as db:
        kept = proof.load(db, stage.house.keys, row_of(stage, who).id)
    [one] = [one.given for one in kept if one.question == "working.2027"]
    assert (one.value, one.by) == ("yes", stage.chat(who).id)
    assert ASKED in one.asked
    assert until(stage, "2028-11-19 23:00") == []


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "died"])
def test_a_no_is_asked_one_thing_more_and_the_village_is_told(stage: Stage, reason: str) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    [asked] = said(stage, who, "[Tidak lagi]")
    assert "Kenapa" in asked
    label = CATALOGUES["id"][f"working.why.{reason}"]
    told = stage.do(who, f"[{label}]")
    assert "tidak langsung berhenti" in plain_text(told[0][1])
    [news] = [plain_text(call) for whom, call in told if whom == "officer"]
    assert label in news
    assert answers(stage, who) == {"working.2027": "no", "working.2027.why": reason}
    assert row_of(stage, who).state == State.ACTIVE
    [page] = said(stage, "officer", "[Lihat orangnya]")
    assert row_of(stage, who).code in page
    assert until(stage, "2028-11-19 23:00") == []


@pytest.mark.parametrize("words", ["[Sudah meninggal]", "sudah meninggal", "Beliau wafat kemarin"])
def test_a_death_is_met_with_condolence_and_the_village_makes_sure(
    stage: Stage, words: str
) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, who, "[Tidak lagi]")
    told = stage.do(who, words)
    assert "turut berduka cita" in plain_text(told[0][1])
    [news] = [plain_text(call) for whom, call in told if whom == "officer"]
    assert "sudah meninggal. Belum ada yang berubah" in news
    assert answers(stage, who) == {"working.2027": "no", "working.2027.why": "died"}
    assert (row_of(stage, who).state, row_of(stage, who).left_why) == (State.ACTIVE, "")
    [page] = said(stage, "officer", "[Lihat orangnya]")
    assert row_of(stage, who).code in page


@pytest.mark.parametrize("words", ["masih hidup, belum meninggal", "xyzzy"])
def test_what_is_not_understood_as_a_reason_is_not_guessed(stage: Stage, words: str) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, who, "[Tidak lagi]")
    [again] = said(stage, who, words)
    assert "belum kami mengerti" in again
    assert answers(stage, who) == {}


def test_a_slip_to_no_longer_is_mended_at_once(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, who, "[Tidak lagi]")
    [thanks] = said(stage, who, "[Sebenarnya masih bekerja]")
    assert "masih bekerja" in thanks
    assert answers(stage, who) == {"working.2027": "yes"}
    assert until(stage, "2028-11-19 23:00") == []


def test_who_does_not_answer_is_asked_again_and_then_the_village_is_told(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    assert until(stage, "2027-12-04 07:59") == []
    [(whom, text)] = until(stage, "2027-12-04 08:00")
    assert (whom, ASKED in text) == (who, True)
    assert until(stage, "2027-12-18 07:59") == []
    [(whom, text)] = until(stage, "2027-12-18 08:00")
    assert whom == "officer"
    assert "belum dijawab" in text
    assert until(stage, "2028-11-19 23:00") == []


def test_who_answers_late_is_heard_and_nobody_is_told(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-12-05 08:00")
    assert "Terima kasih" in said(stage, who, "[Ya, masih bekerja]")[0]
    assert until(stage, "2028-11-19 23:00") == []


def test_a_second_answer_changes_nothing(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, who, "[Ya, masih bekerja]")
    for button in ("[Ya, masih bekerja]", "[Tidak lagi]"):
        assert ANSWERED in said(stage, who, button)[0]
    assert answers(stage, who) == {"working.2027": "yes"}


def test_a_no_begun_twice_is_kept_once(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, who, "[Tidak lagi]")
    act(stage, who, "[Ya, masih bekerja]")
    assert ANSWERED in said(stage, who, "[Sakit]")[0] or answers(stage, who)
    assert answers(stage, who) == {"working.2027": "yes"}


@pytest.mark.parametrize(
    "key", ["2027.y", "2027.n", "2030.y", "2026.y", "20271.y", "2027.x", "2027", "y", ""]
)
def test_a_strangers_press_changes_nothing_and_is_on_record(stage: Stage, key: str) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    act(stage, "stranger", "halo")
    forge(stage, "stranger", f"open:working:{row_of(stage, who).id}.{key}")
    assert answers(stage, who) == {}
    with transaction(stage.house.engine) as db:
        refused = db.exec(select(Audit).where(Audit.action == "refused_press")).all()
    assert refused[-1].actor_id == stage.chat("stranger").id


@pytest.mark.parametrize("key", ["2026.y", "2028.y", "20271.y", "2027.x", "abcd.y"])
def test_the_owner_answers_only_what_was_asked(stage: Stage, key: str) -> None:
    who = member(stage)
    until(stage, "2027-11-20 08:00")
    forge(stage, who, f"open:working:{row_of(stage, who).id}.{key}")
    assert answers(stage, who) == {}


def test_who_is_no_member_any_more_is_not_asked(stage: Stage) -> None:
    who = member(stage)
    with transaction(stage.house.engine) as db:
        row = registrations.by_id(db, row_of(stage, who).id)
        assert row is not None
        by = (Actor(0, "operator"), Change("left", "registration", row.id))
        assert registrations.change_state(db, row, State.ENDED, by, stage.clock())
    assert until(stage, "2028-11-20 12:00") == []
    forge(stage, who, f"open:working:{row_of(stage, who).id}.2027.y")
    assert answers(stage, who) == {}
