"""Members: sign-ups that BPJS has accepted, their card numbers, and the months paid for them.

Nothing here commits. Recording the same again changes nothing; what contradicts is refused, never
written over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlmodel import Session, case, col, select

from conversations.roster import Listed
from rules.coverage import Ledger, PaidMonth, Payer
from rules.registration import State
from storage import audit, evidence, member_batches, registrations
from storage.acceptances import ACCEPTABLE as ACCEPTABLE
from storage.acceptances import KPJ as KPJ
from storage.acceptances import MEMBERS, Refusal
from storage.acceptances import REFUSALS as REFUSALS
from storage.acceptances import Acceptance as Acceptance
from storage.acceptances import PaidUntil as PaidUntil
from storage.acceptances import Recorded as Recorded
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.models import Contribution, Member, Registration
from storage.sealing import Keyring

MOST_LISTED = 1_000  # of a village's people, whose names are opened to search among them


def record(
    db: Session,
    keys: Keyring,
    registration: Registration,
    acceptance: Acceptance,
    by: Actor,
    now: datetime,
) -> Recorded:
    """Make a confirmed sign-up a member, and add the months that are not there yet."""
    found = member_batches.record(db, keys, {registration.id: [acceptance]}, by, now)
    if registration.id not in found:
        return Recorded("not_confirmed")
    registrations.by_id(db, registration.id)  # what is loaded shows it as it stands now
    return found[registration.id].recorded[0]


def refuse(
    db: Session, keys: Keyring, row: Registration, answer: Refusal, by: Actor, now: datetime
) -> str:
    """Put on record that BPJS refused a sign-up: "refused", "same", or one of REFUSALS.

    It is "same" where this very answer is on record, or where nothing was sent since it was.
    """
    if (found := weigh_refusal(db, row, answer)) != "refused":
        return found
    if row.state == State.CONFIRMED:
        sent = Change("sent_to_bpjs", "registration", row.id)
        registrations.change_state(db, row, State.SUBMITTED, (by, sent), now)
    change = Change("refused_by_bpjs", "registration", row.id, reason=answer.source)
    note = keys.seal("registration.note", row.id, answer.reason)
    registrations.change_state(db, row, State.REFUSED, (by, change), now, note_sealed=note)
    refused = Fact("bpjs", "refused", values={"reason": answer.reason})
    evidence.append(db, keys, row.id, refused, by, now)
    return "refused"


def weigh_refusal(db: Session, row: Registration, answer: Refusal) -> str:
    """What `refuse` would say; nothing is changed."""
    if row.state == State.REFUSED or _is_old(db, row, answer):
        return "same"
    if row.state in MEMBERS:
        return "is_member"
    return "refused" if row.state in ACCEPTABLE else "not_confirmed"


def _is_old(db: Session, row: Registration, answer: Refusal) -> bool:
    history = audit.history(db, "registration", row.id)
    refused = [one.reason for one in history if one.action == "refused_by_bpjs"]
    return bool(refused) and (row.state == State.CONFIRMED or answer.source in refused)


def of_registration(db: Session, registration_id: str) -> Member | None:
    """The member that a sign-up became, if it did."""
    return db.get(Member, registration_id, populate_existing=True)


def of_person(db: Session, person_id: int) -> list[tuple[Registration, Member]]:
    """The sign-ups that an account typed and that became members, newest first."""
    joined = select(Registration, Member).join(Member)
    query = joined.where(Registration.person_id == person_id)
    return list(db.exec(query.order_by(col(Registration.created_at).desc())).all())


def ledger(db: Session, registration_id: str) -> Ledger | None:
    """What was paid for a member, and from when until when; None for who is none."""
    member = of_registration(db, registration_id)
    if member is None:
        return None
    return Ledger(member.active_from, _paid(db, registration_id), member.ended_on)


def _paid(db: Session, registration_id: str) -> tuple[PaidMonth, ...]:
    rows = contributions(db, registration_id)
    return tuple(PaidMonth(row.month, cast(Payer, row.paid_by), row.received_on) for row in rows)


def contributions(db: Session, registration_id: str) -> list[Contribution]:
    """The paid months of a member as they were recorded, in their order."""
    query = select(Contribution).where(Contribution.registration_id == registration_id)
    return list(db.exec(query.order_by(col(Contribution.month))))


def kpj(keys: Keyring, member: Member) -> str:
    """The number on the card, in full: for its owner alone."""
    return keys.open(KPJ, member.registration_id, member.kpj_sealed)


def with_nik(db: Session, keys: Keyring, nik: str) -> list[Registration]:
    """All sign-ups with a NIK, whoever typed them: for the operator's own commands."""
    here = Registration.nik_hash == keys.index("nik", nik)
    return list(db.exec(select(Registration).where(here).order_by(col(Registration.created_at))))


def listed(db: Session, keys: Keyring, villages: Sequence[str]) -> list[Listed]:
    """Who of these villages is a member or may become one; who is none yet comes first."""
    chosen = select(
        Registration.id, Registration.code, Registration.name_sealed, Registration.state
    )
    here = (col(Registration.village).in_(villages), col(Registration.state).in_(ACCEPTABLE))
    members_last = case((col(Registration.state).in_(MEMBERS), 1), else_=0)
    order = (members_last, col(Registration.created_at), col(Registration.id))
    rows = db.exec(chosen.where(*here).order_by(*order).limit(MOST_LISTED)).all()
    return [
        Listed(id, code, keys.open("registration.name", id, sealed), state in MEMBERS)
        for id, code, sealed, state in rows
    ]
