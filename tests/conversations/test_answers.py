"""Answers to questions in people's own words: what they name, on which day, and for whom."""

from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

from bot.doors import PRESSES
from bot.replies import Page
from bot.texts import Texts
from conversations.answers import DETAILS, FALLBACK, OWN, TOPICS, Answer, Asker, answer
from conversations.coverage import Covered, death_benefit, standing
from conversations.figures import FIGURES, figures
from conversations.model import Rupiah, Words
from conversations.steps import DOORS
from rules.coverage import Ledger
from rules.registration import State
from rules.sources import MOST_CITED, source
from tests.conversations.cover_cases import LEDGERS, paid
from tests.conversations.sayable import CATALOGUES, LANGUAGES, OPERATOR, fits

TODAY = date(2026, 11, 20)
BEFORE_ALL_RULES = date(2015, 1, 1)
DAYS = (date(2024, 6, 1), date(2026, 2, 1), TODAY, date(2027, 5, 1))
TEXTS = Texts(CATALOGUES, OPERATOR)
ROWS = {**TOPICS, **DETAILS}
NOT_IN_FORCE = Words("answer.not_in_force")
NOBODY = Asker()
WAITING = Covered(
    "A" * 16, "ABC-DEFG", "Ni Made Contoh", "Desa Contoh", State.PENDING, Words("cover.payer.self")
)
MEMBER = Covered(
    "B" * 16,
    "ABC-DEFH",
    "I Wayan Contoh",
    "Desa Contoh",
    State.ACTIVE,
    Words("cover.payer.village"),
    LEDGERS["covered in full"],
    "12345678901",
)
OF_COVER = {
    "coverage.period": standing,
    "coverage.lapsed": standing,
    "jkm.amount": death_benefit,
}


def paragraphs(found: Answer, language: str = "id") -> list[str]:
    return [TEXTS.plain(words, language) for words in found.words]


def said(topic: str, on: date, asker: Asker = NOBODY) -> str:
    return "\n\n".join(paragraphs(answer(topic, on, asker)))


