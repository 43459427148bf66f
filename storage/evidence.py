"""Evidence: what a sign-up was decided on and what came later, so kept that it holds years later.

Each record of a sign-up has a content (what was asked, answered, done: canonical JSON) with a salt
of 32 bytes. Its commitment, HMAC(salt, content), binds the content and tells nothing of it. Its
link, HMAC(chain key, the link before | sign-up | number | kind | subject | moment | who | role |
commitment), binds the record to its place. So
- content and salt are sealed together (AES-GCM, bound to the row): they can be deleted, or sealed
  again with another data key, and the chain holds, for it binds the commitment alone;
- the chain key comes of the index key, which never changes with the data keys;
- who can write the database but has no key cannot change, reorder, insert, swap between people or
  take out a record: the links would not fit. Cutting off the last ones shows at the head, whose
  keyed hash binds length and last link.

What no chain shows by itself: the whole older state of a sign-up, put back with its older head.
Against that stand the anchors (`storage/anchors.py`), one line a day outside of the database, and
the head that is printed on the file. What is younger than the last anchor and on no printed file
can be put back unseen. Who has the keys can write everything anew; the anchors, if kept by somebody
else too, show that as well.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session

from rules import nik
from rules.facts import Fact as Fact
from storage import chain, proof, staff
from storage.audit import Actor
from storage.evidence_rows import HEADS, RECORDS, Raw, linked, of
from storage.models import Registration
from storage.proof import Kept
from storage.sealing import Keyring, SealError

AT_ONCE = 500  # chains whose heads are read in one statement
BROKEN = "broken"
Values = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One record as kept: the fact, None where its content was deleted or is not what it was."""

    seq: int
    kind: str
    subject: str
    at: datetime
    by: Actor
    link: bytes
    fact: Fact | None


@dataclass(frozen=True)
class _Head:
    """The end of a chain as it was read. It is sound where head and records are of one another."""

    last: bytes
    length: int
    is_sound: bool


def freeze(db: Session, keys: Keyring, row: Registration, by: Actor, now: datetime) -> None:
    """Freeze what the village has confirmed: every present answer, then the decision itself."""
    kept = proof.load(db, keys, row.id)
    decision = _decision(db, keys, row, by, now)
    append(db, keys, row.id, [*map(_answer, kept), decision], by, now)


def _answer(kept: Kept) -> Fact:
    """One answer with all that the proof says of it; the row is named, to be compared later."""
    given = {name: str(value) for name, value in vars(kept.given).items()}
    return Fact("answer", kept.question, values={**given, "row": kept.id})


def _decision(db: Session, keys: Keyring, row: Registration, by: Actor, now: datetime) -> Fact:
    number = keys.open("registration.nik", row.id, row.nik_sealed)
    values = {
        "state": str(row.state),
        "programme": row.programme,
        "village": row.village,
        "group": row.group_key,
        "code": row.code,
        "name": keys.open("registration.name", row.id, row.name_sealed),
        "nik": nik.mask_digits(number),
        "whom": row.whom,
        "warnings": row.warnings,
        "mark": row.mark,
        "officer": staff.name_then(db, keys, by, row.village, now),
        "signed_up": row.created_at.isoformat(),
    }
    return Fact("decision", str(row.state), values=values)


def add_answers(
    db: Session,
    keys: Keyring,
    registration_id: str,
    questions: Collection[str],
    by: Actor,
    now: datetime,
) -> None:
    """Append the present answers to some questions; nothing before the sign-up was confirmed."""
    if questions and begun(db, registration_id):
        kept = proof.load(db, keys, registration_id)
        facts = [_answer(one) for one in kept if one.question in questions]
        append(db, keys, registration_id, facts, by, now)


def begun(db: Session, registration_id: str) -> bool:
    """Whether anything is kept of a sign-up: of one that nobody confirmed nothing is."""
    query = select(HEADS.c.count).where(HEADS.c.registration_id == registration_id)
    return db.connection().execute(query).first() is not None


def append_if_begun(
    db: Session, keys: Keyring, registration_id: str, fact: Fact, by: Actor, now: datetime
) -> None:
    """As `append`, of a sign-up that may not have been confirmed yet: of such nothing is kept."""
    if begun(db, registration_id):
        append(db, keys, registration_id, fact, by, now)


def append(
    db: Session,
    keys: Keyring,
    registration_id: str,
    facts: Fact | Sequence[Fact],
    by: Actor,
    now: datetime,
) -> None:
    """Append facts to the chain of a sign-up, in their order; the first begins it.

    Two that append at once wait for one another at the head.
    """
    some = [facts] if isinstance(facts, Fact) else facts
    append_many(db, keys, {registration_id: some}, by, now)


def append_many(
    db: Session, keys: Keyring, facts: Mapping[str, Sequence[Fact]], by: Actor, now: datetime
) -> None:
    """As `append`, of many sign-ups in few statements."""
    # Always in this order, so that no two who lock many wait for one another.
    ids = sorted(id for id, some in facts.items() if some)
    db.flush()
    for first in range(0, len(ids), AT_ONCE):
        heads = _locked_heads(db, keys, ids[first : first + AT_ONCE])
        rows: list[Values] = []
        ends: list[Values] = []
        for id, head in heads.items():
            new = _linked(keys, id, head, facts[id], (by, now))
            rows += new
            ends.append(_end(keys, id, new[-1]))
        db.connection().execute(RECORDS.insert(), rows)
        db.connection().execute(_MOVE_HEAD, ends)


