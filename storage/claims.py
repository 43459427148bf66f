"""Claims: reported once, moved by the table of moves, followed by the family.

Nothing here commits. A change is a conditional UPDATE on id and version: of two that race, one
finds its row changed and gets False.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select, update

from rules import claims as rules
from rules.claims import OPEN_STATES, START, VERIFIABLE, IllegalMove, Kind, State
from storage import audit, evidence
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.models import Claim, ClaimStep
from storage.registrations import base32
from storage.sealing import Keyring

FACTS, NOTE = "claim.facts", "claim_step.note"
RECEIPT, AMOUNT = "claim.receipt", "claim.amount"


@dataclass(frozen=True)
class Pen:
    """Who writes, when, and with which keys."""

    keys: Keyring
    by: Actor
    now: datetime


@dataclass(frozen=True)
class Report:
    """A death or an accident as it was told.

    `facts` are texts by name: `name` of the person, `cause`, `relation`, `reporter` and `phone`,
    `number` (a NIK or a card, if given); of an accident also `place`, `how`, `time`, `treated`.
    `since` is the moment from which the first state counts.
    """

    kind: Kind
    village: str
    happened_on: date
    since: datetime
    reported_by: int
    facts: Mapping[str, str] = field(repr=False)
    registration_id: str | None = None


@dataclass(frozen=True)
class Moved:
    """A step: where to, on which day it happened, why (`note`), and further columns to set."""

    to: State
    on: date
    note: str = field(default="", repr=False)
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step as kept, opened. `from_state` is "" of the first, `role` that of who wrote it."""

    from_state: str
    to_state: State
    on: date
    at: datetime
    role: str
    note: str = field(default="", repr=False)


def report(db: Session, pen: Pen, new: Report) -> Claim:
    """Store a death or an accident in the first state of its kind."""
    id, start = base32(16), START[new.kind]
    row = Claim(
        id=id,
        kind=new.kind,
        state=start,
        registration_id=new.registration_id,
        village=new.village,
        happened_on=new.happened_on,
        facts_sealed=pen.keys.seal_json(FACTS, id, dict(new.facts)),
        reported_by=new.reported_by,
        reported_at=pen.now,
        since=new.since,
        told_at=pen.now,
        changed_at=pen.now,
    )
    db.add(row)
    db.flush()
    _on_record(db, pen, row, "", Moved(start, new.happened_on))
    return row


def _on_record(db: Session, pen: Pen, row: Claim, was: str, moved: Moved) -> None:
    """Add the step to the claim's own history, and to the audit, which never holds the note."""
    place = f"{row.id} {row.version}"
    step = ClaimStep(
        claim_id=row.id,
        seq=row.version,
        from_state=was,
        to_state=moved.to,
        happened_on=moved.on,
        at=pen.now,
        by_id=pen.by.id,
        role=pen.by.role,
        note_sealed=pen.keys.seal(NOTE, place, moved.note) if moved.note else None,
    )
    db.add(step)
    db.flush()
    action = "claim_moved" if was else "claim_reported"
    audit.record(db, pen.by, Change(action, "claim", row.id, was, moved.to), pen.now)
    if row.registration_id:
        told = {"claim": row.id, "kind": row.kind, "happened_on": row.happened_on.isoformat()}
        fact = Fact("claim", moved.to, moved.on, told)
        evidence.append_if_begun(db, pen.keys, row.registration_id, fact, pen.by, pen.now)


def move(db: Session, pen: Pen, row: Claim, moved: Moved) -> bool:
    """Take a claim as it was read to another state; False if somebody else was faster.

    Raises `IllegalMove` for a move outside the table of its kind. The state counts from now on
    unless `moved.values` say `since`.
    """
    rules.move(Kind(row.kind), State(row.state), moved.to)
    return _move(db, pen, row, moved)


