"""Offices: invitations, who holds which, ending and handing over."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, cast

from sqlmodel import Session as Database

from bot import doors, farewell, notices
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.house import House
from conversations.invitation import InvitedTo
from conversations.model import PROVEN, Given, Looked, Session, Turn, Words, plain
from conversations.offices import (
    APPOINTS,
    ENDS,
    EndOffice,
    HandOver,
    Holder,
    Invite,
    NotAllowed,
    Place,
    Reach,
    role_words,
)
from conversations.outcomes import AcceptInvitation
from rules import areas
from rules.permissions import OF_A_VILLAGE, Action, Role, may
from storage import staff, timers
from storage.audit import Actor
from storage.models import Staff
from storage.staff import Accepted, Invited

# Where each begins to work, once the invitation is accepted.
FIRST: Mapping[Role, Door | None] = MappingProxyType(
    {
        Role.VILLAGE_OFFICER: Door("desk"),
        Role.HELPER: None,
        Role.REGENCY_OFFICER: Door("overview"),
        Role.AUDITOR: Door("overview"),
    }
)
PROVINCE, REGENCY = 2, 5  # letters of their codes


def place_name(area: str) -> str:
    """The name of a village or an area above, as on signs; the code where there is none."""
    if village := areas.village(area):
        return village.title
    first = next(areas.villages(area), None) if len(area) in (PROVINCE, REGENCY) else None
    if first is None:
        return area
    return f"Provinsi {first.province}" if len(area) == PROVINCE else first.regency


def is_area_of(role: Role, area: str) -> bool:
    """Whether an office of this kind can be of this area: of a village, or of one above."""
    return (areas.village(area) is not None) == (role in OF_A_VILLAGE) and place_name(area) != area


def naming(role: str, area: str) -> dict[str, object]:
    """An office as sentences name it."""
    return {"role": role_words(Role(role)), "place": place_name(area)}


# What the conversations need to know.


def _reach(here: Here, _key: str) -> Reach | None:
    own = here.areas(Action.SEE_OFFICES)
    if not own:
        return None
    rows = {row.id: row for area in own for row in staff.all_offices(here.db, area)}
    count = Counter(row.area for row in rows.values())
    codes = [*dict.fromkeys(own), *sorted(count.keys() - set(own))]
    places = tuple((code, place_name(code), count[code]) for code in codes)
    return Reach(tuple(own), places, wide=any(not areas.village(area) for area in own))


def _place(here: Here, area: str) -> Place | None:
    held = [staff.as_office(row) for row in here.offices]
    if not may(held, Action.SEE_OFFICES, area):
        return None
    rows = [row for row in staff.all_offices(here.db, area) if row.area == area]
    rows.sort(key=lambda row: list(Role).index(Role(row.role)))
    officers = sum(row.role == Role.VILLAGE_OFFICER for row in rows)
    holders = tuple(_holder(here, row, officers) for row in rows)
    invites = tuple(
        role
        for role, action in APPOINTS.items()
        if is_area_of(role, area) and may(held, action, area)
    )
    return Place(area, place_name(area), holders, invites)


def _holder(here: Here, row: Staff, officers: int) -> Holder:
    return Holder(
        row.id,
        staff.name(here.house.keys, row),
        Role(row.role),
        here.house.day(row.since, row.area),
        may=_may(here, row),
        own=row.person_id == here.person.id,
        last=row.role == Role.VILLAGE_OFFICER and officers == 1,
    )


def _may(here: Here, row: Staff) -> Literal["", "end", "hand_over"]:
    """What the person may do with an office: end another's, hand over the own."""
    if row.person_id == here.person.id:
        return "hand_over" if Action.HAND_OVER in staff.allowed(row) else ""
    return "end" if _by(here, ENDS, row.role, row.area) else ""


def _by(here: Here, actions: Mapping[Role, Action], role: str, area: str) -> Staff | None:
    """The office by which the person may appoint to an office, or end one."""
    action = actions.get(Role(role))
    return here.office_for(action, area) if action and is_area_of(Role(role), area) else None


def _invitation(here: Here, token: str) -> InvitedTo | None:
    row = staff.invitation(here.db, here.house.keys, token, here.now)
    return InvitedTo(Role(row.role), place_name(row.area), bool(row.replaces)) if row else None


# What becomes of them.


def _accept(here: Here, turn: Turn) -> Done:
    outcome = cast(AcceptInvitation, turn.outcome)
    phone = outcome.phone.removesuffix(PROVEN)
    who = (here.person.id, here.incoming.name)
    here.end()
    accepted = staff.accept(here.db, here.house.keys, outcome.token, phone, who, here.now)
    if accepted is None:
        return Done([doors.home(here, Words("invitation.refused"))])
    office = accepted.office
    if Action.SEE_QUEUE in staff.allowed(office):
        due = notices.next_digest(office.area, here.now)
        timers.set_once(here.db, "digest", office.id, due)
    _tell_of(here, accepted)
    names = {**naming(office.role, office.area), "name": here.incoming.name}
    words = Words(f"invitation.accepted.{office.role}", names)
    return Done([doors.home(here, words)], FIRST[Role(office.role)])


