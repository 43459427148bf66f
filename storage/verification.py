"""Whether the evidence is what it was: each record, each head, and the proof it was frozen from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from rules import facts
from rules.facts import Fact
from rules.registration import SEATED_STATES, State
from storage import chain, evidence
from storage.chain import Opened
from storage.evidence_rows import (
    ANSWERS,
    CONTRIBUTIONS,
    HEADS,
    RECORDS,
    REGISTRATIONS,
    Raw,
    linked,
    of,
    of_nobody,
)
from storage.proof import ASKED, VALUE
from storage.sealing import Keyring, SealError

# Of a sign-up in these states there is evidence.
KEPT = (*SEATED_STATES, State.REFUSED, State.ENDED)
COPIED = ("kind", "subject", "at", "by_id", "role")  # columns that stand in the content too
AT_ONCE = 500


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was: in which record of which sign-up, and `what`.

    `what` is a column of the record; or `changed` (a column, the content being deleted), `missing`,
    `added` (after the end), `broken` (a head that did not fit was found while appending), `head`,
    `head_gone`, `cut` (the last ones are gone), `nothing` (all are gone), `proof` (the row that was
    frozen), `months` (those on record are not those of the facts), `unknown` (no such sign-up),
    `anchor`, `anchor_line`. `seq` is 0 where it is no single record.
    """

    registration_id: str
    what: str
    seq: int = 0
    subject: str = ""


@dataclass(frozen=True)
class Checked:
    """One chain: what is wrong with it, how many contents were deleted, and its records."""

    registration_id: str
    problems: tuple[Problem, ...]
    erased: int
    rows: Sequence[Raw] = field(repr=False)

    def has_link(self, start: bytes) -> bool:
        """Whether the chain has, or had as its head, a link that begins so."""
        return any(row["link"].startswith(start) for row in self.rows)


def verify(db: Session, keys: Keyring, registration_id: str) -> list[Problem]:
    """What is wrong with the evidence of one sign-up."""
    return list(check(db, keys, [registration_id])[0].problems)


def verify_all(db: Session, keys: Keyring) -> list[Problem]:
    """What is wrong anywhere; whether an older state was put back only the anchors say."""
    known, found = everybody(db)
    for first in range(0, len(known), AT_ONCE):
        for one in check(db, keys, known[first : first + AT_ONCE]):
            found += one.problems
    return found


def everybody(db: Session) -> tuple[list[str], list[Problem]]:
    """The sign-ups that have evidence or should have; and records and heads that are nobody's."""
    here, lost = select(REGISTRATIONS.c.id), set()
    for table in (RECORDS, HEADS):
        lost |= {row["registration_id"] for row in of_nobody(db, table)}
    problems = [Problem(id, "unknown") for id in sorted(lost)]
    kept = REGISTRATIONS.c.state.in_(KEPT)
    with_any = REGISTRATIONS.c.id.in_(select(RECORDS.c.registration_id)) | REGISTRATIONS.c.id.in_(
        select(HEADS.c.registration_id)
    )
    known = db.connection().execute(here.where(kept | with_any).order_by(REGISTRATIONS.c.id))
    return list(known.scalars()), problems


def check(db: Session, keys: Keyring, ids: Sequence[str]) -> list[Checked]:
    """Check the chains of some sign-ups."""
    rows = _grouped(of(db, RECORDS, ids, "registration_id", "seq"))
    heads = _grouped(of(db, HEADS, ids))
    proofs = _grouped(of(db, ANSWERS, ids)), _grouped(of(db, CONTRIBUTIONS, ids))
    kept = _kept(db, ids)
    found = []
    for id in ids:
        mine = rows.get(id, [])
        problems = [
            *_records(keys, id, mine),
            *_head(keys, id, mine, heads.get(id), id in kept),
            *_proofs(keys, id, mine, tuple(some.get(id, []) for some in proofs)),
        ]
        erased = sum(row["content_sealed"] is None for row in mine)
        found.append(Checked(id, tuple(dict.fromkeys(problems)), erased, mine))
    return found


def _kept(db: Session, ids: Sequence[str]) -> set[str]:
    """Those of whom there should be evidence."""
    return set(db.connection().execute(_DUE, {"ids": list(ids)}).scalars())


_DUE = select(REGISTRATIONS.c.id).where(
    REGISTRATIONS.c.id.in_(bindparam("ids", expanding=True)), REGISTRATIONS.c.state.in_(KEPT)
)


def _grouped(rows: Iterable[Raw]) -> dict[str, list[Raw]]:
    found: dict[str, list[Raw]] = {}
    for row in rows:
        found.setdefault(row["registration_id"], []).append(row)
    return found


