"""Members: sign-ups that BPJS has accepted, their card numbers, and the months paid for them.

Nothing here commits. Recording the same again changes nothing; what contradicts is refused, never
written over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, case, col, select

from conversations.roster import Listed
from rules.coverage import Ledger, PaidMonth, Payer
from rules.months import first_day
from rules.registration import State
from storage import audit, registrations
from storage.audit import Actor, Change
from storage.models import Contribution, Member, Registration
from storage.sealing import Keyring

KPJ = "member.kpj"
ACCEPTABLE = (State.CONFIRMED, State.SUBMITTED, State.ACTIVE)
MOST_LISTED = 1_000  # of a village's people, whose names are opened to search among them
REFUSALS = (
    "not_confirmed",
    "card_missing",
    "card_taken",
    "other_card",
    "other_active_from",
    "month_before_active",
    "month_differs",
    "not_last",
)


@dataclass(frozen=True)
class Acceptance:
    """What BPJS answered, and the months paid. Of a member already, the months alone will do."""

    kpj: str = field(default="", repr=False)
    active_from: date | None = None
    months: tuple[PaidMonth, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """What became of it: whether the person became a member, and the months that were new.

    `refused` is one of REFUSALS; then nothing was changed. `month` is the one that it is about.
    Of a correction: `mended` holds "card", "active_from" or both, `taken_back` the month.
    """

    refused: str = ""
    month: date | None = None
    is_new: bool = False
    added: tuple[PaidMonth, ...] = ()
    mended: tuple[str, ...] = ()
    taken_back: PaidMonth | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return self.is_new or bool(self.added or self.mended or self.taken_back)


def record(
    db: Session,
    keys: Keyring,
    registration: Registration,
    acceptance: Acceptance,
    by: Actor,
    now: datetime,
) -> Recorded:
    """Make a confirmed sign-up a member, and add the months that are not there yet."""
    row = registrations.by_id(db, registration.id)
    member = of_registration(db, registration.id)
    refused = _contradiction(keys, row, member, acceptance)
    if row is None or refused:
        return Recorded(refused)
    if odd := _odd_month(db, member, acceptance):
        return odd
    if member is None and not _insert(db, keys, row, acceptance, now):
        return Recorded("card_taken")
    _accepted(db, row, by, now)
    added = _add(db, row, acceptance.months, by, now)
    return Recorded(is_new=member is None, added=added)


def _contradiction(
    keys: Keyring, row: Registration | None, member: Member | None, new: Acceptance
) -> str:
    if row is None or row.state not in ACCEPTABLE:
        return "not_confirmed"
    if member is None:
        return "" if new.kpj and new.active_from else "card_missing"
    if new.kpj and keys.index("kpj", new.kpj) != member.kpj_hash:
        return "other_card"
    if new.active_from and new.active_from != member.active_from:
        return "other_active_from"
    return ""


def _odd_month(db: Session, member: Member | None, new: Acceptance) -> Recorded | None:
    """The refusal of a month before the membership, or of one that was paid otherwise."""
    active_from = member.active_from if member else new.active_from
    assert active_from is not None  # noqa: S101 (without it this is not reached)
    paid = {one.month: one for one in _paid(db, member.registration_id)} if member else {}
    for one in new.months:
        if one.month < first_day(active_from):
            return Recorded("month_before_active", one.month)
        if paid.get(one.month, one) != one:
            return Recorded("month_differs", one.month)
    return None


def _insert(db: Session, keys: Keyring, row: Registration, new: Acceptance, now: datetime) -> bool:
    """False if the card belongs to another sign-up, whoever was faster."""
    values = {
        "registration_id": row.id,
        "kpj_hash": keys.index("kpj", new.kpj),
        "kpj_sealed": keys.seal(KPJ, row.id, new.kpj),
        "active_from": new.active_from,
        "created_at": now,
        "changed_at": now,
    }
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(Member).values(values).on_conflict_do_nothing()
    return db.scalar(statement.returning(col(Member.registration_id))) is not None


def _accepted(db: Session, row: Registration, by: Actor, now: datetime) -> None:
    """Move a sign-up on to `active`, each step on record."""
    steps = ((State.SUBMITTED, "sent_to_bpjs"), (State.ACTIVE, "accepted_by_bpjs"))
    for to, action in steps[ACCEPTABLE.index(State(row.state)) :]:
        change = Change(action, "registration", row.id)
        moved = registrations.change_state(db, row, to, (by, change), now)
        assert moved  # noqa: S101 (`record` has locked the row)


def _add(
    db: Session, row: Registration, months: Sequence[PaidMonth], by: Actor, now: datetime
) -> tuple[PaidMonth, ...]:
    """Add the months that are not there yet; these."""
    paid = {one.month for one in _paid(db, row.id)}
    new = tuple(one for one in months if one.month not in paid)
    for one in new:
        contribution = Contribution(
            registration_id=row.id,
            month=one.month,
            paid_by=one.payer,
            received_on=one.received,
            recorded_at=now,
            recorded_by=by.id,
        )
        db.add(contribution)
    if new:
        reason = f"{len(new)} from {new[0].month:%Y-%m} by {new[0].payer}"
        audit.record(db, by, Change("contribution", "registration", row.id, reason=reason), now)
        db.get_one(Member, row.id).changed_at = now
    db.flush()
    return new


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
    members_last = case((col(Registration.state) == State.ACTIVE, 1), else_=0)
    order = (members_last, col(Registration.created_at), col(Registration.id))
    rows = db.exec(chosen.where(*here).order_by(*order).limit(MOST_LISTED)).all()
    return [
        Listed(id, code, keys.open("registration.name", id, sealed), state == State.ACTIVE)
        for id, code, sealed, state in rows
    ]
