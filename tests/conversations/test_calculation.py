"""What if: each kind of event, counted through the engine, with what it hangs on."""

from collections.abc import Sequence
from datetime import date

import pytest

from bot.texts import Texts
from conversations.calculation import AGES, LEVELS, MOST_MONTHS, SPANS, WHAT, calculation
from conversations.model import Ask, Known, Outcome, Rupiah, Session, Words
from conversations.outcomes import Say
from tests.conversations import cases
from tests.conversations.sayable import CATALOGUES, LANGUAGES, OPERATOR
from tests.conversations.talk import TODAY, Talk

TEXTS = Texts(CATALOGUES, OPERATOR)
DEATH = ("[other_death]", "[today]")
TWO_IN_TK = ("[children]", "[accident]", "[2]", "[tk]", "[4]", "[tk]", "[4]")


def talk_on(day: date = TODAY) -> Talk:
    """A calculation in which it is this day."""

    def that_day(ask: Ask, known: Known, _today: date) -> Outcome:
        return calculation(ask, known, day)

    return Talk(that_day, Session("calculation"), cases.Known())


def result(answers: Sequence[str], day: date = TODAY) -> Words:
    talk = talk_on(day)
    talk.answer(*answers)
    outcome = talk.outcome
    assert isinstance(outcome, Say), talk.open
    return outcome.words


def text(answers: Sequence[str], day: date = TODAY) -> str:
    return TEXTS.plain(result(answers, day))


def lines(words: Words) -> tuple[Words, ...]:
    found = words.params["lines"]
    assert isinstance(found, tuple)
    return found


def conditions(words: Words) -> set[str]:
    found = words.params["conditions"]
    assert isinstance(found, tuple)
    return {condition.key for condition in found}


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        ((*DEATH, "[enough]", "[one]"), 42_000_000),
        ((*DEATH, "[enough]", "[two]"), 74_000_000),
        (("[accident_death]", "[today]"), 70_000_000),
        (("[disability]", "[total]"), 68_000_000),
        (TWO_IN_TK, 174_000_000),
    ],
    ids=str,
)
def test_what_a_family_receives_in_all(answers: tuple[str, ...], total: int) -> None:
    *parts, last = lines(result(answers))
    assert last.params == {"total": Rupiah(total)}
    amounts = [part.params["amount"] for part in parts]
    assert sum(one.amount for one in amounts if isinstance(one, Rupiah)) == total


@pytest.mark.parametrize("memberships", ["one", "two"])
@pytest.mark.parametrize("how_long", ["too_few", "lapsed"])
def test_short_of_three_months_or_after_a_lapse_only_the_funeral_is_sure(
    how_long: str, memberships: str
) -> None:
    words = result((*DEATH, f"[{how_long}]", f"[{memberships}]"))
    assert lines(words) == (Words("benefit.funeral", {"amount": Rupiah(10_000_000)}),)
    assert "condition.three_months" in conditions(words)
    assert ("unsettled.jkm_after_lapse" in conditions(words)) == (how_long == "lapsed")
    assert "42.000.000" not in TEXTS.plain(words)


@pytest.mark.parametrize("typed", ["1-6-2024", "1 Juni 2024"])
def test_of_a_death_in_2024_no_months_are_asked(typed: str) -> None:
    talk = talk_on()
    talk.answer("[other_death]", typed)
    assert talk.open == "calculation.memberships"
    words = result(("[other_death]", typed, "[one]"))
    assert lines(words)[-1] == Words("calculation.total", {"total": Rupiah(42_000_000)})
    assert "condition.three_months" not in conditions(words)
    talk = talk_on()
    talk.answer(*DEATH)
    assert talk.open == "calculation.months"


def test_of_a_death_on_days_that_no_source_settles_nothing_is_counted() -> None:
    assert result(("[other_death]", "26-2-2025")) == Words("answer.not_in_force")


@pytest.mark.parametrize("typed", ["kapan ya", "21-11-2026", "31-2-2026", ""])
def test_a_day_that_cannot_be_is_refused_and_asked_again(typed: str) -> None:
    talk = talk_on()
    talk.press("accident_death")
    assert talk.type(typed).note == Words("calculation.when.unclear")
    assert talk.open == "calculation.when"


@pytest.mark.parametrize(
    ("way", "named"),
    [
        ("land", {"Rp5.000.000"}),
        ("sea", {"Rp2.000.000"}),
        ("air", {"Rp10.000.000"}),
        ("land_sea", {"Rp5.000.000", "Rp2.000.000"}),
    ],
)
def test_each_way_to_the_hospital_has_its_own_limit(way: str, named: set[str]) -> None:
    told = text(("[hurt]", f"[{way}]"))
    limits = {"Rp5.000.000", "Rp2.000.000", "Rp10.000.000"}
    assert {limit for limit in limits if limit in told} == named
    for part in ("tanpa batas jumlah", "Rp20.000.000", "Rp1.000.000", "Simpan kuitansi"):
        assert part in told, part
    assert "Jumlah" not in told


def test_each_percent_of_a_lasting_injury_is_counted_by_the_table() -> None:
    [line] = lines(result(("[disability]", "[part]")))
    assert line.params["percent"] == 1
    assert line.params["amount"] == Rupiah(800_000)


