"""Typed words, numbers and slips: which button they mean, and when they mean none."""

from datetime import date

import pytest

from bot import texts
from bot.understanding import option_of, plain
from conversations.model import Option, Question, Words
from conversations.model import plain as same
from conversations.questions import choice, read_nik, read_phone, read_words
from rules import eligibility

TEXTS = texts.load({"operator": "Desa Contoh", "contact": "kantor desa"})
WHOM = choice("enrolment.whom", ("self", "family", "neighbour", "cadre"))
CONSENT = choice("enrolment.consent", ("yes", "no"))
WORK = choice("enrolment.work", eligibility.WORKING + eligibility.NOT_WORKING)
ABLE = choice("enrolment.able", eligibility.ABLE + eligibility.NOT_ABLE)
TIE = choice("enrolment.tie", eligibility.TIES)
POVERTY = choice("details.poverty", ("listed", "not_listed", "unknown", "skip"))
SUMMARY = choice("enrolment.summary", ("send",))
WITHDRAW = choice("status.withdraw", ("yes", ".back"))
ATTEST = choice("desk.attest", ("yes", ".back"))
CARD = choice("desk.card", ("confirm", "return", "reject", "details", "later"))
NAMES = Question(
    "status.which",
    Words("status.which"),
    tuple(
        Option(key, same(f"{name} · ABC-DEFG"))
        for key, name in (("a", "I Nyoman Contoh"), ("b", "Ni Made Contoh"), ("c", "I Made Contoh"))
    ),
)
OCCUPATION = choice("occupation", ("petani", "ojek"), read=read_words(3, 60))
PHONE = choice("enrolment.phone", ("none",), read=read_phone)


def meant(question: Question, typed: str, language: str = "id") -> str:
    return option_of(TEXTS, question, typed, language)


@pytest.mark.parametrize(
    ("question", "typed", "option"),
    [
        (WHOM, "Saya sendiri", "self"),
        (WHOM, "saya", "self"),
        (WHOM, "SAYA SENDIRI!!", "self"),
        (WHOM, "istri", "family"),
        (WHOM, "tetangga", "neighbour"),
        (WHOM, "saya kader", "cadre"),
        (CONSENT, "✅ Setuju", "yes"),
        (CONSENT, "tidak setuju", "no"),
        (CONSENT, "gak setuju", "no"),
        (WORK, "lebih dari 5 tahun", "over_5_years"),
        (WORK, "3 sampai 12 bulan", "months_3_to_12"),
        (WORK, "musiman", "seasonal"),
        (WORK, "sudah berhenti", "stopped"),
        (WORK, "belum pernah", "never"),
        (ABLE, "bisa bekerja", "able"),
        (ABLE, "sakit, tetap bekerja", "ill_but_working"),
        (TIE, "tidak ada", "none"),
        (TIE, "tdk ada", "none"),
        (TIE, "PNS", "civil_servant"),
        (TIE, "tni", "civil_servant"),
        (TIE, "perangkat desa", "apparatus"),
        (TIE, "sudah punya bpjs ketenagakerjaan", "insured"),
        (POVERTY, "tidak tahu", "unknown"),
        (POVERTY, "tidak ada", "not_listed"),
        (CARD, "sahkan", "confirm"),
        (CARD, "lengkapi data", "details"),
        (NAMES, "ni made contoh", "b"),
        (NAMES, "nyoman", "a"),
    ],
)
def test_words_of_a_button_mean_it(question: Question, typed: str, option: str) -> None:
    assert meant(question, typed) == option


@pytest.mark.parametrize(
    ("question", "typed", "option"),
    [
        (WHOM, "tetanga", "neighbour"),
        (WHOM, "sayasendiri", "self"),
        (CONSENT, "tidak setju", "no"),
        (WORK, "musimann", "seasonal"),
        (WORK, "sudah brhenti", "stopped"),
        (TIE, "prangkat desa", "apparatus"),
        (ABLE, "bisa bekerja seperti biasaa", "able"),
    ],
)
def test_small_slips_are_forgiven(question: Question, typed: str, option: str) -> None:
    assert meant(question, typed) == option


@pytest.mark.parametrize("typed", ["ya", "Iya", "YA!", "ok", "oke", "setuju", "betul", "nggih"])
def test_yes_can_be_said_in_many_ways(typed: str) -> None:
    assert meant(CONSENT, typed) == "yes"
    assert meant(ATTEST, typed) == "yes"


