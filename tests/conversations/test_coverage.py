"""My cover: the words of every standing, what is paid now and later, and who is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.texts import Texts
from conversations.coverage import (
    MEMBER,
    NONE_YET,
    STRANGER,
    UNCOVERED,
    Covered,
    coverage,
    death_benefit,
    first_full_day,
    standing,
)
from conversations.model import Chose, Rupiah, Session, Words
from conversations.outcomes import Say
from rules.coverage import Ledger
from rules.registration import State
from tests.conversations.cases import Known
from tests.conversations.cover_cases import LEDGERS, paid
from tests.conversations.sayable import CATALOGUES, LANGUAGES, OPERATOR
from tests.conversations.talk import TODAY, Talk

FULL, FUNERAL, BY_ACCIDENT = Rupiah(42_000_000), Rupiah(10_000_000), Rupiah(70_000_000)
TEXTS = Texts(CATALOGUES, OPERATOR)
VILLAGE = Words("cover.payer.village")
WAITING = Covered("A" * 16, "ABC-DEFG", "Ni Made Contoh", "Desa Contoh", State.PENDING, VILLAGE)
WAYAN = Covered(
    "B" * 16,
    "ABC-DEFH",
    "I Wayan Contoh",
    "Desa Contoh",
    State.ACTIVE,
    VILLAGE,
    LEDGERS["covered in full"],
    "12345678901",
)


@dataclass(frozen=True)
class Expected:
    """The key of a standing with values of it, and of who is covered what a death today gives."""

    state: str
    values: Mapping[str, object]
    death: Words | None = None


def in_death(key: str, now: Rupiah, **more: object) -> Words:
    return Words(f"cover.death.{key}", {"now": now, "later": FULL, **more})


STANDINGS = {
    "covered in full": Expected(
        "covered",
        {"since": date(2026, 1, 5), "paid_until": date(2026, 12, 31), "payer": VILLAGE},
        in_death("full", FULL),
    ),
    "covered for weeks": Expected(
        "covered",
        {"since": date(2026, 10, 20), "paid_until": date(2027, 3, 31)},
        in_death("from", FUNERAL, day=date(2027, 1, 20)),
    ),
    "covered, but not paid far enough": Expected(
        "covered",
        {"since": date(2026, 10, 20), "paid_until": date(2026, 11, 30)},
        in_death("funeral", FUNERAL, jkm_least_months=3),
    ),
    "covered again after a lapse": Expected(
        "covered",
        {"since": date(2026, 11, 2), "paid_until": date(2027, 1, 31)},
        in_death("unsettled", FUNERAL),
    ),
    "unpaid": Expected(
        "unpaid", {"paid_until": date(2026, 9, 30), "arrears_until": date(2026, 12, 31)}
    ),
    "paid late": Expected("paid_late", {}),
    "ended by arrears": Expected("ended", {"paid_until": date(2026, 3, 31)}),
    "accepted, unpaid yet": Expected("unpaid_yet", {}),
    "accepted, to begin": Expected("not_yet", {"begins": date(2026, 12, 1)}),
    "left": Expected("left", {}),
    "paid by oneself": Expected(
        "covered", {"payer": Words("cover.payer.self")}, in_death("full", FULL)
    ),
}
UNCOVERED_LEDGERS = [name for name, expected in STANDINGS.items() if not expected.death]


def member(ledger: str) -> Covered:
    return replace(WAYAN, ledger=LEDGERS[ledger])


def asking(*covers: Covered, about: str = "") -> Talk:
    session = Session("coverage", about={"registration": about} if about else {})
    return Talk(coverage, session, Known(covers=covers))


def said(talk: Talk) -> Say:
    outcome = talk.outcome
    assert isinstance(outcome, Say)
    return outcome


def test_every_standing_is_looked_at_here() -> None:
    assert STANDINGS.keys() == LEDGERS.keys()


@pytest.mark.parametrize("ledger", STANDINGS)
def test_each_standing_has_its_own_words_with_its_own_days(ledger: str) -> None:
    expected = STANDINGS[ledger]
    words = standing(member(ledger), TODAY)
    assert words.key == f"cover.state.{expected.state}"
    assert words.params["name"] == "I Wayan Contoh"
    assert expected.values.items() <= words.params.items()


@pytest.mark.parametrize(
    ("ledger", "key", "values"),
    [
        (
            Ledger(date(2026, 11, 5), paid(date(2026, 12, 1), 3, date(2026, 11, 18))),
            "not_yet",
            {"begins": date(2026, 12, 1)},
        ),
        (
            Ledger(date(2026, 6, 5), paid(date(2026, 6, 1), 1, date(2026, 11, 18))),
            "not_yet_known",
            {},
        ),
        (
            Ledger(
                date(2026, 9, 1),
                paid(date(2026, 9, 1), 1)
                + paid(date(2026, 10, 1), 1, date(2026, 11, 6))
                + paid(date(2026, 11, 1), 2, date(2026, 11, 6)),
            ),
            "interrupted",
            {"since": date(2026, 9, 1), "paid_until": date(2026, 12, 31)},
        ),
    ],
    ids=["paid from a later month", "paid too late", "paid late in between"],
)
def test_what_was_paid_otherwise_than_expected_is_said_so(
    ledger: Ledger, key: str, values: dict[str, object]
) -> None:
    words = standing(replace(WAYAN, ledger=ledger), TODAY)
    assert words.key == f"cover.state.{key}"
    assert values.items() <= words.params.items()


@pytest.mark.parametrize("ledger", [name for name in STANDINGS if STANDINGS[name].death])
def test_who_is_covered_hears_what_is_paid_now_and_what_later(ledger: str) -> None:
    outcome = said(asking(member(ledger)))
    assert outcome.words.key == "cover.covered"
    assert outcome.words.params["standing"] == standing(member(ledger), TODAY)
    assert outcome.words.params["death"] == STANDINGS[ledger].death
    assert outcome.words.params["card"] == "12345678901"
    accident = outcome.words.params["accident"]
    assert isinstance(accident, Words)
    assert accident.params["accident_death"] == BY_ACCIDENT
    assert outcome.steps == MEMBER


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ledger", UNCOVERED_LEDGERS)
def test_nothing_is_promised_to_who_is_not_covered(ledger: str, language: str) -> None:
    outcome = said(asking(member(ledger)))
    assert outcome.words == standing(member(ledger), TODAY)
    assert outcome.steps == UNCOVERED
    told = TEXTS.plain(outcome.words, language)
    assert "Rp" not in told
    assert "✅" not in told
    assert TEXTS.plain(death_benefit(member(ledger), TODAY), language) == told


def test_the_death_benefit_of_one_member_is_that_of_the_own_months() -> None:
    for ledger, expected in STANDINGS.items():
        if expected.death:
            words = death_benefit(member(ledger), TODAY)
            assert words == Words(
                "cover.death.own", {"name": "I Wayan Contoh", "death": expected.death}
            )


def test_who_is_not_accepted_yet_is_told_that_nothing_holds_yet() -> None:
    outcome = said(asking(WAITING))
    assert outcome.words.key == "cover.none_yet"
    assert outcome.words.params["state"] == Words("state.pending")
    assert outcome.steps == NONE_YET
    for language in LANGUAGES:
        assert "Rp" not in TEXTS.plain(outcome.words, language)
    with pytest.raises(ValueError, match="member"):
        standing(WAITING, TODAY)


def test_a_stranger_is_told_what_holds_for_members_in_general() -> None:
    outcome = said(asking())
    assert outcome.words.key == "cover.stranger"
    assert outcome.words.params["accident_death"] == BY_ACCIDENT
    assert outcome.steps == STRANGER
    assert "sudah jadi peserta" in TEXTS.plain(outcome.words)


def test_the_same_ledger_is_said_by_the_day_that_it_is() -> None:
    """Paid from January to December 2026; arrears can be paid until the end of March 2027."""
    keys = {
        date(2026, 1, 4): "not_yet",
        date(2026, 1, 5): "covered",
        date(2026, 12, 31): "covered",
        date(2027, 1, 1): "unpaid",
        date(2027, 3, 31): "unpaid",
        date(2027, 4, 1): "ended",
    }
    for day, key in keys.items():
        assert standing(WAYAN, day).key == f"cover.state.{key}", day


@pytest.mark.parametrize(
    ("begins", "months", "day"),
    [
        (date(2026, 10, 20), 6, date(2027, 1, 20)),
        (date(2026, 10, 20), 4, date(2027, 1, 20)),
        (date(2026, 10, 20), 3, None),
        (date(2026, 11, 1), 4, date(2027, 2, 1)),
        (date(2026, 11, 30), 6, date(2027, 3, 1)),
        (date(2026, 8, 20), 4, TODAY),
        (date(2026, 8, 21), 4, date(2026, 11, 21)),
        (date(2026, 1, 5), 12, TODAY),
        (date(2026, 1, 5), 3, None),
    ],
    ids=str,
)
def test_the_full_benefit_begins_three_months_on_if_so_much_is_paid(
    begins: date, months: int, day: date | None
) -> None:
    ledger = Ledger(begins, paid(begins.replace(day=1), months, begins))
    assert first_full_day(ledger, TODAY) == day


def test_before_the_rule_of_three_months_the_benefit_is_full_from_the_first_day() -> None:
    begins = date(2024, 6, 3)
    ledger = Ledger(begins, paid(date(2024, 6, 1), 1, begins))
    assert first_full_day(ledger, begins) == begins
    assert first_full_day(ledger, begins - timedelta(days=1)) == begins


def test_of_several_people_the_account_chooses_one_and_can_come_back() -> None:
    talk = asking(WAITING, WAYAN)
    turn = talk.look()
    assert turn.question is not None
    assert turn.question.name == "cover.which"
    labels = [TEXTS.plain(option.words) for option in turn.question.options]
    assert labels == ["Ni Made Contoh · ABC-DEFG", "I Wayan Contoh · ABC-DEFH"]
    talk.press(WAYAN.id)
    assert said(talk).words.key == "cover.covered"
    assert said(talk).back
    talk.press(".back")
    assert talk.open == "cover.which"
    talk.press(WAITING.id)
    assert said(talk).words.key == "cover.none_yet"


def test_a_button_about_one_person_asks_nothing() -> None:
    talk = asking(WAITING, WAYAN, about=WAYAN.id)
    assert said(talk).words.key == "cover.covered"


def test_a_button_about_somebody_elses_sign_up_shows_only_the_own() -> None:
    assert said(asking(WAITING, about="Z" * 16)).words.params["name"] == "Ni Made Contoh"
    assert asking(WAITING, WAYAN, about="Z" * 16).open == "cover.which"
    assert said(asking(about="Z" * 16)).words.key == "cover.stranger"
    talk = asking(WAITING, WAYAN)
    assert talk.do(Chose("cover.which", "Z" * 16, "0")).note == Words("turn.stale")


def test_a_masked_card_stays_masked() -> None:
    shown = replace(WAYAN, card="•••••••8901")
    assert said(asking(shown)).words.params["card"] == "•••••••8901"
