"""Sign-ups: storing, correcting, finding, and moving them from state to state.

Nothing here commits. A move is a conditional UPDATE on id, version and state: of two that race,
one finds its row changed and gets False.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, bindparam, col, insert, select, update

from rules.registration import OPEN_STATES, State, move
from storage import audit, duplicates, evidence, proof, tallies
from storage.audit import Actor, Change
from storage.evidence import Fact
from storage.many import among
from storage.models import Registration
from storage.sealing import Keyring

UNKNOWN = "no sign-up"  # in the session's notes: which accounts have typed none
TYPISTS = (
    select(Registration.person_id).where(among(col(Registration.person_id), "people")).distinct()
)
OPEN_WITH_NIK = select(Registration.id).where(  # made once: that takes longer than to run it
    col(Registration.nik_hash) == bindparam("nik"),
    col(Registration.programme) == bindparam("programme"),
    col(Registration.person_id) == bindparam("person"),
    col(Registration.state).in_(OPEN_STATES),
)
BLANK = {  # what a new sign-up does not say
    name: field.get_default()
    for name, field in Registration.model_fields.items()
    if not field.is_required()
}
CODE_LETTERS = "ACDEFGHJKLMNPQRTUVWXY3479"  # none that are mistaken for one another


@dataclass(frozen=True)
class Submission:
    """A finished part one: where, who, by whom, what the officer should look at."""

    programme: str
    village: str
    whom: str
    nik: str
    name: str
    born: str
    warnings: tuple[str, ...]
    typed_by: int
    answers: Mapping[str, proof.Proof]


@dataclass(frozen=True)
class Receipt:
    """What is told of a new sign-up: its code; by its id it is found."""

    id: str
    code: str


def receive(db: Session, keys: Keyring, new: Submission, now: datetime) -> Receipt:
    """Store a new sign-up as `pending`; a NIK that is known already adds a warning for the officer.

    It is stored the same way, in the same time, whoever has signed up with this NIK before.
    """
    db.info.get(UNKNOWN, set()).discard(new.typed_by)
    receipt = Receipt(base32(16), f"{base32(3)}-{base32(4)}")
    hashes = duplicates.hashes(keys, duplicates.of(new))
    warnings = " ".join(duplicates.found(db, new.programme, hashes, "") + new.warnings)
    row = {
        **BLANK,
        **vars(receipt),
        **_identity(keys, receipt.id, new),
        "state": State.PENDING,
        "person_id": new.typed_by,
        "warnings": warnings,
        **dict.fromkeys(("created_at", "changed_at", "queued_at"), now),
    }
    db.connection().execute(insert(Registration), row)
    tallies.move(db, (), tallies.keys_of(new.village, State.PENDING, warnings))
    duplicates.keep(db, receipt.id, hashes)
    proof.begin(db, keys, receipt.id, new.answers)
    change = Change("submitted", "registration", receipt.id, "", State.PENDING)
    audit.record(db, Actor(new.typed_by, "worker"), change, now)
    return receipt


def submit(db: Session, keys: Keyring, new: Submission, now: datetime) -> Registration:
    """As `receive`; the sign-up itself, for who goes on with it."""
    return db.get_one(Registration, receive(db, keys, new, now).id)


def _identity(keys: Keyring, id: str, new: Submission) -> dict[str, Any]:
    """Whom a sign-up is of and where, as its row keeps it."""
    return {
        "programme": new.programme,
        "village": new.village,
        "whom": new.whom,
        "nik_hash": keys.index("nik", new.nik),
        "nik_sealed": keys.seal("registration.nik", id, new.nik),
        "name_sealed": keys.seal("registration.name", id, new.name),
    }


def base32(length: int) -> str:
    """Random letters and digits that are not mistaken for one another."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))


def correct(db: Session, keys: Keyring, row: Registration, new: Submission, now: datetime) -> bool:
    """Take corrected answers into a sign-up that is undecided, or refused; back to `pending`.

    A sign-up on the waiting list keeps its place. False if it has been decided meanwhile.
    """
    old = State(row.state)
    if old not in (State.PENDING, State.RETURNED, State.WAITING, State.REFUSED):
        return False
    hashes = duplicates.hashes(keys, duplicates.of(new))
    warnings = duplicates.found(db, new.programme, hashes, row.id) + new.warnings
    state = State.WAITING if old is State.WAITING else State.PENDING
    values = {**_identity(keys, row.id, new), **_corrected(row, old, now)}
    values["warnings"] = " ".join(warnings)
    had_left = bool(row.left_why) and old is State.REFUSED
    if not _change(db, row, state, values, now):
        return False
    duplicates.replace(db, row.id, hashes)
    changed = proof.store(db, keys, row.id, new.answers, now)
    fact = Fact("correction", "answers", values={"questions": " ".join(changed)})
    by = Actor(new.typed_by, "worker")
    evidence.append_if_begun(db, keys, row.id, fact, by, now)
    # Who waits goes on waiting: that is no step of the waiting list.
    moved = (old, state) if old is not State.WAITING else ()
    audit.record(db, by, Change("corrected", "registration", row.id, *moved), now)
    if had_left:
        audit.record(db, by, Change("departure_undone", "registration", row.id), now)
    return True


