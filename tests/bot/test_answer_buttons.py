"""What stands under answers and offers: buttons that open something, and leave what was open."""

from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest

from bot.stage import Stage, appoint, enlist, open_stage
from conversations.answers import FALLBACK
from conversations.steps import DOORS
from storage import registrations
from storage.database import transaction
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import plain_text
from tests.on_stage import (
    ANSWER,
    LINK,
    QUESTION,
    TO_ABLE,
    TO_OCCUPATION,
    act,
    asked_in_between,
    forge,
    labels,
    last,
    opening,
    said,
    standing,
)
from tests.people import WAYAN, Person

STALE = opening("turn.stale")
VAGUE = ("saya jatuh kemarin, gimana", "uangnya mana", "dapat apa", "gimana caranya")
KETUT = Person("5171031206850009", "I Ketut Contoh")
NYOMAN = Person("5171031206850008", "I Nyoman Contoh")
numbers = count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One stage for all: everybody who comes is new to it."""
    with open_stage(date(2026, 11, 20)) as stage:
        appoint(stage, "officer", TEGAL_HARUM)
        yield stage


@pytest.fixture(scope="module")
def owner(stage: Stage) -> str:
    """Somebody whose sign-up is at the desk, or was decided there."""
    act(stage, "owner", LINK, *WAYAN.answers)
    return "owner"


@pytest.fixture
def who() -> str:
    """Somebody who never wrote before."""
    return f"worker{next(numbers)}"


def test_pressing_a_topic_in_the_middle_of_a_form_is_answered_likewise(
    stage: Stage, who: str
) -> None:
    act(stage, who, *TO_ABLE)
    asked_in_between(stage, who, QUESTION)
    before = standing(stage, who)
    answer, again = said(stage, who, "[Cara mengurus santunan kematian]")
    assert opening("answer.jkm.how_to") in answer
    assert "keadaan badan" in again
    assert standing(stage, who) == before
    assert "Apakah ada yang cocok" in said(stage, who, "[Bisa bekerja seperti biasa]")[0]


def test_buttons_shown_before_a_question_still_answer_and_older_ones_still_do_not(
    stage: Stage, who: str
) -> None:
    act(stage, who, LINK, "[Saya sendiri]")
    shown = last(stage, who)
    asked_in_between(stage, who, "ini bayar ga sih")
    stage.chat(who).said = [shown]
    assert "Ketik NIK" in said(stage, who, "[Setuju]")[0]
    stage.chat(who).said = [shown]
    assert STALE in said(stage, who, "[Setuju]")[0]


def unsure(stage: Stage) -> list[str]:
    """Texts of which the bot itself says that it is not sure."""
    guesses = {text: stage.house.topics.guess(text) for text in VAGUE}
    return [text for text, one in guesses.items() if one.topic == FALLBACK and one.nearest]


def test_where_it_is_not_sure_at_most_three_topics_are_offered(stage: Stage, who: str) -> None:
    act(stage, who, *TO_ABLE)
    assert unsure(stage)
    for text in unsure(stage):
        [offer] = asked_in_between(stage, who, text)
        assert opening("answer.which") in plain_text(offer)
        *topics, other = labels(offer)
        assert 2 <= len(topics) <= 3
        assert other == opening("answer.which.other")


def test_who_means_none_of_the_offered_topics_is_helped_on(stage: Stage, who: str) -> None:
    act(stage, who, unsure(stage)[0])
    [told] = said(stage, who, "[Bukan semuanya]")
    for part in (opening("answer.fallback"), "/start", "kantor desa", "175"):
        assert part in told, part
    act(stage, who, *TO_ABLE, unsure(stage)[0])
    _, again = said(stage, who, "[Bukan semuanya]")
    assert "keadaan badan" in again


def test_a_forged_press_opens_nothing(stage: Stage, who: str) -> None:
    act(stage, who, LINK, "[Saya sendiri]")
    before = standing(stage, who)
    for key in ("topic:nonsense", "topic:", "topic:PROGRAM.WHAT", "nonsense:", ":", "topic"):
        assert STALE in forge(stage, who, f"open:{key}")[0], key
        assert standing(stage, who) == before, key


def test_a_forged_press_never_shows_somebody_elses_cover(
    stage: Stage, who: str, owner: str
) -> None:
    with transaction(stage.house.engine) as db:
        theirs = registrations.of_person(db, stage.chat(owner).id)[0].id
    [told] = forge(stage, who, f"open:coverage:{theirs}")
    assert WAYAN.name not in told
    assert opening("cover.stranger") in told
    assert WAYAN.name in forge(stage, owner, f"open:coverage:{theirs}")[0]


def test_every_kind_of_next_step_opens_something(stage: Stage, who: str) -> None:
    for key in (*(f"{door}:" for door in sorted(DOORS)), f"topic:{FALLBACK}", "topic:scholarship"):
        told = forge(stage, who, f"open:{key}")
        assert told
        assert STALE not in "".join(told), key


def test_after_a_sign_up_was_refused_one_can_ask_and_still_go_back(stage: Stage, who: str) -> None:
    act(stage, who, *TO_OCCUPATION, "[Petani]", "[Belum pernah bekerja]")
    [told] = said(stage, who, QUESTION)
    assert ANSWER in told
    assert "Bekerja sebagai Petani" in said(stage, who, "[Ubah jawaban terakhir]")[0]


def test_an_officer_who_asks_at_the_desk_is_answered_and_the_card_stays_good(
    stage: Stage, owner: str
) -> None:
    act(stage, "officer", "/petugas")
    card = said(stage, "officer", "[Satu per satu]")[0]
    [told] = said(stage, "officer", QUESTION)
    assert ANSWER in told
    assert "menyatakan" in said(stage, "officer", "[Sahkan]")[0]
    said(stage, "officer", QUESTION)
    decided = said(stage, "officer", "[Ya, saya tahu]")[0]
    assert "disahkan" in decided
    assert decided.removeprefix("✅ ").split(" (")[0] in card


def test_an_officer_who_asks_while_writing_a_member_down_goes_on_there(
    stage: Stage, who: str
) -> None:
    act(stage, who, LINK, *NYOMAN.answers)
    enlist(stage, who, "12345678901", "2026-11-20", "1")
    act(stage, "officer", "/peserta")
    for text in (QUESTION, unsure(stage)[0]):
        asked_in_between(stage, "officer", text)
    act(stage, "officer", "nyoman")
    asked_in_between(stage, "officer", QUESTION)
    act(stage, "officer", "/start")


def test_the_question_of_an_officer_to_a_worker_reaches_the_worker(
    stage: Stage, who: str, owner: str
) -> None:
    act(stage, who, LINK, *KETUT.answers)
    act(stage, "officer", "/petugas")
    rows = last(stage, "officer")["reply_markup"]["inline_keyboard"]
    labels = [button["text"] for row in rows for button in row]
    act(stage, "officer", next(f"[{one}]" for one in labels if "Satu per satu" in one))
    for _ in range(9):
        if KETUT.name not in plain_text(last(stage, "officer")):
            act(stage, "officer", "[Nanti]")
    act(stage, "officer", "[Kembalikan]", "[Tanggal lahir]")
    question = "NIK beda dengan tanggal lahir, yang benar mana?"
    told = [plain_text(call) for whom, call in stage.do("officer", question) if whom == who]
    assert any(question in text for text in told)
