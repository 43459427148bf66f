"""What a turn keeps for the next one spares work, and decides nothing."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.house import House
from bot.walks import Walked, Walks
from conversations.model import Given, Run, Session
from storage import programmes, sessions
from storage.database import transaction
from tests.conftest import clear
from tests.on_stage import LINK, TO_NAME, TO_OCCUPATION, act, over, said
from tests.people import WAYAN
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

CODE = re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{4}")
DAY = date(2026, 11, 20)
SESSION = Session("enrolment", {"enrolment.village": Given("51.71.03.2008")}, {"link": "x"})
RUN = Run((), None, None)
FACTS = {("areas", ""): ("51.71",)}
WAYS = {
    "the good way": (LINK, *WAYAN.answers),
    "back and forth": (*TO_NAME, "kembali", "[Setuju]", WAYAN.nik, "kembali", *WAYAN.answers[2:]),
    "a changed answer": (*TO_OCCUPATION, "ubah", "NIK", WAYAN.nik, "nanti", "/daftar", "petani"),
    "nonsense and questions": (*TO_NAME, "?!", "klo meninggal dapat berapa?", "12", WAYAN.name),
    "no link": ("/daftar", "tegal harum", "Tegal Harum", "[Saya sendiri]", "[Setuju]", "1"),
}


def known(kind: str, key: str = "") -> object:
    return FACTS[kind, key]


@pytest.mark.parametrize(
    "changed",
    [
        replace(SESSION, answers={}),
        replace(SESSION, answers={"enrolment.village": Given("51.71.03.2009")}),
        replace(SESSION, about={}),
        replace(SESSION, editing="enrolment.village"),
        replace(SESSION, offered=(("a", "b"),)),
        replace(SESSION, replaced=(("enrolment.village", Given("51.71.03.2001")),)),
        replace(SESSION, conversation="calculation"),
    ],
)
def test_a_walk_holds_until_something_changes_that_it_hangs_on(changed: Session) -> None:
    walked = Walked(SESSION, DAY, FACTS, RUN)
    assert walked.holds(replace(SESSION, turn=9, resting=True), DAY, known)
    assert not walked.holds(changed, DAY, known)
    assert not walked.holds(SESSION, DAY + timedelta(days=1), known)
    assert not walked.holds(SESSION, DAY, lambda kind, key="": ())


def test_no_more_is_kept_than_is_said_and_no_form_of_an_office() -> None:
    walks = Walks(most=2)
    for person in (1, 2, 1, 3):
        walks.keep(person, Walked(SESSION, DAY, FACTS, RUN))
    found = [walks.find(person, SESSION, DAY, known) for person in (1, 2, 3)]
    assert found == [RUN, None, RUN]
    desk = Session("desk")
    walks.keep(1, Walked(desk, DAY, {}, RUN))
    assert walks.find(1, desk, DAY, known) is None


def test_a_programme_that_closes_in_the_midst_is_closed_at_the_next_answer(house: House) -> None:
    stage = over(house)
    act(stage, "worker", *TO_NAME)
    with transaction(house.engine) as db:
        programmes.set_open(db, "denpasar", False, stage.clock())
    [text] = said(stage, "worker", WAYAN.name)
    assert "belum dibuka" in text


def played(house: House, way: tuple[str, ...], forgetting: bool) -> list[str]:
    """What is said on a way from the beginning, without the random code of a sign-up."""
    clear(house.engine)
    stage, replies = over(house), []
    for what in way:
        if forgetting:
            sessions._WRITTEN.clear()
        replies += said(stage, "worker", what)
    return [CODE.sub("KODE", text) for text in replies]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_process_that_kept_nothing_says_the_same(house: House, way: tuple[str, ...]) -> None:
    forgetful = replace(house, walks=Walks(most=0))
    assert played(house, way, False) == played(forgetful, way, True)
