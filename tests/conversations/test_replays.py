"""A conversation begun before a release goes on after it, and asks only what is new."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from conversations.enrolment import enrolment
from conversations.model import Given, Session
from storage import sessions
from storage.database import transaction
from storage.models import Person, StoredSession
from tests.conftest import opened, settings_for
from tests.conversations.cases import VILLAGES, Known, linked
from tests.conversations.talk import NOW, WAYAN_ID, Talk

SLOT = "enrolment"
ANSWERS = (
    "[self]",
    "[yes]",
    "5171 0312 0685 0001",
    "I Wayan Contoh",
    "[here]",
    "[petani]",
    "[over_5_years]",
    "[able]",
)
State = dict[str, Any]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with a database of its own."""
    with opened(settings_for(tmp_path)) as house:
        yield house


@pytest.fixture
def state() -> State:
    """A sign-up as it is stored while "tie" is open, the last question but two."""
    talk = Talk(enrolment, linked(VILLAGES["denpasar"]), Known())
    talk.answer(*ANSWERS)
    assert talk.open == "enrolment.tie"
    kept: State = json.loads(json.dumps(asdict(talk.session)))
    return kept


@pytest.fixture
def resume(house: House) -> Callable[[State], Talk]:
    """Store a state as an earlier release wrote it, load it, and talk on."""

    def resumed(state: State) -> Talk:
        sealed = house.keys.seal_json(sessions.PLACE, f"{WAYAN_ID} {SLOT}", state)
        row = StoredSession(person_id=WAYAN_ID, slot=SLOT, state_sealed=sealed, updated_at=NOW)
        with transaction(house.engine) as db:
            db.add(row)
        with transaction(house.engine) as db:
            session = sessions.load(db, house.keys, WAYAN_ID, SLOT)
        assert session is not None
        return Talk(enrolment, session, Known())

    return resumed


Resume = Callable[[State], Talk]


def test_what_is_saved_is_loaded_as_it_was(house: House) -> None:
    given = Given("I Wayan Contoh", "self", NOW.isoformat(), WAYAN_ID, "Nama?", "w1", "r1")
    whole = Session(
        "enrolment",
        {"enrolment.name": given},
        {"link": VILLAGES["denpasar"]},
        editing="enrolment.name",
        overlay="change",
        parked=True,
        resting=True,
        turn=7,
        replaced=(("enrolment.name", replace(given, value="Wayan")),),
        offered=(("51.71.01.1006", "Sanur, Denpasar Selatan, Denpasar"),),
    )
    person = Person(id=WAYAN_ID, slot=SLOT, created_at=NOW)
    with transaction(house.engine) as db:
        sessions.save(db, house.keys, person, whole, NOW)
    with transaction(house.engine) as db:
        assert sessions.load(db, house.keys, WAYAN_ID, SLOT) == whole


def test_nothing_changed_goes_on_at_the_open_question(resume: Resume, state: State) -> None:
    assert resume(state).open == "enrolment.tie"


def test_a_question_added_since_is_asked_and_then_the_one_that_was_open(
    resume: Resume, state: State
) -> None:
    del state["answers"]["enrolment.residence"]
    talk = resume(state)
    assert talk.open == "enrolment.residence"
    talk.press("here")
    assert talk.open == "enrolment.tie"


def test_questions_moved_since_are_not_asked_again(resume: Resume, state: State) -> None:
    state["answers"] = dict(reversed(state["answers"].items()))
    talk = resume(state)
    assert talk.open == "enrolment.tie"
    assert len(talk.look().path) == len(ANSWERS) + 1


def test_an_answer_given_ahead_of_the_open_question_is_not_asked_again(
    resume: Resume, state: State
) -> None:
    state["answers"]["enrolment.tie"] = asdict(Given("none"))
    del state["answers"]["enrolment.able"]
    talk = resume(state)
    assert talk.open == "enrolment.able"
    talk.press("able")
    assert talk.open == "enrolment.phone"


def test_a_question_dropped_since_is_not_missed(resume: Resume, state: State) -> None:
    state["answers"]["enrolment.religion"] = asdict(Given("hindu"))
    talk = resume(state)
    assert talk.open == "enrolment.tie"
    assert "enrolment.religion" not in talk.look().path


def test_an_edit_of_a_question_dropped_since_is_given_up(resume: Resume, state: State) -> None:
    state["editing"] = "enrolment.religion"
    talk = resume(state)
    assert talk.open == "enrolment.tie"
    assert talk.session.editing == ""


def test_only_the_question_of_a_renamed_option_is_asked_again(resume: Resume, state: State) -> None:
    state["answers"]["enrolment.work"]["value"] = "more_than_five_years"
    talk = resume(state)
    assert talk.open == "enrolment.work"
    talk.press("over_5_years")
    assert talk.open == "enrolment.tie"
    assert talk.values["enrolment.able"] == "able"


def test_what_a_stricter_reader_no_longer_takes_is_asked_again(
    resume: Resume, state: State
) -> None:
    state["answers"]["enrolment.name"]["value"] = "W4yan"
    talk = resume(state)
    assert talk.open == "enrolment.name"
    talk.type("I Wayan Contoh")
    assert talk.open == "enrolment.tie"


def test_new_words_of_consent_are_agreed_to_anew_and_nothing_else(
    resume: Resume, state: State
) -> None:
    state["answers"]["enrolment.consent"]["about"] = "2025-01 self"
    talk = resume(state)
    assert talk.open == "enrolment.consent"
    talk.press("yes")
    assert talk.open == "enrolment.tie"


def test_an_occupation_no_longer_offered_stays_the_persons_answer(
    resume: Resume, state: State
) -> None:
    kept = state["answers"]
    kept["enrolment.occupation"]["value"] = kept["enrolment.work"]["about"] = "marbot"
    assert resume(state).open == "enrolment.tie"


def test_a_state_from_before_fields_were_added_loads(resume: Resume, state: State) -> None:
    for field in ("replaced", "offered", "resting", "parked", "overlay", "editing", "turn"):
        del state[field]
    for given in state["answers"].values():
        for field in ("asked", "words", "rules", "by"):
            del given[field]
    talk = resume(state)
    assert talk.open == "enrolment.tie"
    talk.press("none")
    assert talk.open == "enrolment.phone"


def test_a_state_with_fields_dropped_since_loads(resume: Resume, state: State) -> None:
    state["mood"] = "good"
    for given in state["answers"].values():
        given["device"] = "phone"
    talk = resume(state)
    assert talk.open == "enrolment.tie"
    assert talk.values["enrolment.name"] == "I Wayan Contoh"


def test_a_stored_form_can_still_be_finished(resume: Resume, state: State) -> None:
    talk = resume(state)
    talk.answer("[none]", "0812 3456 789", "[send]")
    assert talk.outcome is not None
    assert type(talk.outcome).__name__ == "SubmitRegistration"
