"""What the bot says unasked: outbox rows, written in the transaction of their cause."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.house import House, zone
from bot.replies import Page
from conversations.model import Words
from rules.registration import State
from storage import outbox, people, tallies
from storage.models import Person, Registration, Staff

DIGEST_HOUR = 8  # o'clock in the village
Button = tuple[str, str]  # key of its words, data


def tell(
    house: House,
    db: Session,
    person_id: int,
    words: Words | Sequence[Words],
    now: datetime,
    *,
    buttons: Sequence[Button] = (),
    kind: str = "decision",
    rank: int = outbox.CLAIM,
) -> None:
    """Queue one notice to one person, in that person's language."""
    person = db.get(Person, person_id)
    page = Page(house.texts, person_id, person.language if person else "id")
    rows = [[(page.label(Words(key)), data)] for key, data in buttons]
    call = page.message(words, page.inline(rows) if rows else None)
    outbox.queue(db, house.keys, call, kind, now, rank)


def programme_opened(house: House, db: Session, key: str, now: datetime) -> int:
    """Tell all who asked that a programme is open now; how many."""
    interested = people.take_interested(db, key)
    words = Words("notice.opened", {"programme": house.programmes[key].name.value})
    for person_id, village in interested:
        button = ("notice.opened.enrol", f"open:village:{village}")
        rank = outbox.BROADCAST
        tell(house, db, person_id, words, now, buttons=[button], kind="opened", rank=rank)
    return len(interested)


def next_digest(village: str, now: datetime) -> datetime:
    """The next eight o'clock in the morning of a village."""
    local = now.astimezone(zone(village))
    today = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


def digest(house: House, db: Session, office: Staff, now: datetime) -> None:
    """Once a day: how many wait at an officer's desk. Nothing is said when nobody waits."""
    waiting = tallies.of(db, office.area, State.PENDING)
    if waiting:
        words = Words("notice.digest", {"waiting": waiting})
        button = ("notice.digest.open", "open:desk:")
        tell(
            house,
            db,
            office.person_id,
            words,
            now,
            buttons=[button],
            kind="digest",
            rank=outbox.STAFF,
        )


def decided(house: House, db: Session, row: Registration, words: Words, now: datetime) -> None:
    """Tell the one who signed up what the village decided."""
    buttons = [("notice.returned.fix", f"open:fix:{row.id}")] if row.state == "returned" else []
    buttons = buttons or [("notice.status", f"open:status:{row.id}")]
    tell(house, db, row.person_id, words, now, buttons=buttons)
