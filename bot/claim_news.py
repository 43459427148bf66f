"""What families and offices are told of a claim unasked, and the clock that never forgets one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot import notices
from bot.claim_views import Opened, view
from bot.house import House
from bot.zones import zone
from conversations import claim_views
from conversations.model import Words
from rules import claim_clock, working_days
from rules import claims as rules
from rules.claims import FINAL
from rules.permissions import Action, Role
from storage import claims, followers, outbox, staff, timers
from storage.models import Claim

KIND = "claim"  # of the timer
HOUR = 8  # o'clock in the village
# The same news with the reason in it.
WITH_WHY = {
    "follow.news": "follow.news.why",
    "follow.waits": "follow.waits.why",
    "follow.late": "follow.late.why",
    "follow.returned": "follow.returned.why",
}


@dataclass(frozen=True)
class News:
    """What a family is told: the key of its words, who need not be told (0 for nobody), and why,
    where that is not the reason of the newest step.
    """

    key: str
    but: int = 0
    why: str = field(default="", repr=False)


def moved(house: House, db: Session, row: Claim, now: datetime, by: int = 0) -> None:
    """A claim stands otherwise: its clock begins anew, and everybody who follows it is told.

    So is the office whose turn it is now. Who did it (`by`) sees it on the page already.
    """
    set_clock(house, db, row, now)
    tell_family(house, db, row, News("follow.news", by), now)
    one = Opened(house, db, row, now)
    turn = rules.turn(one.kind, one.state)
    if turn in EVERY_OFFICE:
        seen = view(one)
        state = Words(f"follow.state.{one.state}")
        values = {"heading": claim_views.heading(seen), "state": state}
        tell_offices(house, db, row, Words("follow.notice.turn", values), (turn,), by)


def set_clock(house: House, db: Session, row: Claim, now: datetime) -> None:
    """Set by when the present state is late, and when to look at the claim next."""
    one = Opened(house, db, row, now)
    due = claim_clock.due(one.kind, one.state, one.since, row.complete_on)
    row.due_at, row.late = (due.at if due else None), 0
    db.add(row)
    db.flush()
    look_next(house, db, row)


def look_next(house: House, db: Session, row: Claim) -> None:
    """Set the timer: when the state is late, or when the family should hear that nothing moved."""
    if row.state in FINAL:
        timers.drop(db, KIND, row.id)
        return
    here = zone(row.village)
    told = row.told_at.astimezone(here).date()
    quiet = working_days.after(told, claim_clock.NEWS_EVERY)
    moments = [datetime.combine(quiet, time(HOUR), here)]
    if row.due_at is not None:
        moments.append(row.due_at + timedelta(seconds=1))
    timers.set_timer(db, KIND, row.id, min(moments))


def look(house: House, db: Session, claim_id: str, now: datetime) -> None:
    """The timer has come: say that the claim is late, or that nothing has moved yet."""
    row = claims.by_id(db, claim_id)
    if row is None or row.state in FINAL:
        return
    if row.due_at is not None and row.due_at <= now:
        _late(house, db, row, now)
    else:
        tell_family(house, db, row, News("follow.waits"), now)
    look_next(house, db, row)


def _late(house: House, db: Session, row: Claim, now: datetime) -> None:
    """The state has lasted too long: the next offices are told, and the family that they were."""
    one = Opened(house, db, row, now)
    row.late += 1
    turn = rules.turn(one.kind, one.state)
    to = claim_clock.escalates_to(turn, row.late)
    again = claim_clock.limit(one.kind, one.state, row.happened_on)
    days = again.count if again and again.unit == "working_days" else 2
    end = working_days.after(one.today, days)
    row.due_at = datetime.combine(end, time(23, 59, 59), zone(row.village))
    db.add(row)
    db.flush()
    values = {"heading": claim_views.heading(view(one)), "turn": Words(f"follow.turn.{turn}")}
    tell_offices(house, db, row, Words("follow.notice.late", values), to)
    tell_family(house, db, row, News("follow.late"), now)


EVERY_OFFICE = ("village", "regency")
ROLES = {Role.VILLAGE_OFFICER: "village", Role.REGENCY_OFFICER: "regency"}


def tell_offices(
    house: House, db: Session, row: Claim, words: Words, to: Iterable[str], but: int = 0
) -> None:
    """Tell the offices that answer for a claim: "village", "regency", "operator"; not `but`."""
    now = house.clock()
    holders = staff.holders(db, Action.HANDLE_CLAIM, row.village)
    people = [one.person_id for one in holders if ROLES[Role(one.role)] in to]
    people = [one for one in people if one != but]
    if "operator" in to and house.operator:
        people.append(house.operator)
    button = ("follow.notice.open", f"open:claims:{row.id}")
    for person_id in dict.fromkeys(people):
        notices.tell(house, db, person_id, words, now, buttons=[button], kind="claim_office")


def tell_operator(house: House, db: Session, words: Words, now: datetime) -> None:
    """Tell the operator's account, where there is one."""
    if house.operator:
        notices.tell(house, db, house.operator, words, now, kind="alarm", rank=outbox.STAFF)


def tell_family(house: House, db: Session, row: Claim, news: News, now: datetime) -> None:
    """Tell everybody who follows a claim; where nobody does, an officer is asked to call them."""
    row.told_at = now
    db.add(row)
    db.flush()
    one = view(Opened(house, db, row, now))
    bound = followers.followers(db, row.id)
    if not bound and news.key != "follow.news":
        call = Words("follow.notice.call", {"heading": claim_views.heading(one)})
        tell_offices(house, db, row, call, ("village",))
    why = news.why or one.steps[-1].note
    values: dict[str, object] = {
        "heading": claim_views.heading(one),
        "standing": claim_views.standing(one),
        "next": claim_views.next_step(one),
        **({"why": Words("follow.step.why", {"why": claim_views.why(why)})} if why else {}),
    }
    words = Words(WITH_WHY[news.key] if why else news.key, values)
    button = ("follow.notice.page", f"open:claim:{row.id}")
    for follower in (one for one in bound if one.person_id != news.but):
        notices.tell(house, db, follower.person_id, words, now, buttons=[button])
