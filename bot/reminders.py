"""Reminders before funding ends and before arrears end a membership: timers, and what they say."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from bot import notices
from bot.house import House
from bot.zones import zone
from conversations.model import Rupiah, Words
from rules import contributions, occupations
from rules.coverage import Ledger, Reminder, reminders
from rules.parameters import NotInForce
from rules.registration import State
from storage import members, outbox, proof, registrations, timers
from storage.models import Registration

KIND = "reminder"
HOUR = 8  # o'clock in the village
KEYS = {"funding": "notice.funding_ends", "arrears": "notice.arrears_end"}
REMINDED = frozenset({State.ACTIVE, State.LAPSED})


def schedule(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Set the next reminder of a member after the months paid have changed; none if none is left.

    One whose day has passed unsaid is caught up on the next morning.
    """
    ledger = members.ledger(db, row.id)
    due = next_at(ledger, row.village, house.day(now, row.village)) if ledger else None
    timers.set_many(db, KIND, {row.id: due})


def next_at(ledger: Ledger, village: str, today: date) -> datetime | None:
    """When to remind a member next; None where there is nothing left to say."""
    found = _heeded(ledger, today)
    coming = [one for one in found if one.day >= today]
    missed = [one for one in found if one.day < today]
    if missed and missed[-1].kind not in {one.kind for one in coming}:
        return _morning(today + timedelta(days=1), village)
    return _morning(coming[0].day, village) if coming else None


def remind(house: House, db: Session, registration: str, now: datetime) -> None:
    """Say what is due today about one member, and set the next."""
    row = registrations.by_id(db, registration)
    if row is None or row.state not in REMINDED:
        return
    today = house.day(now, row.village)
    found = _open(db, row, today)
    due = [one for one in found if one.day <= today]
    if due:
        _tell(house, db, row, due[-1], now)
    later = [one for one in found if one.day > today]
    if later:
        timers.set_timer(db, KIND, row.id, _morning(later[0].day, row.village))


def _open(db: Session, row: Registration, today: date) -> list[Reminder]:
    ledger = members.ledger(db, row.id)
    return _heeded(ledger, today) if ledger else []


def _heeded(ledger: Ledger, today: date) -> list[Reminder]:
    """The reminders of a member that still can be heeded, in the order of their days."""
    found = (one for one in reminders(ledger) if one.last_day >= today)
    return sorted(found, key=lambda one: one.day)


def _morning(day: date, village: str) -> datetime:
    return datetime.combine(day, time(HOUR), zone(village))


def _tell(house: House, db: Session, row: Registration, one: Reminder, now: datetime) -> None:
    values = {"name": registrations.name(house.keys, row), "last_day": one.last_day}
    buttons = [
        ("next.coverage", f"open:coverage:{row.id}"),
        ("topic.coverage.self_pay", "open:topic:coverage.self_pay"),
    ]
    own = one.kind == "funding" and one.payer == "self"
    key = "notice.own_money_ends" if own else KEYS[one.kind]
    words = Words(key, {**values, **_price(house, db, row, one, now)})
    rank = outbox.REMINDER
    notices.tell(house, db, row.person_id, words, now, buttons=buttons, kind=KIND, rank=rank)


def _price(
    house: House, db: Session, row: Registration, one: Reminder, now: datetime
) -> dict[str, object]:
    """What going on alone costs: the month after the funded ones, or all the months in arrears."""
    answers = {kept.question: kept.given.value for kept in proof.load(db, house.keys, row.id)}
    transport = occupations.is_transport(answers.get("enrolment.occupation", ""))
    ledger = members.ledger(db, row.id)
    try:
        if one.kind == "arrears" and ledger is not None:
            owed = contributions.arrears(ledger, house.day(now, row.village), transport)
            return {"price": Rupiah(owed.price), "months": len(owed.months)}
        price = contributions.self_pay(one.last_day + timedelta(days=1), transport)
    except NotInForce:
        return {"price": Words("value.unknown"), "months": Words("value.unknown")}
    return {"price": Rupiah(price)}
