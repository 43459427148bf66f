"""Who may do what: one table of roles and actions, and the area in which an office counts.

The table is asked where an action is carried out, never only where a button is drawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    VILLAGE_OFFICER = "village_officer"
    HELPER = "helper"
    REGENCY_OFFICER = "regency_officer"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What an office may allow. Reading people's data is an action like any other."""

    ENTER = "enter"  # sign villagers up as their cadre, and complete what they were asked
    SEE_QUEUE = "see_queue"
    DECIDE = "decide"  # confirm, return, reject, undo
    SEARCH = "search"
    SEE_PHONE = "see_phone"
    RECORD_MINUTES = "record_minutes"
    RECORD_MEMBER = "record_member"  # card number, days and months paid
    RECORD_DEPARTURE = "record_departure"  # died, moved, formal job, no longer working
    HAND_CARD = "hand_card"
    ANSWER_OFFER = "answer_offer"  # for somebody who cannot press the button
    SEE_SEATS = "see_seats"
    SEE_OFFICES = "see_offices"
    APPOINT_HELPER = "appoint_helper"
    APPOINT_OFFICER = "appoint_officer"
    END_HELPER = "end_helper"
    END_OFFICER = "end_officer"
    HAND_OVER = "hand_over"  # give one's own office to a successor
    EXPORT = "export"
    READ_AUDIT = "read_audit"
    HANDLE_CLAIM = "handle_claim"  # verify, tick papers, move on, note heirs, give out its code


_A = Action

ALLOWED: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.VILLAGE_OFFICER: frozenset(
            {
                *(_A.ENTER, _A.SEE_QUEUE, _A.DECIDE, _A.SEARCH, _A.SEE_PHONE, _A.RECORD_MINUTES),
                *(_A.RECORD_MEMBER, _A.RECORD_DEPARTURE, _A.HAND_CARD, _A.ANSWER_OFFER),
                *(_A.SEE_SEATS, _A.SEE_OFFICES, _A.APPOINT_HELPER, _A.END_HELPER, _A.HAND_OVER),
                _A.HANDLE_CLAIM,
            }
        ),
        Role.HELPER: frozenset({_A.ENTER}),
        Role.REGENCY_OFFICER: frozenset(
            {
                *(_A.SEE_SEATS, _A.SEE_OFFICES, _A.APPOINT_HELPER, _A.APPOINT_OFFICER),
                *(_A.END_HELPER, _A.END_OFFICER, _A.HAND_OVER, _A.EXPORT, _A.READ_AUDIT),
                _A.HANDLE_CLAIM,
            }
        ),
        Role.AUDITOR: frozenset({_A.SEE_SEATS, _A.SEE_OFFICES, _A.READ_AUDIT}),
    }
)
OF_A_VILLAGE = frozenset({Role.VILLAGE_OFFICER, Role.HELPER})


@dataclass(frozen=True)
class Office:
    """A role and the area in which it counts: a Kemendagri code of a village or above."""

    role: Role
    area: str


def roles_for(action: Action) -> list[Role]:
    """The roles that allow an action."""
    return [role for role, actions in ALLOWED.items() if action in actions]


def lies_in(village: str, area: str) -> bool:
    """Whether a village (or a smaller area) is of an area, or is the area itself."""
    return f"{village}.".startswith(f"{area}.")


def may(offices: Iterable[Office], action: Action, village: str) -> bool:
    """Whether any of these offices allows an action in a village or area."""
    return any(
        action in ALLOWED[office.role] and lies_in(village, office.area) for office in offices
    )
