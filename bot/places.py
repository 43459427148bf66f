"""Seats: taking one, giving it back, and offering it to the next in line.

An offer keeps the seat for its person until the deadline, so that nobody else is given it. Each
step is on record with the pool, the place in line and whose seat it was: from these rows alone the
waiting list can be told again (`storage/replay.py`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot import notices, quiet
from bot.house import House
from bot.zones import zone
from conversations.model import Words
from rules import seats as rules
from rules.programmes import Programme
from rules.ranking import Candidate, last_line, line
from rules.registration import SEATED_STATES, State
from rules.seats import Pool, SeatCounter
from storage import audit, proof, registrations, seats, timers
from storage import line as lines
from storage.audit import Actor, Change
from storage.models import Registration

KIND = "offer"  # of the timer that ends an offer
REMIND, REMIND_AT = "offer_reminder", time(8)  # on the day before, in the village
FILL = "fill"  # of the timer that goes on filling a pool
SYSTEM = Actor(0, "waiting_list")
NIGHT = timedelta(hours=7, minutes=1)  # an offer ends at midnight; that is told in the morning
AT_ONCE = 100  # offers made in one transaction; the rest follows a moment later
MOST_OFFERS = 2  # unanswered ones, after which a sign-up is waited for no longer


def programme_of(house: House, row: Registration) -> Programme:
    """The programme that a sign-up is for."""
    return house.programmes[row.programme]


def pool_of(house: House, row: Registration) -> Pool:
    """The line in which a sign-up stands, or would."""
    return rules.pool(programme_of(house, row), row.village, row.group_key)


def _counters(house: House, row: Registration, stage: str) -> tuple[SeatCounter, ...]:
    return rules.counters(programme_of(house, row), row.village, row.group_key, stage)


def take(house: House, db: Session, row: Registration, now: datetime) -> str:
    """Take a seat: "taken", "full" or "duplicate". Who waits in line already goes first."""
    lock(house, db, row)
    if seats.held_by(db, row.id) is None and fill(house, db, row, now, "room") == AT_ONCE:
        return "full"  # others in line have not been reached yet
    return _take(house, db, row, now)


def _take(house: House, db: Session, row: Registration, now: datetime) -> str:
    """Take a seat of the first stage that has one."""
    for stage in _stages(house, row, now):
        taken = seats.take(db, _counters(house, row, stage), row, now, stage)
        if taken != "full":
            return taken
    return "full"


def _stages(house: House, row: Registration, now: datetime) -> tuple[str, ...]:
    today = house.day(now, row.village)
    return rules.stages_on(programme_of(house, row), today, row.group_key)


def confirm(
    house: House,
    db: Session,
    row: Registration,
    by: tuple[Actor, Change],
    now: datetime,
    **values: object,
) -> str:
    """Confirm a pending sign-up: "confirmed" with a seat, "waiting" in line, else "duplicate"
    (this NIK holds a seat by another sign-up) or "changed" (somebody was faster).
    """
    actor, change = by
    taken = take(house, db, row, now)
    if taken == "duplicate":
        return taken
    to = State.CONFIRMED
    if taken == "full":
        values["line"], place = queue_up(house, db, row, row.created_at)
        to, change = State.WAITING, replace(change, reason=f"full {place} {change.reason}".strip())
    if registrations.change_state(db, row, to, (actor, change), now, **values):
        return str(to)
    give_back(house, db, row)
    return "changed"


def lock_if_seated(house: House, db: Session, row: Registration) -> None:
    """The same for a sign-up that frees a seat only if it holds one."""
    if seats.held_by(db, row.id) is not None:
        lock(house, db, row)


def lock(house: House, db: Session, row: Registration) -> None:
    """Hold the seats of a programme: before a sign-up is moved that may hold one.

    Else one transaction has the tallies and waits for the seats, and another the other way round.
    """
    seats.lock(db, rules.lock_key(programme_of(house, row), row.group_key))


def give_back(house: House, db: Session, row: Registration) -> bool:
    """Give a seat back without offering it; False if there was none."""
    seat = seats.held_by(db, row.id)
    if seat is None:
        return False
    lock(house, db, row)
    return seats.give_back(db, _counters(house, row, seat.stage), row.id)


def free(house: House, db: Session, row: Registration, now: datetime, why: str) -> bool:
    """Give a seat back and offer it to the next in line; False if there was none."""
    timers.drop(db, KIND, row.id)
    if not give_back(house, db, row):
        return False
    fill(house, db, row, now, f"{why} of {row.id}")
    return True


def undo(house: House, db: Session, row: Registration) -> None:
    """Give back the seat of a confirmation that was taken back, unless anybody waits.

    Then it is kept for this card, or the officer's slip would give it to the next in line.
    """
    lock(house, db, row)
    pool = pool_of(house, row)
    if lines.is_empty(db, Pool(pool.programme, pool.group, "")):
        give_back(house, db, row)


def at_the_end(house: House, row: Registration, now: datetime) -> tuple[str, str]:
    """The place behind everybody, for who lets an offer go by; and how the audit says it."""
    place = last_line(programme_of(house, row), now)
    return place, f"pool={pool_of(house, row).key} line={place}"


def queue_up(house: House, db: Session, row: Registration, since: datetime) -> tuple[str, str]:
    """The place in line of a sign-up as of a moment, and how the audit says it."""
    kept = {one.question: one.given.value for one in proof.load(db, house.keys, row.id)}
    tie, work = kept.get("enrolment.tie", ""), kept.get("enrolment.work", "")
    place = line(programme_of(house, row), Candidate(tie, work, since))
    return place, f"pool={pool_of(house, row).key} line={place}"


def fill(house: House, db: Session, near: Registration, now: datetime, why: str) -> int:
    """Offer every free seat of the pool of `near` to who is next; how many offers were made."""
    lock(house, db, near)
    made, aside = 0, list[str]()
    while made < AT_ONCE:
        row = _next(house, db, near, now, aside)
        if row is None:
            return made
        taken = _take(house, db, row, now)
        if taken == "full":
            return made
        if taken == "duplicate":
            aside.append(row.id)
            _pass_over(house, db, row, now)
            continue
        _offer(house, db, row, now, why)
        aside.clear()
        made += 1
    timers.set_timer(db, FILL, near.id, now)
    return made


def _next(
    house: House, db: Session, near: Registration, now: datetime, aside: Sequence[str]
) -> Registration | None:
    """Who is next for a seat that is free, if there is one.

    Where village and whole both have a cap, the last of the whole go to any village with room.
    """
    pool = pool_of(house, near)
    for stage in _stages(house, near, now):
        village, whole = _counters(house, near, stage)
        if not seats.has_room(db, whole):
            continue
        found = lines.first(db, pool, aside) if seats.has_room(db, village) else None
        if found is None and _is_last_of_the_whole(db, village, whole):
            everywhere = Pool(pool.programme, pool.group, "")
            found = lines.first_with_room(db, everywhere, village, aside)
        if found is not None:
            return found
    return None


def _is_last_of_the_whole(db: Session, village: SeatCounter, whole: SeatCounter) -> bool:
    """Whether the whole was full just now: only then does anybody wait beside a free seat."""
    if village.cap is None or whole.cap is None:
        return False
    return seats.used(db, whole.key) >= whole.cap - 1


def _pass_over(house: House, db: Session, row: Registration, now: datetime) -> None:
    """Somebody with this NIK holds a seat by another sign-up.

    Where that seat is only offered or kept, the place in line stays; else it has no use any more.
    """
    holder = seats.of_nik(db, row)
    if holder is None or holder.state not in SEATED_STATES:
        change = Change("passed_over", "registration", row.id, reason="the same NIK is offered")
        audit.record(db, SYSTEM, change, now)
        return
    change = Change("expired", "registration", row.id, reason="holds a seat")
    registrations.change_state(db, row, State.EXPIRED, (SYSTEM, change), now, line="")
    words = Words("notice.seat_elsewhere", {"name": registrations.name(house.keys, row)})
    notices.decided(house, db, row, words, now)


def _offer(house: House, db: Session, row: Registration, now: datetime, why: str) -> None:
    until = deadline(house, row, now)
    reason = f"{why} pool={pool_of(house, row).key} line={row.line}"
    change = Change("offered", "registration", row.id, reason=reason)
    values = {"offered_until": until, "offers": row.offers + 1}
    registrations.change_state(db, row, State.OFFERED, (SYSTEM, change), now, **values)
    timers.set_timer(db, KIND, row.id, until + NIGHT)
    before = datetime.combine(until.date() - timedelta(days=1), REMIND_AT, until.tzinfo)
    timers.set_many(db, REMIND, {row.id: before if before > now else None})
    if quiet.is_quiet(db, row.id):
        timers.set_timer(db, REMIND, row.id, now + quiet.PAUSE)
        return
    names = {"name": registrations.name(house.keys, row), "day": house.day(until, row.village)}
    words, buttons = Words("notice.offered", names), answers_to_offer(row)
    notices.tell(house, db, row.person_id, words, now, buttons=buttons)


def answers_to_offer(row: Registration) -> list[notices.Button]:
    """The buttons under an offer."""
    return [("offer.accept", f"open:accept:{row.id}"), ("offer.more", f"open:status:{row.id}")]


def deadline(house: House, row: Registration, now: datetime) -> datetime:
    """Until when a seat is kept: the end of a day of the village."""
    days = timedelta(days=programme_of(house, row).offer_days.value)
    last = house.day(now, row.village) + days
    return datetime.combine(last, time(23, 59), zone(row.village))


def go_on(house: House, db: Session, registration: str, now: datetime) -> None:
    """Go on filling a pool whose free seats were more than one transaction offers."""
    near = registrations.by_id(db, registration)
    if near is not None:
        fill(house, db, near, now, "new places")


def fill_everywhere(house: House, db: Session, now: datetime) -> None:
    """Offer what has become free without an event: a new stage, or more seats in the file."""
    seen: set[Pool] = set()
    for programme, group, village in lines.pools(db):
        if programme in house.programmes:
            seen.add(rules.pool(house.programmes[programme], village, group))
    for pool in sorted(seen, key=lambda one: one.key):
        near = lines.first(db, pool)
        if near is not None:
            fill(house, db, near, now, "new places")
