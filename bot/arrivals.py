"""What was told arrives: the sign-up is looked for, the offices are told, and the member is asked.

All this is done aside, not in the turn of who told it: its words and its time say nothing.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot import claim_news, doors, notices
from bot.cases import village_name
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.house import House
from bot.zones import zone
from conversations import receipts, telling
from conversations.model import Words
from rules.claims import FINAL, START, Kind
from rules.permissions import Action
from storage import audit, claims, outbox, registrations, reports, staff
from storage.audit import Actor, Change
from storage.claims import Pen
from storage.models import Claim, Registration

log = logging.getLogger(__name__)

KIND = "claim_arrived"  # of the timer that is due as soon as something was told
BY = Actor(0, "arrivals")
OPEN = "claims"  # the door of one claim, for its officer
NEWS = {Kind.JKM: "death", Kind.JKK: "accident"}  # the kind of notice: the one waits at night


def arrive(house: House, db: Session, claim_id: str, now: datetime) -> None:
    """Find out whom a claim is about, set its clock, and tell who has to know."""
    row = claims.by_id(db, claim_id)
    if row is None or row.state != START[Kind(row.kind)] or row.due_at is not None:
        return
    told = claims.facts(house.keys, row)
    by, member = _member(house, db, row, told)
    first = claims.open_death(db, member.id) if member and row.kind == Kind.JKM else None
    if first is not None and first.id != row.id:
        _join(house, db, (row, first), told, now)
        return
    _settle(house, db, row, (by, member), now)
    about = _about_accident if row.kind == Kind.JKK else _about_death
    words = [_news(row, told), _found(by, member), *about(db, row, told, now)]
    _tell_offices(house, db, row, words, now)
    if member is not None and row.kind == Kind.JKM and member.whom == "self":
        _ask_member(house, db, row, member, now)


def _member(
    house: House, db: Session, row: Claim, told: Mapping[str, str]
) -> tuple[str, Registration | None]:
    """The sign-up, locked, and by what it was found."""
    id, by = row.registration_id, "own"
    if id is None and (found := reports.whose(db, house.keys, row.village, told)):
        id, by = found.registration_id, found.by
    member = registrations.by_id(db, id) if id else None
    return (by, member) if member else ("none", None)


def _found(by: str, member: Registration | None) -> Words:
    if member is None:
        return Words("arrival.found.none")
    values = {"code": member.code, "state": Words(f"state.{member.state}")}
    return Words(f"arrival.found.{by}", values)


def _settle(
    house: House, db: Session, row: Claim, found: tuple[str, Registration | None], now: datetime
) -> None:
    """Keep whom it is about: from then on it is the business of the village of that sign-up."""
    by, member = found
    if member is not None:
        audit.record(db, BY, Change("claim_matched", "claim", row.id, reason=by), now)
        claims.change(db, row, now, village=member.village, registration_id=member.id)
    claim_news.set_clock(house, db, row, now)


def _join(
    house: House, db: Session, both: tuple[Claim, Claim], told: Mapping[str, str], now: datetime
) -> None:
    again, first = both
    reports.join(db, Pen(house.keys, BY, now), again, first)
    known = claims.facts(house.keys, first)
    values = {"name": known.get("name", ""), "day": again.happened_on, **_of_death(told)}
    words = Words("arrival.again", {**values, **_teller(told)})
    _tell_offices(house, db, first, [words], now)


def _news(row: Claim, told: Mapping[str, str]) -> Words:
    values = {"name": told.get("name", ""), "day": row.happened_on, **_teller(told)}
    values["village"] = village_name(row.village)
    if row.kind == Kind.JKK:
        return Words("arrival.accident", {**values, "place": told["place"], "how": told["how"]})
    return Words("arrival.death", {**values, **_of_death(told)})


def _of_death(told: Mapping[str, str]) -> dict[str, object]:
    return {key: Words(f"death.{key}.{told[key]}") for key in ("cause", "relation")}


def _teller(told: Mapping[str, str]) -> dict[str, object]:
    phone = telling.phone_words(told.get("phone", ""))
    return {"reporter": told.get("reporter", ""), "phone": phone}


def _about_death(db: Session, row: Claim, told: Mapping[str, str], _now: datetime) -> list[Words]:
    """What is to be done of a death, and what else is known."""
    said = [Words("arrival.death.next"), *receipts.soon(told["cause"], row.happened_on)]
    if row.registration_id is None:
        return said
    others = claims.of_registration(db, row.registration_id)
    if any(one.kind == Kind.JKK and one.state not in FINAL for one in others):
        said.append(Words("arrival.death.accident"))
    return [*said, Words("arrival.death.quiet")]


def _about_accident(
    _db: Session, row: Claim, told: Mapping[str, str], now: datetime
) -> list[Words]:
    """By when BPJS ought to hear of an accident, and what is asked of the officer."""
    here = zone(row.village)
    when = receipts.clock(row.since.astimezone(here), now.astimezone(here))
    unknown = () if told.get("time") else (Words("accident.clock.from_midnight"),)
    return [when, *unknown, Words("arrival.accident.next")]


def _tell_offices(house: House, db: Session, row: Claim, words: list[Words], now: datetime) -> None:
    """Tell the officers of the village and of the regency, each once, with the way to the claim."""
    holders = staff.holders(db, Action.HANDLE_CLAIM, row.village)
    if not holders:
        log.warning("claim %s: %s has no officer, nobody is told", row.id, row.village)
    for person_id in dict.fromkeys(office.person_id for office in holders):
        button, rank = ("arrival.open", f"open:{OPEN}:{row.id}"), outbox.CLAIM
        kind = NEWS[Kind(row.kind)]
        notices.tell(house, db, person_id, words, now, buttons=[button], kind=kind, rank=rank)


def _ask_member(house: House, db: Session, row: Claim, member: Registration, now: datetime) -> None:
    """Ask once in the chat that signed up for itself; who answers there is alive, or is family."""
    words = Words("arrival.ask", {"name": registrations.name(house.keys, member)})
    buttons = [("arrival.ask.mistaken", f"open:mistaken:{row.id}")]
    notices.tell(house, db, member.person_id, words, now, buttons=buttons, kind=NEWS[Kind.JKM])


def _mistaken(here: Here, door: Door) -> Opened:
    """The member says that the news is false: put down, told, and looked at by an officer."""
    row = claims.by_id(here.db, door.key)
    if row is None or not _is_asked(here, row):
        here.refused("claim", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    if row.state in FINAL:
        return [doors.home(here, Words("arrival.mistaken.over"))]
    if row.disputed_at is not None or not _dispute(here, row):
        return [doors.home(here, Words("arrival.mistaken.again"))]
    return [doors.home(here, Words("arrival.mistaken.thanks"))]


def _is_asked(here: Here, row: Claim) -> bool:
    """Whether it is this account that signed up for itself and was asked about this death."""
    member = registrations.by_id(here.db, row.registration_id or "")
    if member is None or member.whom != "self":
        return False
    first = claims.open_death(here.db, member.id)
    is_death = row.kind == Kind.JKM or (first is not None and first.id == row.id)
    return is_death and member.person_id == here.person.id


def _dispute(here: Here, row: Claim) -> bool:
    if not claims.change(here.db, row, here.now, disputed_at=here.now):
        return False
    change = Change("claim_disputed", "claim", row.id, row.state, row.state)
    audit.record(here.db, Actor(here.person.id, "worker"), change, here.now)
    name = claims.facts(here.house.keys, row).get("name", "")
    words = Words("arrival.disputed", {"name": name, "village": village_name(row.village)})
    _tell_offices(here.house, here.db, row, [words], here.now)
    return True


OPENINGS: dict[str, Opening] = {"mistaken": _mistaken}