def _records(keys: Keyring, id: str, rows: Sequence[Raw]) -> Iterator[Problem]:
    """Each record must fit the one before it, as that stands or as it should."""
    expected, befores = 1, {chain.start(keys, id)}
    for row in rows:
        seq, subject = row["seq"], row["subject"]
        if seq < expected:
            yield Problem(id, "added", seq, subject)
            continue
        links = {chain.link(keys, before, linked(row)) for before in befores}
        if seq > expected:
            yield Problem(id, "missing", expected)
        is_fit = seq > expected or row["link"] in links
        yield from (Problem(id, what, seq, subject) for what in _wrong(keys, row, is_fit))
        expected, befores = seq + 1, {row["link"], *links}


def _wrong(keys: Keyring, row: Raw, is_fit: bool) -> list[str]:
    """What of a record is not as it was, as far as can be told."""
    found = ["broken"] if row["kind"] == evidence.BROKEN else []
    content = _unsealed(keys, row)
    if content is None:
        unreadable = row["content_sealed"] is not None
        return [*found, *(["content"] if unreadable else []), *([] if is_fit else ["changed"])]
    told = content.content
    differing = [name for name in COPIED if told.get(name) != row[name]]
    if content.commitment != row["commitment"]:
        differing.append("content" if is_fit else "commitment")
    return [*found, *(differing or ([] if is_fit else ["link"]))]


def _unsealed(keys: Keyring, row: Raw) -> Opened | None:
    if row["content_sealed"] is None:
        return None
    try:
        return chain.unseal(keys, row["registration_id"], row["seq"], row["content_sealed"])
    except (SealError, ValueError):
        return None


def _head(
    keys: Keyring, id: str, rows: Sequence[Raw], heads: Sequence[Raw] | None, is_kept: bool
) -> Iterator[Problem]:
    if not heads:
        if rows or is_kept:
            yield Problem(id, "head_gone" if rows else "nothing")
        return
    head = heads[0]
    count, last = head["count"], head["link"]
    length = rows[-1]["seq"] if rows else 0
    if head["mac"] != chain.head(keys, id, count, last):
        yield Problem(id, "head")
    elif count != length:
        what = "cut" if count > length else "added"
        yield Problem(id, what, min(count, length) + 1)
    elif rows and rows[-1]["link"] != last:
        yield Problem(id, "link", length, rows[-1]["subject"])


def told(keys: Keyring, row: Raw) -> Fact | None:
    """The fact of a record; None where its content was deleted or altered."""
    content = evidence.opened(keys, row)
    return evidence.fact(content) if content else None


def _proofs(
    keys: Keyring, id: str, rows: Sequence[Raw], proofs: tuple[Sequence[Raw], ...]
) -> Iterator[Problem]:
    """What was frozen must stand in the proof still, and the months paid in their table."""
    answers, contributions = proofs
    known = [(row["seq"], fact) for row in rows if (fact := told(keys, row))]
    kept = {row["id"]: row for row in answers}
    for seq, fact in known:
        if fact.kind == "answer":
            row = kept.get(fact.values["row"])
            if row is None or _answered(keys, row) != _frozen(id, fact):
                yield Problem(id, "proof", seq, fact.subject)
    if len(known) == len(rows):
        yield from _months(id, [fact for _, fact in known], contributions)


def _frozen(id: str, fact: Fact) -> Mapping[str, Any]:
    given = {**fact.values, "question": fact.subject, "registration": id}
    given["at"] = chain.stamp(datetime.fromisoformat(given["at"]))
    given.pop("row")
    return given


def _answered(keys: Keyring, row: Raw) -> Mapping[str, Any] | None:
    """A row of the proof in the same form; None if it cannot be opened."""
    try:
        value = keys.open_json(VALUE, row["id"], row["value_sealed"])
        asked = keys.open(ASKED, row["id"], row["asked_sealed"])
    except (SealError, ValueError):
        return None
    assert isinstance(value, dict)  # noqa: S101 (written so by `proof.store`)
    return {
        **value,
        "asked": asked,
        "at": row["given_at"],
        "by": str(row["given_by"]),
        "question": row["question"],
        "registration": row["registration_id"],
        "rules": row["rules"],
        "words": row["words"],
    }


def _months(id: str, known: Sequence[Fact], rows: Sequence[Raw]) -> Iterator[Problem]:
    """Of a member whose acceptance is in the chain."""
    ledger = facts.ledger(known)
    if ledger is None:
        return
    kept = {(str(row["month"]), row["paid_by"], str(row["received_on"])) for row in rows}
    if kept != {(str(one.month), one.payer, str(one.received)) for one in ledger.months}:
        yield Problem(id, "months")
