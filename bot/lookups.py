"""Answers what a conversation needs to know of the outside; one function per kind."""

from collections.abc import Mapping

from bot import (
    claim_desk,
    claim_family,
    covers,
    desk,
    details,
    finding,
    memberships,
    offices,
    overview,
    reasons,
    reports,
)
from bot.done import LookUp
from bot.here import Here
from conversations.enrolment import Offer
from conversations.status import Standing
from rules import areas, programmes
from rules.registration import State
from storage import programmes as opened
from storage import registrations, sessions
from storage.models import Registration


def find(here: Here, kind: str, key: str) -> object:
    """Look up what a conversation asks for."""
    return LOOKUPS[kind](here, key)


def _areas(here: Here, _key: str) -> tuple[str, ...]:
    """The areas of all programmes: their villages are meant more often than namesakes."""
    return tuple(code for one in here.house.programmes.values() for code in one.areas.value)


def _offer(here: Here, village: str) -> Offer | None:
    programme = programmes.for_village(village, here.house.programmes)
    if programme is None:
        return None
    return Offer(programme, opened.is_open(here.db, programme.key))


def _mine(here: Here, key: str) -> str:
    programme, _, number = key.partition("/")
    mine = (programme, number, here.person.id)
    return registrations.open_with_nik(here.db, here.house.keys, *mine)


def _registrations(here: Here, _key: str) -> tuple[Standing, ...]:
    rows = registrations.of_person(here.db, here.person.id)
    return tuple(_standing(here, row) for row in rows)


def _unfinished(here: Here, _key: str) -> str:
    return sessions.newest_slot(here.db, here.person.id, ("enrolment", "details"))


def _standing(here: Here, row: Registration) -> Standing:
    village = areas.village(row.village)
    return Standing(
        id=row.id,
        version=row.version,
        code=row.code,
        name=registrations.name(here.house.keys, row),
        village=village.title if village else row.village,
        state=State(row.state),
        since=here.house.day(row.changed_at, row.village),
        note=reasons.why(here, row),
    )


LOOKUPS: Mapping[str, LookUp] = {
    "areas": _areas,
    "offer": _offer,
    "mine": _mine,
    "registrations": _registrations,
    "unfinished": _unfinished,
    "covers": covers.covers,
    **desk.LOOKUPS,
    **details.LOOKUPS,
    **memberships.LOOKUPS,
    **offices.LOOKUPS,
    **finding.LOOKUPS,
    **overview.LOOKUPS,
    **claim_family.LOOKUPS,
    **claim_desk.LOOKUPS,
    **reports.LOOKUPS,
}
