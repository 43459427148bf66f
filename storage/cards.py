"""The cards of members: which lie at the village still, and to whom and when each was given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, case, col, func, select

from conversations.roster import Listed
from rules.registration import State
from storage import audit, evidence, registrations
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.models import Member, Registration
from storage.sealing import Keyring

GIVEN_TO = "member.card_given_to"
HELD = (State.ACTIVE, State.LAPSED)  # of who left, no card is waited for


@dataclass(frozen=True)
class Handed:
    """The day on which a card was handed over, and to whom: "self" or a name."""

    on: date
    to: str = field(repr=False)


def hand_over(
    db: Session, keys: Keyring, row: Registration, handed: Handed, by: Actor, now: datetime
) -> bool:
    """Write down that a card was handed over, in place of what was written before.

    False if there is no card, or somebody changed the sign-up meanwhile.
    """
    member = db.get(Member, row.id, populate_existing=True)
    if member is None or not registrations.touch(db, row):
        return False
    action = "card_handed_over" if member.card_given_on is None else "card_handing_mended"
    member.card_given_on, member.changed_at = handed.on, now
    member.card_given_to_sealed = keys.seal(GIVEN_TO, row.id, handed.to)
    db.add(member)
    db.flush()
    audit.record(db, by, Change(action, "registration", row.id), now)
    evidence.append(db, keys, row.id, Fact("card", "handed_over", handed.on), by, now)
    return True


def given(keys: Keyring, member: Member) -> Handed | None:
    """When and to whom a card was handed over; None while it lies at the village."""
    if member.card_given_on is None or member.card_given_to_sealed is None:
        return None
    to = keys.open(GIVEN_TO, member.registration_id, member.card_given_to_sealed)
    return Handed(member.card_given_on, to)


def still_at_village(
    db: Session, keys: Keyring, villages: Sequence[str], most: int
) -> list[Listed]:
    """The members of these villages who have no card yet, longest waiting first."""
    chosen = select(Registration.id, Registration.code, Registration.name_sealed).join(Member)
    waiting = (
        col(Registration.village).in_(villages),
        col(Registration.state).in_(HELD),
        col(Member.card_given_on).is_(None),
    )
    order = (col(Member.created_at), col(Member.registration_id))
    rows = db.exec(chosen.where(*waiting).order_by(*order).limit(most))
    return [
        Listed(id, code, keys.open("registration.name", id, sealed), is_member=True)
        for id, code, sealed in rows
    ]


def counts(db: Session, area: str) -> tuple[int, int]:
    """How many cards of an area's members are handed over, and how many lie at the village."""
    handed = func.coalesce(func.sum(case((col(Member.card_given_on).is_not(None), 1), else_=0)), 0)
    chosen = select(handed, func.count()).select_from(Registration).join(Member)
    here = (col(Registration.village) == area) | col(Registration.village).startswith(f"{area}.")
    held = col(Registration.state).in_(HELD)
    given_out, all_of_them = db.exec(chosen.where(here, held)).one()
    return int(given_out), int(all_of_them) - int(given_out)
