"""The officer mends what was written down of a member: the card, or the last month taken back."""

from dataclasses import replace
from datetime import date

from conversations.cards import Membership, day_question, paid_until, read_kpj, summary
from conversations.days import month_words
from conversations.model import Ask, Option, Outcome, Question, Words
from conversations.outcomes import MendMembership, TakeBackMonth
from conversations.questions import choice, text
from rules import kpj, membership

KEEP = "keep"
FIELDS = ("member.which", "mend.kpj", "mend.active_from")


def task(one: Membership) -> Question:
    """What is to be done about one who is a member already."""
    values = {
        "name": one.name,
        "code": one.code,
        "card": one.card,
        "active_from": one.active_from,
        "paid": paid_until(one.months),
    }
    keys = ("add", "mend", "take_back") if one.paid else ("add", "mend")
    return choice("member.task", keys, Words("member.task", values), about=one.id)


def mend(ask: Ask, one: Membership, today: date) -> Outcome:
    """Ask for the number and the day anew; each may stay as it is."""
    number = ask(_number(one))
    day = ask(_active_from(one, today))
    new = MendMembership(
        one.id,
        one.version,
        "" if number == KEEP else number,
        None if day == KEEP else date.fromisoformat(day),
    )
    ask(summary(one, Words("mend.summary", _facts(one, new)), FIELDS))
    return new


def _number(one: Membership) -> Question:
    words = Words("mend.kpj", {"name": one.name, "code": one.code, "card": one.card})
    options = (Option(KEEP, Words("mend.keep")),)
    return text("mend.kpj", read_kpj, words, about=one.id, options=options)


def _active_from(one: Membership, today: date) -> Question:
    def check(day: date) -> None:
        membership.check_active_from(day, one.signed_up, today)
        membership.check_before_paid(day, one.months)

    values = {"name": one.name, "active_from": one.active_from}
    asked = day_question(Words("mend.active_from", values), today, check, one.id)
    return replace(asked, options=(Option(KEEP, Words("mend.keep")), *asked.options))


def _facts(one: Membership, new: MendMembership) -> dict[str, object]:
    card = kpj.masked(new.kpj) if new.kpj else ""
    day = new.active_from if new.active_from != one.active_from else None
    return {
        "name": one.name,
        "code": one.code,
        "card": _beside(one.card, card),
        "active_from": _beside(one.active_from, day),
    }


def _beside(old: object, new: object) -> Words:
    """What is on record now, and what will be in its stead, if anything."""
    if not new:
        return Words("mend.same", {"value": old})
    return Words("mend.other", {"value": new, "was": old})


def take_back(ask: Ask, one: Membership) -> Outcome:
    """Ask whether the last of the months paid is to be taken back; one at a time."""
    last = one.paid[-1]
    values = {
        "name": one.name,
        "code": one.code,
        "month": month_words(last.month),
        "payer": Words(f"member.payer.{last.payer}"),
        "received": last.received,
        "paid": paid_until(one.months[:-1]),
    }
    words = Words("member.take_back", values)
    key = f"{one.id}.{one.version}.{last.month:%Y-%m}"
    question = choice("member.take_back", ("yes", ".back"), words, about=key, nonce=key)
    ask(replace(question, controls=False))
    return TakeBackMonth(one.id, one.version, last.month)
