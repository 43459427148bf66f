"""Corrections of a member: another card or day in the place of a wrong one, a month taken back.

Nothing here commits. Each is on record with who did it, and makes a new version of the sign-up.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, update

from rules.kpj import masked
from rules.membership import DayError, check_before_paid
from storage import audit, evidence, members, registrations
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.members import ACCEPTABLE, KPJ, Recorded
from storage.models import Contribution, Member, Registration
from storage.sealing import Keyring


@dataclass(frozen=True)
class Correction:
    """What is right instead; "" and None leave the present number and day as they are."""

    kpj: str = field(default="", repr=False)
    active_from: date | None = None


def mend(
    db: Session,
    keys: Keyring,
    registration: Registration,
    correction: Correction,
    by: Actor,
    now: datetime,
) -> Recorded:
    """Put the right number and day in the place of the wrong; refused is what contradicts."""
    row = registrations.by_id(db, registration.id)
    member = members.of_registration(db, registration.id)
    if row is None or row.state not in ACCEPTABLE or member is None:
        return Recorded("not_confirmed")
    mended = _differing(keys, member, correction)
    if not mended:
        return Recorded()
    paid = [one.month for one in members.contributions(db, row.id)]
    day = correction.active_from or member.active_from
    try:
        check_before_paid(day, paid)
    except DayError:
        return Recorded("month_before_active", min(paid))
    reason = _reason(member, mended, day)
    if not _write(db, keys, row, Correction(correction.kpj, day), now):
        return Recorded("card_taken")
    _on_record(db, row, Change("mended", "registration", row.id, reason=reason), by, now)
    card = {"card": masked(correction.kpj)} if "card" in mended else {}
    evidence.append(db, keys, row.id, Fact("card", "mended", day, card), by, now)
    return Recorded(mended=mended)


def _differing(keys: Keyring, member: Member, new: Correction) -> tuple[str, ...]:
    differs = {
        "card": new.kpj and keys.index("kpj", new.kpj) != member.kpj_hash,
        "active_from": new.active_from and new.active_from != member.active_from,
    }
    return tuple(name for name, is_other in differs.items() if is_other)


def _reason(member: Member, mended: tuple[str, ...], day: date) -> str:
    """What was mended; of the card never the number."""
    days = f"active_from {member.active_from} to {day}"
    return ", ".join(days if name == "active_from" else name for name in mended)


def _write(db: Session, keys: Keyring, row: Registration, new: Correction, now: datetime) -> bool:
    """False if the card belongs to another sign-up, whoever was faster."""
    values: dict[str, object] = {"active_from": new.active_from, "changed_at": now}
    if new.kpj:
        values["kpj_hash"] = keys.index("kpj", new.kpj)
        values["kpj_sealed"] = keys.seal(KPJ, row.id, new.kpj)
    try:
        with db.begin_nested():
            here = col(Member.registration_id) == row.id
            db.exec(update(Member).where(here).values(**values))
    except IntegrityError:
        return False
    return True


def take_back(
    db: Session, keys: Keyring, registration: Registration, month: date, by: Actor, now: datetime
) -> Recorded:
    """Take back the last of the months paid if it is this one still; it stays on record."""
    row = registrations.by_id(db, registration.id)
    if row is None or row.state not in ACCEPTABLE:
        return Recorded("not_confirmed")
    ledger = members.ledger(db, row.id)
    last = ledger.months[-1] if ledger and ledger.months else None
    if last is None or last.month != month:
        return Recorded("not_last", month)
    db.delete(db.get_one(Contribution, (row.id, month)))
    db.get_one(Member, row.id).changed_at = now
    db.flush()
    reason = f"{last.month:%Y-%m} by {last.payer} received {last.received}"
    _on_record(db, row, Change("month_taken_back", "registration", row.id, reason=reason), by, now)
    taken = Fact("months", "taken_back", values={"month": f"{last.month:%Y-%m}"})
    evidence.append(db, keys, row.id, taken, by, now)
    return Recorded(taken_back=last)


def _on_record(db: Session, row: Registration, change: Change, by: Actor, now: datetime) -> None:
    touched = registrations.touch(db, row)
    assert touched  # noqa: S101 (the row is locked since it was read)
    audit.record(db, by, change, now)