def _corrected(row: Registration, old: State, now: datetime) -> dict[str, Any]:
    """What of a sign-up a correction changes, beside its answers."""
    again = old in (State.RETURNED, State.REFUSED)
    return {
        "returned_question": "",
        "note_sealed": None,
        "queued_at": now if again else row.queued_at,
        # What the village decided before BPJS refused is decided anew; a mark stays for ever.
        **(_as_new() if old is State.REFUSED else {}),
    }


def _as_new() -> dict[str, Any]:
    """What is forgotten of a sign-up that comes back after BPJS refused it."""
    return {"minutes_id": None, "left_why": "", "left_on": None}


def move_line(
    db: Session, row: Registration, line: str, by: tuple[Actor, Change], now: datetime
) -> bool:
    """Put a waiting sign-up into another line; False if someone else was faster."""
    waiting = State.WAITING
    if row.state != waiting or not _change(db, row, waiting, {"line": line}, now):
        return False
    actor, change = by
    record = Change(change.action, "registration", row.id, waiting, waiting, change.reason)
    audit.record(db, actor, record, now)
    return True


def change_state(
    db: Session,
    row: Registration,
    to: State,
    by: tuple[Actor, Change],
    now: datetime,
    **values: object,
) -> bool:
    """Move a sign-up as it was read to another state; False if someone else was faster.

    Raises `IllegalMove` for a move outside the table.
    """
    actor, change = by
    move(State(row.state), to)
    was = row.state
    if not _change(db, row, to, values, now):
        return False
    record = Change(change.action, "registration", row.id, was, to, change.reason)
    audit.record(db, actor, record, now)
    return True


def offer_until(db: Session, row: Registration, until: datetime) -> bool:
    """Keep an offered seat for its person until another moment; False if another was faster."""
    return _change(db, row, State.OFFERED, {"offered_until": until}, row.changed_at)


def touch(db: Session, row: Registration) -> bool:
    """Make a new version of a sign-up whose card or months change; False if another was faster.

    Its state stays, and since when it is in that state.
    """
    return _change(db, row, State(row.state), {}, row.changed_at)


def _change(
    db: Session, row: Registration, to: State, values: Mapping[str, object], now: datetime
) -> bool:
    here = (
        col(Registration.id) == row.id,
        col(Registration.version) == row.version,
        col(Registration.state) == row.state,
    )
    new = {**values, "state": to, "version": row.version + 1, "changed_at": now}
    before = tallies.keys_of(row.village, row.state, row.warnings)
    changed = db.exec(update(Registration).where(*here).values(**new)).rowcount == 1
    if changed:
        db.refresh(row)
        tallies.move(db, before, tallies.keys_of(row.village, row.state, row.warnings))
    return changed


def by_id(db: Session, id: str) -> Registration | None:
    """One sign-up as it stands, locked where the database can."""
    query = select(Registration).where(Registration.id == id).with_for_update()
    return db.exec(query.execution_options(populate_existing=True)).first()


def by_code(db: Session, code: str) -> Registration | None:
    """One sign-up by the code on its receipt, however it is typed."""
    query = select(Registration).where(Registration.code == printed(code))
    return db.exec(query).first()


def printed(code: str) -> str:
    """A code as it stands on a receipt, however it is typed."""
    letters = "".join(filter(str.isalnum, code.upper()))
    return f"{letters[:3]}-{letters[3:]}"


def of_person(db: Session, person_id: int, most: int = 30) -> list[Registration]:
    """The sign-ups that an account typed, newest first."""
    query = select(Registration).where(Registration.person_id == person_id)
    return list(db.exec(query.order_by(col(Registration.created_at).desc()).limit(most)))


def read_ahead(db: Session, person_ids: Collection[int]) -> None:
    """Note which of these accounts have typed no sign-up yet, for `open_with_nik`."""
    typed = db.connection().execute(TYPISTS, {"people": list(person_ids)}).scalars()
    db.info[UNKNOWN] = set(person_ids) - set(typed)


def open_with_nik(db: Session, keys: Keyring, programme: str, nik: str, person_id: int) -> str:
    """This account's own open sign-up with this NIK in a programme, by its id; "" without one."""
    if person_id in db.info.get(UNKNOWN, ()):
        return ""
    wanted = {"nik": keys.index("nik", nik), "programme": programme, "person": person_id}
    return db.connection().execute(OPEN_WITH_NIK, wanted).scalars().first() or ""


def name(keys: Keyring, row: Registration) -> str:
    """The person's name."""
    return keys.open("registration.name", row.id, row.name_sealed)


def nik(keys: Keyring, row: Registration) -> str:
    """The full NIK: for the rules alone, never for a message."""
    return keys.open("registration.nik", row.id, row.nik_sealed)


def note(keys: Keyring, row: Registration) -> str:
    """What the officer wrote when returning or rejecting, or ""."""
    if row.note_sealed is None:
        return ""
    return keys.open("registration.note", row.id, row.note_sealed)
