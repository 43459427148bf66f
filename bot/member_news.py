"""What follows an import of members: what many are told, and the timers of each, written at once.

It is what `memberships.follow_up` does for one.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlmodel import Session

from bot import memberships, notices, reminders, working
from bot.house import House
from bot.replies import Page
from conversations.cards import paid_until
from rules.coverage import Ledger
from storage import outbox, people, registrations, timers
from storage.member_batches import Written


def follow_up(house: House, db: Session, written: Iterable[Written], now: datetime) -> None:
    """Tell each who signed a changed one up, once, and set when to speak to them next."""
    changed = [one for one in written if one.together.changed]
    for one in changed:
        if one.row.left_why:
            _of_one(house, db, one, now)
    still = [one for one in changed if not one.row.left_why]
    _set_timers(house, db, still, now)
    languages = people.languages(db, {one.row.person_id for one in still})
    calls = [_call(house, one, languages.get(one.row.person_id, "id")) for one in still]
    outbox.queue_many(db, house.keys, calls, "decision", now, outbox.BROADCAST)


def _of_one(house: House, db: Session, one: Written, now: datetime) -> None:
    """Somebody who left meanwhile: what becomes of that is decided in one place."""
    row = registrations.by_id(db, one.row.id)
    assert row is not None  # noqa: S101 (sign-ups are never deleted)
    memberships.follow_up(house, db, row, one.together, now, outbox.BROADCAST)


def _set_timers(house: House, db: Session, changed: Sequence[Written], now: datetime) -> None:
    reminded: dict[str, datetime | None] = {}
    asked: dict[str, datetime | None] = {}
    days = {code: house.day(now, code) for code in {one.row.village for one in changed}}
    for one in changed:
        ledger, village = one.standing.ledger, one.row.village
        assert ledger is not None  # noqa: S101 (who changed is a member)
        reminded[one.row.id], asked[one.row.id] = _next(ledger, village, days[village])
    timers.set_many(db, reminders.KIND, reminded)
    timers.set_many(db, working.KIND, asked)


@lru_cache(maxsize=10_000)
def _next(ledger: Ledger, village: str, today: date) -> tuple[datetime | None, datetime]:
    """When to remind a member, and to ask about the work: thousands were paid for alike."""
    due = reminders.next_at(ledger, village, today)
    return due, working.next_at(ledger.active_from, village, today)


def _call(house: House, one: Written, language: str) -> dict[str, object]:
    name = house.keys.open("registration.name", one.row.id, one.row.name_sealed)
    paid, since = paid_until(one.standing.paid), one.standing.active_from
    names = {"name": name, "paid": paid, "active_from": since}
    words = memberships.news(one.together, names, memberships.card(one.row.whom, one.number))
    page = Page(house.texts, one.row.person_id, language)
    return notices.call(page, words, [memberships.button(one.row.id)])
