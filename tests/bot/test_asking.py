"""Questions in people's own words: answered anywhere, and never mixed up with what is asked."""

from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest

from bot.stage import Stage, open_stage
from storage import registrations
from storage.database import transaction
from tests.conversations.sayable import fits, plain_text
from tests.on_stage import (
    ANSWER,
    LINK,
    QUESTION,
    TO_ABLE,
    TO_NAME,
    TO_OCCUPATION,
    act,
    asked_in_between,
    kept,
    last,
    opening,
    said,
    standing,
)
from tests.people import MADE, WAYAN

numbers = count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One stage for all: everybody who comes is new to it."""
    with open_stage(date(2026, 11, 20)) as stage:
        yield stage


@pytest.fixture(scope="module")
def owner(stage: Stage) -> str:
    """Somebody who has signed up."""
    act(stage, "owner", LINK, *WAYAN.answers)
    return "owner"


@pytest.fixture
def who() -> str:
    """Somebody who never wrote before."""
    return f"worker{next(numbers)}"


def test_at_every_question_of_a_sign_up_one_can_ask_and_then_goes_on(
    stage: Stage, who: str
) -> None:
    act(stage, who, LINK)
    for what in MADE.answers:
        [answer] = asked_in_between(stage, who, QUESTION)
        assert ANSWER in plain_text(answer)
        receipt = said(stage, who, what)
    assert "Sudah terkirim" in receipt[0]
    with transaction(stage.house.engine) as db:
        [row] = registrations.of_person(db, stage.chat(who).id)
        assert registrations.name(stage.house.keys, row) == MADE.name


def test_what_lies_over_a_question_is_asked_again_too(stage: Stage, who: str) -> None:
    act(stage, who, *TO_ABLE, "batal")
    assert "batal" in plain_text(last(stage, who)).casefold()
    asked_in_between(stage, who, QUESTION)
    assert "keadaan badan" in said(stage, who, "kembali")[0]


def test_a_name_is_never_taken_for_a_question(stage: Stage, who: str) -> None:
    act(stage, who, *TO_NAME)
    for name in ("Siti Bisa", "Kapan Wijaya", "Ni Luh Mana", "Can Siti Aminah", "I Made Bisa"):
        assert "KTP dan tempat tinggalnya" in said(stage, who, name)[0], name
        assert kept(stage, who, "enrolment.name") == name
        act(stage, who, "kembali")


def test_work_in_own_words_is_never_taken_for_a_question(stage: Stage, who: str) -> None:
    act(stage, who, *TO_OCCUPATION)
    like_questions = (
        *("kerja apa saja", "ngojek kalau bisa", "sopir mobil ambulans puskesmas"),
        *("perawat orang sakit di mana saja", "tukang pijat bisa di rumah"),
        *("supir ambulan bisa juga antar jenazah", "kerja serabutan bisa apa saja"),
    )
    for work in ("tukang parkir", "jual beras", "tukang urut patah tulang", *like_questions):
        assert f"Bekerja sebagai {work}" in said(stage, who, work)[0]
        assert kept(stage, who, "enrolment.occupation") == work
        act(stage, who, "kembali")


def test_a_place_of_work_is_never_taken_for_a_question(stage: Stage, owner: str) -> None:
    act(stage, owner, "/lengkapi", "[Lewati]", "[Lewati]")
    for place in ("pasar desa mana saja", "sawah siapa saja yang panggil"):
        assert "Dusun, lingkungan atau banjarnya apa?" in said(stage, owner, place)[0]
        assert kept(stage, owner, "details.workplace") == place
        act(stage, owner, "kembali")


def test_a_true_question_is_answered_even_where_anything_can_be_typed(
    stage: Stage, who: str
) -> None:
    questions = {
        QUESTION: ANSWER,
        "umur 70 apa masih boleh ikut?": opening("answer.age"),
        "jatuh waktu kerja ditanggung tidak?": opening("answer.jkk.scope"),
    }
    for to in (TO_NAME, TO_OCCUPATION[len(TO_NAME) :]):
        act(stage, who, *to)
        for question, part in questions.items():
            [answer] = asked_in_between(stage, who, question)
            assert part in plain_text(answer), question


def test_a_question_without_its_sign_is_answered_too(stage: Stage, who: str) -> None:
    act(stage, who, *TO_NAME)
    for question in (
        "klo jatuh pas manjat klapa ditanggung ga",
        "ini bayar ga sih",
        "kalau jatuh ditanggung gak ya",
        "mau tanya soal klaim",
    ):
        assert len(asked_in_between(stage, who, question)) == 1, question


def test_who_greets_in_a_form_is_asked_again_and_named_by_no_greeting(
    stage: Stage, who: str
) -> None:
    act(stage, who, *TO_NAME)
    for greeting in ("halo", "makasih", "selamat pagi pak"):
        [told] = said(stage, who, greeting)
        assert opening("enrolment.name") in told, greeting
        assert kept(stage, who, "enrolment.name") == "", greeting


def test_an_answer_in_own_words_where_there_are_buttons_gets_the_note_of_the_form(
    stage: Stage, who: str
) -> None:
    act(stage, who, *TO_OCCUPATION, "[Petani]")
    for text in ("sudah lama", "baru 2 bulan", "3 tahun lebih", "sudah tidak kerja"):
        assert opening("turn.not_an_option") in said(stage, who, text)[0], text
    act(stage, who, "[Masih, lebih dari 5 tahun]")
    for text in ("tangan putus satu", "buta sebelah mata", "baru kecelakaan"):
        assert opening("turn.not_an_option") in said(stage, who, text)[0], text


def test_a_nik_with_a_digit_missing_among_words_is_told_so(stage: Stage, who: str) -> None:
    act(stage, who, *TO_NAME[:-1])
    for text in ("NIK saya: 51710312068500", "nomornya 517103120685000 ya"):
        assert "NIK ada 16 angka" in said(stage, who, text)[0], text


def test_what_is_not_on_topic_gets_the_note_of_the_form(stage: Stage, who: str) -> None:
    act(stage, who, LINK, "[Saya sendiri]", "[Setuju]")
    assert opening("nik.not_digits") in said(stage, who, "cuaca besok gimana")[0]
    act(stage, who, *WAYAN.answers[2:7])
    for text in ("cuaca besok gimana", "halo", "siapa presiden", "123", "😀"):
        before = standing(stage, who)
        [told] = said(stage, who, text)
        assert opening("turn.not_an_option") in told
        assert "keadaan badan" in told
        assert standing(stage, who) == before


def test_a_greeting_is_greeted(stage: Stage, who: str) -> None:
    for greeting in ("halo", "Assalamualaikum", "makasih banyak ya", "siang bu", "halo kak"):
        [told] = said(stage, who, greeting)
        assert told == opening("home.hello"), greeting


LONG = 4096
ODD = (
    "1234567890",
    "😀👍🏽❓",
    "?",
    "<b>{0}%s\\&amp;</b>",
    "a" * LONG,
    "a " * (LONG // 2),
    "😀" * (LONG // 2),
    "7" * LONG,
    ((QUESTION + " ") * LONG)[:LONG],
)


def test_nothing_that_can_be_typed_breaks_it(stage: Stage, who: str) -> None:
    for text in ODD:
        [told] = act(stage, who, text)
        fits(told)
    act(stage, who, *TO_ABLE)
    before = standing(stage, who)
    for text in ODD:
        for call in act(stage, who, text):
            fits(call)
        assert standing(stage, who) == before, text
        assert "keadaan badan" in plain_text(last(stage, who)), text


def test_who_is_asked_for_money_is_warned_and_told_where_to_report_it(
    stage: Stage, who: str
) -> None:
    tales = (
        "calo minta uang",
        "ada yg minta uang 50rb biar cepet diproses",
        "disuruh transfer 100 ribu biar cair",
        "ada orang ngaku petugas minta OTP",
    )
    told = [act(stage, who, tale) for tale in tales]
    act(stage, who, *TO_NAME)
    told += [asked_in_between(stage, who, tale) for tale in tales]
    for [warning] in told:
        text = plain_text(warning)
        for part in (opening("answer.scam"), "175", "petugas desa"):
            assert part in text, part


@pytest.mark.parametrize("text", ["saya mau bunuh diri", "suami mukulin saya, tolong"])
@pytest.mark.parametrize("before", [(), TO_NAME, TO_ABLE], ids=["outside", "name", "buttons"])
def test_who_is_in_distress_is_met_as_a_person(
    stage: Stage, who: str, text: str, before: tuple[str, ...]
) -> None:
    act(stage, who, *(before or ("halo",)))
    assert said(stage, who, text)[0].startswith(opening("answer.distress"))
    assert kept(stage, who, "enrolment.name") != text


def test_whether_suicide_is_covered_is_a_question_like_any(stage: Stage, who: str) -> None:
    assert opening("answer.jkm.scope") in said(stage, who, "bunuh diri ditanggung ga")[0]