def _locked_heads(db: Session, keys: Keyring, ids: Sequence[str]) -> dict[str, _Head]:
    """The heads of chains, begun where there is none, locked where the database can."""
    found = _heads(db, keys, ids)
    if missing := [id for id in ids if id not in found]:
        insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
        fresh = [_end(keys, id, {"seq": 0, "link": chain.start(keys, id)}) for id in missing]
        rows = [{name.removeprefix("_"): value for name, value in one.items()} for one in fresh]
        db.connection().execute(insert(HEADS).on_conflict_do_nothing(), rows)
        found |= _heads(db, keys, missing)
    return {id: found[id] for id in ids}


def _heads(db: Session, keys: Keyring, ids: Sequence[str]) -> dict[str, _Head]:
    here = HEADS.c.registration_id.in_(ids)
    query = select(HEADS).where(here).order_by(HEADS.c.registration_id).with_for_update()
    rows = db.connection().execute(query).mappings().all()
    # In a statement of its own: who had to wait for the lock would not see the newest otherwise.
    lengths = _lengths(db, ids)
    return {row["registration_id"]: _head(keys, row, lengths) for row in rows}


def _lengths(db: Session, ids: Sequence[str]) -> dict[str, int]:
    of_one = RECORDS.c.registration_id
    query = select(of_one, func.max(RECORDS.c.seq)).where(of_one.in_(ids)).group_by(of_one)
    return {row[0]: row[1] for row in db.connection().execute(query)}


def _head(keys: Keyring, row: RowMapping, lengths: Mapping[str, int]) -> _Head:
    id, count, last = row["registration_id"], row["count"], row["link"]
    length = lengths.get(id, 0)
    is_own = row["mac"] == chain.head(keys, id, count, last)
    return _Head(last, length, is_own and length == count)


def _linked(
    keys: Keyring, id: str, head: _Head, facts: Sequence[Fact], by: tuple[Actor, datetime]
) -> list[Values]:
    """The rows of facts. A head that is not sound is never made good: it goes on record."""
    found = [Fact(BROKEN, "head", values={"records": str(head.length)})]
    before, rows, now = head.last, [], by[1]
    for seq, fact in enumerate([*([] if head.is_sound else found), *facts], head.length + 1):
        row = _row(keys, (id, seq), fact, *by)
        row["link"] = before = chain.link(keys, before, linked({**row, "at": chain.stamp(now)}))
        rows.append(row)
    return rows


def _row(
    keys: Keyring, place: tuple[str, int], fact: Fact, by: Actor, now: datetime
) -> dict[str, Any]:
    about = {"kind": fact.kind, "subject": fact.subject, "by_id": by.id, "role": by.role}
    on = fact.on.isoformat() if fact.on else ""
    told = {"at": chain.stamp(now), "on": on, "values": dict(fact.values)}
    content = chain.salted({**about, **told})
    return {
        **about,
        "registration_id": place[0],
        "seq": place[1],
        "at": now,
        "content_sealed": chain.seal(keys, *place, content),
        "commitment": content.commitment,
    }


def _end(keys: Keyring, id: str, last: Mapping[str, Any]) -> Values:
    mac = chain.head(keys, id, last["seq"], last["link"])
    return {"_registration_id": id, "_count": last["seq"], "_link": last["link"], "_mac": mac}


_MOVE_HEAD = (
    HEADS.update()
    .where(HEADS.c.registration_id == bindparam("_registration_id"))
    .values({name: bindparam(f"_{name}") for name in ("count", "link", "mac")})
)


def load(db: Session, keys: Keyring, registration_id: str) -> list[Record]:
    """The records of a sign-up in their order; whether they are sound is `verification`'s part."""
    return [_record(keys, row) for row in of(db, RECORDS, [registration_id], "seq")]


def _record(keys: Keyring, row: Raw) -> Record:
    content = opened(keys, row)
    return Record(
        seq=row["seq"],
        kind=row["kind"],
        subject=row["subject"],
        at=chain.moment(row["at"]),
        by=Actor(row["by_id"], row["role"]),
        link=row["link"],
        fact=fact(content) if content else None,
    )


def fact(content: Mapping[str, Any]) -> Fact:
    """The fact that a content tells."""
    on = date.fromisoformat(content["on"]) if content["on"] else None
    return Fact(content["kind"], content["subject"], on, content["values"])


def opened(keys: Keyring, row: Raw) -> dict[str, Any] | None:
    """The content of a row; None where it was deleted, or is not what was committed to."""
    if row["content_sealed"] is None:
        return None
    try:
        content = chain.unseal(keys, row["registration_id"], row["seq"], row["content_sealed"])
    except (SealError, ValueError):
        return None
    return content.content if content.commitment == row["commitment"] else None