def general(topic: str, on: date) -> Words:
    """What is said to anybody, without the sources."""
    return answer(topic, on, NOBODY).words[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", ROWS)
def test_an_answer_names_just_the_figures_of_its_row(topic: str, language: str) -> None:
    sentence = CATALOGUES[language][f"answer.{topic}"]
    named = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    assert named - set(OPERATOR) == set(ROWS[topic].figures)
    assert named <= {*FIGURES, *OPERATOR}


@pytest.mark.parametrize("topic", ROWS)
def test_every_answer_ends_with_the_first_of_its_sources_in_short(topic: str) -> None:
    shorts = list(dict.fromkeys(source(key).short for key in ROWS[topic].sources))
    last = paragraphs(answer(topic, TODAY, NOBODY))[-1]
    if topic == FALLBACK:
        assert "Sumber" not in last
    else:
        assert last == f"Sumber: {'; '.join(shorts[:MOST_CITED])}"


@pytest.mark.parametrize("topic", ROWS)
def test_every_next_step_opens_something_else(topic: str) -> None:
    buttons = answer(topic, TODAY, NOBODY).buttons
    for step, (words, data) in zip(ROWS[topic].next, buttons, strict=True):
        head, kind, key = data.split(":")
        assert head == "open"
        assert kind in PRESSES
        assert (kind, key) == ((step, "") if step in DOORS else ("topic", step))
        assert step in DOORS or step in ROWS.keys() - {topic, FALLBACK}
        assert all(words.key in CATALOGUES[language] for language in LANGUAGES)


def test_every_detail_stands_behind_a_button_of_some_answer() -> None:
    led_to = {step for row in TOPICS.values() for step in row.next}
    assert DETAILS.keys() <= led_to
    assert DETAILS.keys().isdisjoint(TOPICS)


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("topic", ROWS)
def test_an_answer_can_be_said_on_every_day_of_the_programme(topic: str, on: date) -> None:
    found = answer(topic, on, NOBODY)
    assert topic in DETAILS or NOT_IN_FORCE not in found.words
    for language in LANGUAGES:
        page = Page(TEXTS, 6_000_000_001, language)
        rows = [[(page.label(words), data)] for words, data in found.buttons]
        fits(page.message(found.words, page.inline(rows)))


@pytest.mark.parametrize("topic", ROWS)
def test_no_amount_is_named_for_a_day_that_no_rule_reaches(topic: str) -> None:
    with_rules = set(ROWS[topic].figures) - {"report_by"}  # without a rule: as soon as possible
    assert (general(topic, BEFORE_ALL_RULES) == NOT_IN_FORCE) == bool(with_rules)
    told = said(topic, BEFORE_ALL_RULES)
    assert "Rp" not in told
    assert not with_rules or "Sumber" not in told


def test_a_topic_that_is_none_is_an_error() -> None:
    with pytest.raises(KeyError):
        answer("nonsense", TODAY, NOBODY)
    with pytest.raises(KeyError):
        figures(["nonsense"], TODAY)


@pytest.mark.parametrize("topic", ["jkm.amount", "program.what"])
def test_a_death_before_the_rule_of_three_months_has_no_such_condition(topic: str) -> None:
    for on in (date(2024, 6, 1), date(2025, 2, 23)):
        told = said(topic, on)
        assert "Rp42.000.000" in told
        assert "bulan" not in told
    for on in (date(2025, 3, 1), TODAY):
        told = said(topic, on)
        assert "Rp42.000.000, kalau sudah 3 bulan ikut" in told
        assert "Rp10.000.000" in told
        assert "hari pertama" not in told


def test_on_the_days_that_no_source_settles_no_death_benefit_is_named() -> None:
    for on in (date(2025, 2, 24), date(2025, 2, 28)):
        assert general("jkm.amount", on) == NOT_IN_FORCE


def test_a_rejection_is_explained_by_three_months_only_since_that_rule() -> None:
    assert "3 bulan" in said("claim.rejected", TODAY)
    before = said("claim.rejected", date(2024, 6, 1))
    assert "0 bulan" not in before
    assert "3 bulan" not in before


def test_the_time_to_report_is_named_only_since_a_source_gives_one() -> None:
    assert "2 x 24 jam" in said("jkk.report", TODAY)
    assert "24 jam" not in said("jkk.report", date(2024, 6, 1))


# PP 50/2025 (domain.md 1.3.6): half for transport from January 2026 to March 2027, for all others
# from April to December 2026.
HALF, FULL = Rupiah(8_400), Rupiah(16_800)
TRANSPORT = {"full": FULL, "transport": HALF, "transport_until": date(2027, 3, 31)}
BOTH = {**TRANSPORT, "other": HALF, "other_until": date(2026, 12, 31)}


@pytest.mark.parametrize("topic", ["coverage.self_pay", "program.cost"])
@pytest.mark.parametrize(
    ("on", "price"),
    [
        (date(2025, 12, 31), {"full": FULL}),
        (date(2026, 1, 1), TRANSPORT),
        (date(2026, 3, 31), TRANSPORT),
        (date(2026, 4, 1), BOTH),
        (TODAY, BOTH),
        (date(2026, 12, 31), BOTH),
        (date(2027, 1, 1), TRANSPORT),
        (date(2027, 2, 1), TRANSPORT),
        (date(2027, 3, 31), TRANSPORT),
        (date(2027, 4, 1), {"full": FULL}),
        (date(2027, 5, 1), {"full": FULL}),
    ],
    ids=str,
)
def test_what_paying_oneself_costs_is_said_with_the_end_of_each_halved_price(
    topic: str, on: date, price: dict[str, object]
) -> None:
    self_pay = general(topic, on).params["self_pay"]
    assert isinstance(self_pay, Words)
    assert self_pay.params == price
    told = said(topic, on)
    assert "Rp16.800" in told
    assert ("Rp8.400" in told) == ("transport" in price)
    assert ("Rp8.400, sampai 31 Maret 2027" in told) == ("transport" in price)
    assert ("Rp8.400 sebulan, untuk iuran sampai 31 Desember 2026" in told) == ("other" in price)


def test_of_the_discount_nothing_is_said_after_its_end() -> None:
    assert "PP 50/2025" in said("coverage.self_pay", TODAY).split("Sumber")[0]
    assert "PP 50/2025" not in said("coverage.self_pay", date(2027, 5, 1)).split("Sumber")[0]


def test_what_a_government_pays_is_never_halved() -> None:
    for on in (TODAY, date(2027, 5, 1)):
        named = general("program.cost", on).params
        assert named["monthly"] == FULL
        assert named["yearly"] == Rupiah(201_600)


def personal(one: Covered) -> set[str]:
    """The topics that are answered to this person otherwise than to anybody."""
    asker = Asker((one,))
    return {
        topic for topic in TOPICS if answer(topic, TODAY, asker) != answer(topic, TODAY, NOBODY)
    }


def test_nobody_but_a_member_is_told_of_the_own_cover_or_card() -> None:
    assert personal(WAITING) == {"registration.status"}
    assert personal(MEMBER) == {*OWN, "registration.status"}
    assert OWN.keys() == {*OF_COVER, "registration.card", "scholarship"}


def test_who_asks_how_far_the_sign_up_is_gets_name_code_and_state_first() -> None:
    lines = paragraphs(answer("registration.status", TODAY, Asker((WAITING, MEMBER))))
    for line, one in zip(lines, (WAITING, MEMBER), strict=False):
        assert one.name in line
        assert one.code in line
        assert CATALOGUES["id"][f"state.{one.state}"] in line


@pytest.mark.parametrize("card", ["12345678901", "•••••••8901"])
def test_a_member_is_told_the_card_number_just_as_it_was_given(card: str) -> None:
    shown = replace(MEMBER, card=card)
    first = paragraphs(answer("registration.card", TODAY, Asker((WAITING, shown))))[0]
    assert first == f"Nomor peserta (KPJ) I Wayan Contoh: {card}"


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("topic", OF_COVER)
def test_the_answer_on_cover_begins_with_how_it_stands_with_the_member(
    topic: str, ledger: str
) -> None:
    one = replace(MEMBER, ledger=LEDGERS[ledger])
    found = answer(topic, TODAY, Asker((one,)))
    assert found.words[0] == OF_COVER[topic](one, TODAY)
    assert found.words[1:] == answer(topic, TODAY, NOBODY).words
    assert "Ni Made Contoh" not in said(topic, TODAY, Asker((WAITING, one)))


def test_of_several_members_each_has_a_line() -> None:
    other = replace(MEMBER, name="I Nyoman Contoh")
    lines = paragraphs(answer("coverage.period", TODAY, Asker((MEMBER, WAITING, other))))
    assert "I Wayan Contoh" in lines[0]
    assert "I Nyoman Contoh" in lines[1]
    assert "Ni Made Contoh" not in "".join(lines)


def test_the_places_of_the_village_are_named_where_they_are_known() -> None:
    seats = Words("answer.program.quota.seats", {"village": "Desa Contoh", "used": 7, "cap": 100})
    known = Asker(seats=seats)
    assert answer("program.quota", TODAY, known).words[1] == seats
    for part in ("Desa Contoh", "7", "100"):
        assert part in paragraphs(answer("program.quota", TODAY, known))[1]
    for topic in TOPICS.keys() - {"program.quota"}:
        assert answer(topic, TODAY, known) == answer(topic, TODAY, NOBODY)


def test_the_office_in_charge_is_named_where_it_is_known() -> None:
    known = Asker(office="Dinas Sosial Contoh")
    told = said("contact", TODAY, known)
    assert "Dinas Sosial Contoh" in told
    assert f"{OPERATOR['operator']}, {OPERATOR['contact']}" in told
    for topic in TOPICS.keys() - {"contact"}:
        assert answer(topic, TODAY, known) == answer(topic, TODAY, NOBODY)


def test_a_warning_of_fraud_says_where_to_report_it_and_that_all_is_free() -> None:
    told = said("scam", TODAY)
    for part in ("penipuan", "gratis", "175", "petugas desa", "Jangan kirim uang"):
        assert part in told, part


@pytest.mark.parametrize(
    ("months", "key"), [(12, "cover.scholarship.too_few"), (40, "cover.scholarship.enough")]
)
def test_a_member_learns_whether_the_years_for_a_scholarship_are_reached(
    months: int, key: str
) -> None:
    first = date(2026, 11, 1) if months == 12 else date(2023, 8, 1)
    ledger = Ledger(first, paid(first, months))
    one = replace(WAITING, state=State.ACTIVE, ledger=ledger)
    first_words = answer("scholarship", TODAY, Asker(covers=(one,))).words[0]
    assert first_words.key == key
    assert first_words.params["scholarship_years"] == 3
