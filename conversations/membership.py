"""The officer writes down whom BPJS has accepted, and the months that were paid."""

import re
from dataclasses import replace
from datetime import date
from typing import cast, get_args

from conversations import corrections
from conversations.cards import Membership, checked, day_question, read_kpj, summary
from conversations.days import month_words, written_month
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words
from conversations.outcomes import RecordMembership, Say
from conversations.questions import Reader, choice, text
from conversations.roster import Listed, who
from rules import kpj, membership
from rules.coverage import Payer
from rules.months import first_day, last_day

COUNTS = ("1", "2", "3", "6", "12")
MONTH_NAMES = ("bulan", "bln", "month", "months")
YEAR_NAMES = ("tahun", "thn", "year", "years")
PAYERS: tuple[Payer, ...] = get_args(Payer)
OF_CARD = ("member.kpj", "member.active_from")
OF_MONTHS = ("member.payer", "member.first", "member.count", "member.received")


def record_member(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask for the card and the first months; of one who is a member, for what is to be done."""
    people = cast(tuple[Listed, ...] | None, known("roster"))
    if people is None:
        return Say(Words("member.not_officer"), back=False)
    if not people:
        return Say(Words("member.nobody"), back=False)
    one = cast(Membership | None, known("membership", who(ask, people)))
    if one is None:
        return Say(Words("member.changed"))
    if one.active_from is None:
        number = ask(_card(one))
        return _months(ask, one, number, date.fromisoformat(ask(_active_from(one, today))), today)
    task = ask(corrections.task(one))
    if task == "mend":
        return corrections.mend(ask, one, today)
    if task == "take_back":
        return corrections.take_back(ask, one)
    return _months(ask, one, "", one.active_from, today)


def _months(
    ask: Ask, one: Membership, number: str, active_from: date, today: date
) -> RecordMembership:
    payer = cast(Payer, ask(_payer(one)))
    first = _month(ask(_first(one, active_from, today)))
    count = int(ask(_count(one, first, active_from, today)))
    received = date.fromisoformat(ask(_received(one, today)))
    new = RecordMembership(one.id, one.version, number, active_from, payer, first, count, received)
    ask(_summary(one, new))
    return new


def _card(one: Membership) -> Question:
    words = Words("member.kpj", {"name": one.name, "code": one.code})
    return text("member.kpj", read_kpj, words, about=one.id)


def _active_from(one: Membership, today: date) -> Question:
    def check(day: date) -> None:
        membership.check_active_from(day, one.signed_up, today)

    return day_question(Words("member.active_from", {"name": one.name}), today, check, one.id)


def _received(one: Membership, today: date) -> Question:
    def check(day: date) -> None:
        membership.check_received(day, one.signed_up, today)

    return day_question(Words("member.received"), today, check, one.id)


def _payer(one: Membership) -> Question:
    return choice("member.payer", PAYERS, _payer_words(one), about=one.id)


def _payer_words(one: Membership) -> Words:
    if one.active_from is None:
        return Words("member.payer", {"name": one.name})
    if not one.paid:
        return Words("member.payer.unpaid", {"name": one.name, "code": one.code})
    until = last_day(max(one.months))
    return Words("member.payer.paid", {"name": one.name, "code": one.code, "paid_until": until})


def _first(one: Membership, active_from: date, today: date) -> Question:
    months = [membership.next_unpaid(active_from, one.months)]
    this = first_day(today)
    if not one.paid and this > months[0]:
        months.append(this)
    options = tuple(Option(f"{month:%Y-%m}", month_words(month)) for month in months)

    def read(typed: str) -> str:
        month = written_month(typed)
        if month is None:
            raise Invalid(Words("member.first.unclear"))
        _check_run(one, (month,), active_from, today)
        return f"{month:%Y-%m}"

    return text("member.first", read, about=one.id, options=options)


def _check_run(one: Membership, months: tuple[date, ...], active_from: date, today: date) -> None:
    """Refuse months out of reach, and such as are on record already."""
    for month in months:
        checked(lambda day: membership.check_month(day, active_from, today), month)
        if month in one.months:
            raise Invalid(Words("member.first.paid", {"month": month_words(month)}))


def _month(kept: str) -> date:
    return date.fromisoformat(f"{kept}-01")


def _count(one: Membership, first: date, active_from: date, today: date) -> Question:
    def read(typed: str) -> str:
        months = _number_of_months(typed)
        if not 1 <= months <= membership.MOST_MONTHS:
            raise Invalid(Words("member.count.unclear", {"most": membership.MOST_MONTHS}))
        _check_run(one, membership.run(first, months), active_from, today)
        return str(months)

    words = Words("member.count", {"first": month_words(first)})
    return replace(
        choice("member.count", COUNTS, words, read=read, about=one.id),
        options=tuple(_counts(read)),
        example=Words("member.count.example"),
        columns=2,
    )


def _number_of_months(typed: str) -> int:
    """How many months `3`, `3 bulan` or `1 tahun` are; 0 where that is unclear."""
    match = re.fullmatch(r"(\d{1,2})\s*([a-z]*)", typed.casefold().strip())
    if not match or match.group(2) not in ("", *MONTH_NAMES, *YEAR_NAMES):
        return 0
    return int(match.group(1)) * (12 if match.group(2) in YEAR_NAMES else 1)


def _counts(read: Reader) -> list[Option]:
    """The numbers of months that no month on record stands in the way of."""
    options = []
    for count in COUNTS:
        try:
            options.append(Option(read(count), Words(f"member.count.{count}")))
        except Invalid:
            break
    return options


def _summary(one: Membership, new: RecordMembership) -> Question:
    fields = ("member.which", *(() if one.active_from else OF_CARD), *OF_MONTHS)
    return summary(one, Words("member.summary", _facts(one, new)), fields)


def _facts(one: Membership, new: RecordMembership) -> dict[str, object]:
    return {
        "name": one.name,
        "code": one.code,
        "card": one.card or kpj.masked(new.kpj),
        "active_from": new.active_from,
        "payer": Words(f"member.payer.{new.payer}"),
        "months": _run_words(new.first, new.count),
        "received": new.received,
    }


def _run_words(first: date, count: int) -> Words:
    if count == 1:
        return Words("member.run.one", {"first": month_words(first)})
    last = membership.run(first, count)[-1]
    names = {"first": month_words(first), "last": month_words(last), "count": count}
    return Words("member.run", names)