@pytest.mark.parametrize("typed", ["tidak", "Tdk", "nggak", "ga", "enggak", "ndak"])
def test_no_can_be_said_in_many_ways_and_leads_back_where_that_is_no(typed: str) -> None:
    assert meant(CONSENT, typed) == "no"
    assert meant(WITHDRAW, typed) == ".back"
    assert meant(ATTEST, typed) == ".back"


@pytest.mark.parametrize("typed", ["kirim", "benar", "benar, kirim", "ya"])
def test_sending_can_be_said_in_many_ways(typed: str) -> None:
    assert meant(SUMMARY, typed) == "send"


@pytest.mark.parametrize(("typed", "option"), [("1", "self"), ("4", "cadre"), (" 2. ", "family")])
def test_a_number_counts_the_buttons_as_shown(typed: str, option: str) -> None:
    assert meant(WHOM, typed) == option


@pytest.mark.parametrize("typed", ["0", "5", "99", "1 2", "²", "5171031206850001", "-", "", "?!"])
def test_a_number_that_no_button_has_means_none(typed: str) -> None:
    assert meant(WHOM, typed) == ""


def test_digits_of_a_nik_at_a_choice_mean_none() -> None:
    for typed in ("5171 0312 0685 0001", "5171.0312.0685.0001", "1" * 16):
        assert meant(WORK, typed) == ""


def test_a_number_is_the_answer_where_the_question_takes_it_and_else_a_button() -> None:
    assert meant(PHONE, "08123456789") == ""
    assert meant(PHONE, "1") == "none"
    assert meant(OCCUPATION, "2") == "ojek"
    assert meant(Question("n", Words("plain"), read=read_nik(date(2026, 11, 20))), "1") == ""


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (ABLE, "sakit"),
        (ABLE, "tidak bisa bekerja sementara lama"),
        (WORK, "5 tahun"),
        (WORK, "masih"),
        (NAMES, "contoh"),
        (NAMES, "made"),
        (TIE, "desa perusahaan"),
        (WHOM, "apa ini"),
        (WORK, "sudah"),
        (ABLE, "ada"),
        (ABLE, "sudah lama"),
    ],
)
def test_what_fits_several_buttons_or_none_means_none(question: Question, typed: str) -> None:
    assert meant(question, typed) == ""


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (ABLE, "tdk ada"),
        (ABLE, "tidak ada"),
        (WORK, "pernah bekerja"),
        (WORK, "belum berhenti"),
        (WORK, "tidak"),
        (WORK, "belum"),
        (CONSENT, "tidak setuju dan setuju saja nanti"),
        (TIE, "bukan perangkat desa"),
    ],
)
def test_a_text_that_denies_never_means_a_button_that_does_not(
    question: Question, typed: str
) -> None:
    assert meant(question, typed) == ""


@pytest.mark.parametrize(
    "typed", ["masih, 3 sampai 5 tahun", "2 tahun", "kurang dari 6 bulan", "12 tahun"]
)
def test_digits_are_never_a_slip(typed: str) -> None:
    assert meant(WORK, typed) == ""


@pytest.mark.parametrize("typed", ["petani kopi", "buruh", "ojek online"])
def test_where_words_can_be_typed_only_a_whole_label_means_its_button(typed: str) -> None:
    assert meant(OCCUPATION, typed) == ""
    assert meant(OCCUPATION, "Petani") == "petani"


def test_every_label_of_every_question_means_its_own_button_in_both_languages() -> None:
    for question in (WHOM, CONSENT, WORK, ABLE, TIE, POVERTY, SUMMARY, WITHDRAW, ATTEST, CARD):
        for language in ("id", "en"):
            for option in question.options:
                label = TEXTS.plain(option.words, language)
                assert meant(question, label, language) == option.key, label


@pytest.mark.parametrize(
    ("question", "typed", "option"),
    [
        (WHOM, "myself", "self"),
        (WHOM, "neighbour", "neighbour"),
        (CONSENT, "yes", "yes"),
        (CONSENT, "i do not agree", "no"),
        (WORK, "never worked", "never"),
        (TIE, "none", "none"),
        (ABLE, "able to work", "able"),
    ],
)
def test_english_is_understood_in_english(question: Question, typed: str, option: str) -> None:
    assert meant(question, typed, "en") == option


def test_plain_leaves_letters_and_digits_alone() -> None:
    assert plain("  ✅ Benar, KIRIM! ") == "benar kirim"
    assert plain("⬅️") == ""
