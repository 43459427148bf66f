"""What the bot says unasked: outbox rows, written in the transaction of their cause."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot.house import House
from bot.replies import Call, Page
from bot.zones import zone
from conversations.model import Words
from rules import areas
from rules.registration import DECIDE_WITHIN, State, waits_long
from storage import cards, outbox, overview, people, queue, tallies
from storage.models import Registration, Staff

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
    page = Page(house.texts, person_id, people.language(db, person_id))
    outbox.queue(db, house.keys, call(page, words, buttons), kind, now, rank)


def call(page: Page, words: Words | Sequence[Words], buttons: Sequence[Button]) -> Call:
    """The message of a notice, its buttons one below the other."""
    rows = [[(page.label(Words(key)), data)] for key, data in buttons]
    return page.message(words, page.inline(rows) if rows else None)


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
    """Once a day: how many wait, which of them long, and which offers end today; on Mondays of
    cards alone, too.

    Nothing is said when there is nothing to do.
    """
    waiting, answers, lying = _morning(db, office.area, now)
    kept = len(queue.with_kept_seat(db, office.area)) if waiting else 0
    on_mondays = now.astimezone(zone(office.area)).weekday() == 0
    if not (waiting or answers or (lying and on_mondays)):
        return
    village = areas.village(office.area)
    title = village.title if village else office.area
    said = [
        *([Words("notice.digest", {"waiting": waiting, "village": title})] if waiting else []),
        *_overdue(house, db, office.area, now),
        *([Words("notice.digest.kept", {"count": kept})] if kept else []),
        *([Words("notice.digest.offers", {"count": answers})] if answers else []),
        *([Words("notice.digest.cards", {"count": lying})] if lying else []),
    ]
    desk = [("notice.digest.open", f"open:desk:{office.area}")] if waiting else []
    buttons = [*desk, ("home.overview", f"open:overview:{office.area}")]
    more, to = bool(answers or lying), office.person_id
    shown = buttons if more else desk
    tell(house, db, to, said, now, buttons=shown, kind="digest", rank=outbox.STAFF)


def _overdue(house: House, db: Session, village: str, now: datetime) -> list[Words]:
    """How many have waited for two working days; on days off none that was not told before."""
    before = waits_long(house.day(now, village))
    if before is None:
        return []
    midnight = datetime.combine(before, time(), zone(village))
    count, oldest = queue.waiting_since_before(db, village, midnight)
    if oldest is None:
        return []
    values = {"count": count, "days": DECIDE_WITHIN, "since": house.day(oldest, village)}
    return [Words("notice.digest.overdue", values)]


def _morning(db: Session, village: str, now: datetime) -> tuple[int, int, int]:
    """How many sign-ups wait, offers end today, and cards lie at a village."""
    local = now.astimezone(zone(village))
    midnight = local.replace(hour=23, minute=59, second=59)
    return (
        tallies.of(db, village, State.PENDING),
        overview.offers_ending(db, village, midnight),
        cards.counts(db, village)[1],
    )


def decided(house: House, db: Session, row: Registration, words: Words, now: datetime) -> None:
    """Tell the one who signed up what the village decided."""
    buttons = [("notice.returned.fix", f"open:fix:{row.id}")] if row.state == "returned" else []
    buttons = buttons or [("notice.status", f"open:status:{row.id}")]
    tell(house, db, row.person_id, words, now, buttons=buttons)