@pytest.mark.parametrize(
    ("span", "full", "reduced"),
    [("[3m]", 3, 0), ("13", 3, 0), ("[12m]", 12, 0), ("[18m]", 12, 6), ("78 minggu", 12, 6)],
)
def test_income_is_replaced_in_full_for_a_year_and_by_half_afterwards(
    span: str, full: int, reduced: int
) -> None:
    counted = {line.key: line.params for line in lines(result(("[unable]", span)))}
    assert counted["benefit.wage_full"] == {
        "months": full,
        "monthly": Rupiah(1_000_000),
        "amount": Rupiah(full * 1_000_000),
    }
    if reduced:
        assert counted["benefit.wage_reduced"]["amount"] == Rupiah(reduced * 500_000)
        assert counted["calculation.total"] == {"total": Rupiah(15_000_000)}
    else:
        assert len(counted) == 1


def test_of_less_than_a_month_the_price_of_a_month_is_named() -> None:
    for span in ("[2w]", "3 minggu"):
        words = result(("[unable]", span))
        monthly = {"monthly": Rupiah(1_000_000)}
        assert lines(words) == (Words("calculation.less_than_a_month", monthly),)
        assert words.params["sources"]


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("6", "6w"),
        ("3 minggu", "3w"),
        (" 12 ", "12w"),
        ("2 bulan", "2m"),
        ("1 bln", "1m"),
        ("1 tahun", "12m"),
        ("520", "520w"),
        (f"{MOST_MONTHS} bulan", f"{MOST_MONTHS}m"),
    ],
)
def test_weeks_and_months_can_be_typed(typed: str, span: str) -> None:
    talk = talk_on()
    talk.answer("[unable]", typed)
    assert talk.values["calculation.weeks"] == span


@pytest.mark.parametrize(
    "typed",
    ["", "lama", "0", "0 bulan", "6-8", "999", "121 bulan", "5 hari", "10 menit", "😀", "9" * 4096],
)
def test_spans_that_cannot_be_are_refused_kindly_and_asked_again(typed: str) -> None:
    talk = talk_on()
    talk.press("unable")
    assert talk.type(typed).note == Words("calculation.weeks.unclear")
    assert talk.open == "calculation.weeks"
    assert "calculation.weeks" not in talk.values


def test_every_span_offered_is_one_that_is_read() -> None:
    for span in SPANS:
        assert lines(result(("[unable]", f"[{span}]")))


def test_only_the_two_children_with_most_ahead_are_counted() -> None:
    third = ("[children]", "[accident]", "[3]", "[tk]", "[4]", "[sma]", "[17]", "[tk]", "[4]")
    assert lines(result(third)) == lines(result(TWO_IN_TK))


def test_after_another_death_a_scholarship_takes_three_years_of_contributions() -> None:
    other = ("[children]", "[other]")
    words = result((*other, "[enough]", "[1]", "[sd]", "[9]"))
    assert lines(words)[0].params["amount"] == Rupiah(79_500_000)
    assert "condition.three_years" in conditions(words)
    for how_long in ("too_few", "lapsed"):
        words = result((*other, f"[{how_long}]"))
        assert lines(words) == (Words("calculation.nothing"),)
        assert "Rp" not in TEXTS.plain(words)
        lapsed = "unsettled.scholarship_after_lapse" in conditions(words)
        assert lapsed == (how_long == "lapsed")


@pytest.mark.parametrize("level", LEVELS)
def test_a_child_is_offered_the_ages_of_its_school(level: str) -> None:
    talk = talk_on()
    talk.answer("[children]", "[accident]", "[1]", f"[{level}]")
    turn = talk.look()
    assert turn.question is not None
    offered = [int(option.key) for option in turn.question.options]
    assert offered == list(AGES[level])
    assert turn.question.words.params == {"number": 1}


def test_another_school_asks_the_age_of_that_child_alone_again() -> None:
    talk = talk_on()
    talk.answer(*TWO_IN_TK)
    talk.answer("ubah", "[calculation.child.1.level]", "[sd]")
    assert talk.open == "calculation.child.1.age"
    talk.press("9")
    assert talk.open == ""
    assert talk.values["calculation.child.2.age"] == "4"


def test_one_step_back_from_a_result_reopens_the_last_question() -> None:
    talk = talk_on()
    talk.answer(*DEATH, "[enough]", "[one]", "[.back]")
    assert talk.open == "calculation.memberships"
    talk.press("two")
    outcome = talk.outcome
    assert isinstance(outcome, Say)
    assert lines(outcome.words)[-1].params == {"total": Rupiah(74_000_000)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "answers",
    [
        ("[hurt]", "[land]"),
        ("[unable]", "[3m]"),
        ("[disability]", "[part]"),
        ("[accident_death]", "[today]"),
        (*DEATH, "[enough]", "[one]"),
        TWO_IN_TK,
    ],
    ids=WHAT,
)
def test_every_sum_is_an_estimate_with_conditions_and_sources(
    answers: tuple[str, ...], language: str
) -> None:
    words = result(answers)
    assert conditions(words)
    assert words.params["sources"]
    said = TEXTS.plain(words, language)
    assert "BPJS" in said
    assert str(words.params["sources"]) in said
    assert words.params["title"] == Words(f"calculation.what.{answers[0].strip('[]')}")


@pytest.mark.parametrize("what", WHAT)
def test_before_any_rule_no_sum_is_guessed(what: str) -> None:
    talk = talk_on(date(2015, 1, 1))
    talk.press(what)
    while talk.open:
        turn = talk.look()
        assert turn.question is not None
        talk.press(turn.question.options[0].key)
    outcome = talk.outcome
    assert isinstance(outcome, Say)
    assert outcome.words == Words("answer.not_in_force")