def verify(db: Session, pen: Pen, row: Claim, told: Mapping[str, str], moved: Moved) -> bool:
    """A reported death is true: its cause says of which kind the claim is, and its next state.

    `told` are facts that join those of the report, `cause` among them; `moved.to` is not looked
    at. Raises `IllegalMove` where a death can be verified no more.
    """
    if row.state not in VERIFIABLE:
        raise IllegalMove(Kind(row.kind), State(row.state), State.VERIFIED)
    kind, state = rules.verified(told["cause"])
    sealed = pen.keys.seal_json(FACTS, row.id, {**facts(pen.keys, row), **told})
    values = {**moved.values, "kind": kind, "facts_sealed": sealed}
    return _move(db, pen, row, Moved(state, moved.on, moved.note, values))


def _move(db: Session, pen: Pen, row: Claim, moved: Moved) -> bool:
    was = row.state
    new = {"since": pen.now, "late": 0, **moved.values, "state": moved.to}
    if not change(db, row, pen.now, **new):
        return False
    _on_record(db, pen, row, was, moved)
    return True


def change(db: Session, row: Claim, now: datetime, **values: object) -> bool:
    """Change columns of a claim as it was read; False if somebody else was faster."""
    here = (col(Claim.id) == row.id, col(Claim.version) == row.version)
    new = {**values, "version": row.version + 1, "changed_at": now}
    changed = db.exec(update(Claim).where(*here).values(**new)).rowcount == 1
    db.refresh(row)
    return changed


def by_id(db: Session, id: str) -> Claim | None:
    """One claim as it stands, locked where the database can."""
    query = select(Claim).where(Claim.id == id).with_for_update()
    return db.exec(query.execution_options(populate_existing=True)).first()


def of_registration(db: Session, registration_id: str) -> list[Claim]:
    """The claims of one sign-up, newest first."""
    query = select(Claim).where(Claim.registration_id == registration_id)
    return list(db.exec(query.order_by(col(Claim.reported_at).desc(), col(Claim.id))))


def open_death(db: Session, registration_id: str) -> Claim | None:
    """The claim that says this person has died, unless it was false or taken back."""
    for row in of_registration(db, registration_id):
        untrue = row.state in (State.FALSE_REPORT, State.WITHDRAWN)
        if not untrue and (row.kind == Kind.JKM or row.state == State.DEAD or _was_dead(db, row)):
            return row
    return None


def _was_dead(db: Session, row: Claim) -> bool:
    here = (ClaimStep.claim_id == row.id, ClaimStep.to_state == State.DEAD)
    return db.exec(select(ClaimStep.seq).where(*here)).first() is not None


def facts(keys: Keyring, row: Claim) -> dict[str, str]:
    """What was reported, as `Report.facts`."""
    return cast(dict[str, str], keys.open_json(FACTS, row.id, row.facts_sealed))


def receipt(keys: Keyring, row: Claim) -> str:
    """The number of the branch's receipt, or ""."""
    return keys.open(RECEIPT, row.id, row.receipt_sealed) if row.receipt_sealed else ""


def amount(keys: Keyring, row: Claim) -> int | None:
    """The sum that was paid, in whole rupiah, if it is known."""
    return int(keys.open(AMOUNT, row.id, row.amount_sealed)) if row.amount_sealed else None


def steps(db: Session, keys: Keyring, claim_id: str) -> list[Step]:
    """The history of a claim, oldest first."""
    query = select(ClaimStep).where(ClaimStep.claim_id == claim_id)
    rows = db.exec(query.order_by(col(ClaimStep.seq)))
    return [_opened(keys, row) for row in rows]


def _opened(keys: Keyring, row: ClaimStep) -> Step:
    place = f"{row.claim_id} {row.seq}"
    note = keys.open(NOTE, place, row.note_sealed) if row.note_sealed else ""
    return Step(row.from_state, State(row.to_state), row.happened_on, row.at, row.role, note)


def of_areas(db: Session, areas: Iterable[str], most: int) -> list[Claim]:
    """The open claims of villages or larger areas, those that are late or due first at the top."""
    query = select(Claim).where(col(Claim.state).in_(OPEN_STATES), or_(*map(_lies_in, areas)))
    due = (col(Claim.due_at).is_(None), col(Claim.due_at), col(Claim.reported_at), col(Claim.id))
    return list(db.exec(query.order_by(*due).limit(most)))


def _lies_in(area: str) -> ColumnElement[bool]:
    village = col(Claim.village)
    return or_(village == area, village.startswith(f"{area}."))