def _tell_of(here: Here, accepted: Accepted) -> None:
    """Tell who invited, and whose office ended for it."""
    names = {**naming(accepted.office.role, accepted.office.area), "name": here.incoming.name}
    replaced = accepted.replaced
    if replaced is not None:
        words = Words("offices.notice.handed_over", names)
        farewell.office_ended(here.house, here.db, replaced, words, here.now)
    inviter = accepted.invitation.inviter_id or 0
    if inviter and (replaced is None or inviter != replaced.person_id):
        words = Words("offices.notice.accepted", names)
        notices.tell(here.house, here.db, inviter, words, here.now, kind="staff")


def tell_ended(house: House, db: Database, row: Staff, now: datetime) -> None:
    """Close what stands open of an office that has ended, and tell its holder kindly."""
    words = Words("offices.notice.ended", naming(row.role, row.area))
    farewell.office_ended(house, db, row, words, now)


def _invite(here: Here, turn: Turn) -> Done:
    outcome = cast(Invite, turn.outcome)
    office = _by(here, APPOINTS, outcome.role, outcome.area)
    if office is None:
        return _refused(here, "area", outcome.area)
    invited = Invited(
        outcome.area, outcome.phone, here.person.id, role=outcome.role, made_by=office.id
    )
    return _invited(here, invited, office, "offices.invited")


def _hand_over(here: Here, turn: Turn) -> Done:
    outcome = cast(HandOver, turn.outcome)
    row = staff.held(here.db, outcome.office)
    if row is None or _may(here, row) != "hand_over":
        return _refused(here, "office", row.id if row else "")
    invited = Invited(
        row.area, outcome.phone, here.person.id, Role(row.role), replaces=row.id, made_by=row.id
    )
    return _invited(here, invited, row, "offices.handing_over")


def _invited(here: Here, invited: Invited, by: Staff, said: str) -> Done:
    """Make the invitation, and answer with what is to be forwarded in a message of its own."""
    # Held until the end of the turn: it cannot end while it invites.
    if staff.held(here.db, by.id) is None:
        return _refused(here, "office", by.id)
    actor = Actor(here.person.id, by.role)
    token = staff.invite(here.db, here.house.keys, invited, here.now, actor)
    here.end()
    names = naming(invited.role, invited.area)
    forwarded = Words(
        "offices.link",
        {**names, "link": plain(doors.start_link(f"s_{token}", here.house.bot_name))},
    )
    return Done([doors.home(here, Words(said, names)), here.page.message(forwarded)])


def _end(here: Here, turn: Turn) -> Done:
    outcome = cast(EndOffice, turn.outcome)
    row = here.db.get(Staff, outcome.office)
    by = _by(here, ENDS, row.role, row.area) if row else None
    if row is None or by is None or row.person_id == here.person.id:
        return _refused(here, "office", row.id if row else "")
    here.end()
    door = Door("offices", row.area)
    names = {**naming(row.role, row.area), "name": staff.name(here.house.keys, row)}
    if not staff.end(here.db, row.id, here.now, Actor(here.person.id, by.role)):
        return Done([doors.home(here, Words("offices.ended_before", names))], door)
    tell_ended(here.house, here.db, row, here.now)
    return Done([doors.home(here, Words("offices.ended", names))], door)


def _not_allowed(here: Here, turn: Turn) -> Done:
    return _refused(here, "office", "", "offices.not_allowed")


def _refused(here: Here, kind: str, id: str, words: str = "turn.stale") -> Done:
    here.refused(kind, id)
    here.end()
    return Done([doors.home(here, Words(words))])


# Doors.


def _open(here: Here, door: Door) -> Opened:
    """The list of the own area, or of the one that the door names."""
    here.person.slot = "offices"
    where = Given(door.key, at=here.now.isoformat())
    return Session("offices", {"offices.where": where} if door.key else {}), Looked()


def _desk(here: Here, _door: Door) -> Opened:
    """The desk; who holds offices without one is told what the own office is for."""
    held = here.offices
    if not held or here.areas(Action.SEE_QUEUE):
        return doors.desk(here), Looked()
    return [doors.home(here, Words(f"offices.no_desk.{held[0].role}"))]


LOOKUPS: dict[str, LookUp] = {"offices": _reach, "holders": _place, "invitation": _invitation}
OUTCOMES: dict[type, Doing] = {
    AcceptInvitation: _accept,
    Invite: _invite,
    HandOver: _hand_over,
    EndOffice: _end,
    NotAllowed: _not_allowed,
}
OPENINGS: dict[str, Opening] = {"offices": _open, "desk": _desk}
