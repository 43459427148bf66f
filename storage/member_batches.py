"""Writing down what BPJS answered about many sign-ups at once, each table in one statement.

Nothing here commits. Every sign-up is moved by a conditional UPDATE, as a single one is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, SQLModel

from rules import facts, kpj
from rules.coverage import PaidMonth, Payer
from rules.facts import Fact
from rules.registration import State, move
from storage import evidence, tallies
from storage import models as _models  # noqa: F401 (the tables are known once it is read)
from storage.acceptances import (
    ACCEPTABLE,
    KPJ,
    Acceptance,
    Recorded,
    Standing,
    Step,
    after,
    judge,
    steps,
)
from storage.audit import Actor
from storage.sealing import Keyring

TABLES = SQLModel.metadata.tables
REGISTRATION, MEMBER = TABLES["registration"], TABLES["member"]
CONTRIBUTION, AUDIT = TABLES["contribution"], TABLES["audit"]
READ = (
    *("id", "code", "state", "version", "village", "warnings"),
    *("person_id", "whom", "name_sealed", "left_why"),
)
FOUND = ("id", "code", "nik_hash", "state", "village", "created_at")
Answers = Mapping[str, Sequence[Acceptance]]  # about sign-ups, by their ids
Values = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What became of the answers about one sign-up, in their order, and how it stands now.

    `row` has the columns READ as they were before; `number` is the card's if it is new.
    """

    row: Row[Any]
    recorded: tuple[Recorded, ...]
    standing: Standing
    moves: tuple[Step, ...]
    number: str = field(repr=False)

    @cached_property
    def together(self) -> Recorded:
        """All the changes as one."""
        added = tuple(month for one in self.recorded for month in one.added)
        return Recorded(is_new=any(one.is_new for one in self.recorded), added=added)


@dataclass(frozen=True)
class Found:
    """One sign-up that an answer may be about."""

    id: str
    code: str
    nik_hash: bytes
    state: State
    village: str
    created_at: datetime
    is_member: bool


def find(db: Session, niks: Iterable[bytes], codes: Iterable[str]) -> list[Found]:
    """All sign-ups with these NIK, by their hashes, or these codes; oldest first."""
    columns = (REGISTRATION.c[name] for name in FOUND)
    named = REGISTRATION.c.nik_hash.in_(list(niks)) | REGISTRATION.c.code.in_(list(codes))
    query = select(*columns, MEMBER.c.registration_id.is_not(None).label("is_member"))
    joined = query.join_from(REGISTRATION, MEMBER, isouter=True).where(named)
    rows = db.connection().execute(joined.order_by(REGISTRATION.c.created_at)).mappings()
    return [Found(**{**row, "state": State(row["state"])}) for row in rows]


def weigh(db: Session, keys: Keyring, answers: Answers) -> dict[str, Written]:
    """What would become of answers; nothing is changed. Who is not ACCEPTABLE is left out."""
    db.flush()
    numbers = {one.kpj for asked in answers.values() for one in asked if one.kpj}
    cards = {number: keys.index("kpj", number) for number in numbers}
    taken = _taken(db, cards.values())
    found = {}
    known = {row.id: (row, standing) for row, standing in _standing(db, answers)}
    for id in filter(known.__contains__, answers):
        written = _weighed(*known[id], answers[id], cards, taken)
        if written.number:
            taken.add(written.standing.card)
        found[id] = written
    return found


def record(
    db: Session, keys: Keyring, answers: Answers, by: Actor, now: datetime
) -> dict[str, Written]:
    """Write answers down as `weigh` judges them; but a card that somebody was faster to take."""
    found = weigh(db, keys, answers)
    for id in _insert_members(db, keys, found.values(), now):
        late = tuple(Recorded("card_taken") for _ in found[id].recorded)
        found[id] = replace(found[id], recorded=late, moves=(), number="")
    _move(db, found.values(), now)
    _insert(db, CONTRIBUTION.name, _contributions(found.values(), by, now))
    _touch(db, found.values(), now)
    evidence.append_many(db, keys, {id: _facts(one) for id, one in found.items()}, by, now)
    _insert(db, AUDIT.name, [row for one in found.values() for row in _audit(one, by, now)])
    _count(db, found.values())
    return found


def _standing(db: Session, ids: Iterable[str]) -> list[tuple[Row[Any], Standing]]:
    """The sign-ups that may be or become members, locked where the database can."""
    wanted = list(ids)
    columns = (REGISTRATION.c[name] for name in READ)
    here = (REGISTRATION.c.id.in_(wanted), REGISTRATION.c.state.in_(ACCEPTABLE))
    # Always in this order, so that no two who lock many wait for one another.
    query = select(*columns).where(*here).order_by(REGISTRATION.c.id).with_for_update()
    rows = db.connection().execute(query).all()
    found = db.connection().execute(select(MEMBER).where(MEMBER.c.registration_id.in_(wanted)))
    members = {row.registration_id: row for row in found}
    paid = _paid(db, members)
    return [(row, _stands(row, members.get(row.id), paid.get(row.id, {}))) for row in rows]


def _paid(db: Session, ids: Iterable[str]) -> dict[str, dict[date, PaidMonth]]:
    """The months paid, by sign-up and month."""
    query = select(CONTRIBUTION).where(CONTRIBUTION.c.registration_id.in_(list(ids)))
    found: dict[str, dict[date, PaidMonth]] = {}
    for row in db.connection().execute(query):
        month = PaidMonth(row.month, cast(Payer, row.paid_by), row.received_on)
        found.setdefault(row.registration_id, {})[row.month] = month
    return found


def _stands(row: Row[Any], member: Row[Any] | None, paid: dict[date, PaidMonth]) -> Standing:
    if member is None:
        return Standing(State(row.state))
    return Standing(State(row.state), member.kpj_hash, member.active_from, paid, member.ended_on)


def _taken(db: Session, cards: Iterable[bytes]) -> set[bytes]:
    """Those of these cards that somebody has."""
    query = select(MEMBER.c.kpj_hash).where(MEMBER.c.kpj_hash.in_(list(cards)))
    return set(db.connection().execute(query).scalars())


def _weighed(
    row: Row[Any],
    standing: Standing,
    asked: Sequence[Acceptance],
    cards: Mapping[str, bytes],
    taken: set[bytes],
) -> Written:
    recorded, moves, number = [], list[Step](), ""
    for one in asked:
        card = cards.get(one.kpj, b"")
        result = judge(standing, one, card, card in taken)
        moves += steps(standing, result)
        number = one.kpj if result.is_new else number
        standing = after(standing, one, card, result)
        recorded.append(result)
    return Written(row, tuple(recorded), standing, tuple(moves), number)


def _insert_members(
    db: Session, keys: Keyring, found: Iterable[Written], now: datetime
) -> set[str]:
    """Insert who is new; the ids of those whose card another has taken since it was looked for."""
    rows = [
        {
            "registration_id": one.row.id,
            "kpj_hash": one.standing.card,
            "kpj_sealed": keys.seal(KPJ, one.row.id, one.number),
            "active_from": one.standing.active_from,
            "created_at": now,
            "changed_at": now,
        }
        for one in found
        if one.number
    ]
    if not rows:
        return set()
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(MEMBER).on_conflict_do_nothing().returning(MEMBER.c.registration_id)
    made = set(db.connection().execute(statement, rows).scalars())
    return {str(row["registration_id"]) for row in rows} - made


def _move(db: Session, found: Iterable[Written], now: datetime) -> None:
    """Move sign-ups as they were read; the rows are locked, so none can have moved meanwhile."""
    rows = [
        {"_id": one.row.id, "_version": one.row.version, "_state": one.row.state, **_moved(one)}
        for one in found
        if one.moves
    ]
    if not rows:
        return
    here = (REGISTRATION.c[name] == bindparam(f"_{name}") for name in ("id", "version", "state"))
    new: Values = {"version": bindparam("new_version"), "state": bindparam("new_state")}
    statement = REGISTRATION.update().where(*here).values({**new, "changed_at": now})
    changed = db.connection().execute(statement, rows).rowcount
    assert changed == len(rows), f"{changed} of {len(rows)} moved"  # noqa: S101


def _moved(one: Written) -> Values:
    state = State(one.row.state)
    for to, _ in one.moves:
        state = move(state, to)
    return {"new_version": one.row.version + len(one.moves), "new_state": state}


def _contributions(found: Iterable[Written], by: Actor, now: datetime) -> list[Values]:
    return [
        {
            "registration_id": one.row.id,
            "month": paid.month,
            "paid_by": paid.payer,
            "received_on": paid.received,
            "recorded_at": now,
            "recorded_by": by.id,
        }
        for one in found
        for paid in one.together.added
    ]


def _facts(one: Written) -> list[Fact]:
    """What the chain of evidence is told: the acceptance, then the months."""
    card = {"card": kpj.masked(one.number)}
    accepted = [Fact("card", "accepted", one.standing.active_from, card)] if one.number else []
    return [*accepted, *facts.paid(one.together.added)]


def _touch(db: Session, found: Iterable[Written], now: datetime) -> None:
    """Keep when the months of members who were there already changed."""
    ids = [one.row.id for one in found if one.together.added and not one.number]
    here = MEMBER.c.registration_id.in_(ids)
    db.connection().execute(MEMBER.update().where(here).values(changed_at=now))


def _audit(one: Written, by: Actor, now: datetime) -> Iterable[Values]:
    """The steps of a sign-up, then the months that each answer brought."""
    about = {"at": now, "actor_id": by.id, "role": by.role}
    about |= {"object_type": "registration", "object_id": one.row.id}
    state = one.row.state
    for to, action in one.moves:
        yield {**about, "action": action, "from_state": state, "to_state": to, "reason": ""}
        state = to
    for added in (recorded.added for recorded in one.recorded if recorded.added):
        reason = f"{len(added)} from {added[0].month:%Y-%m} by {added[0].payer}"
        nowhere = {"from_state": "", "to_state": ""}
        yield {**about, "action": "contribution", **nowhere, "reason": reason}


def _insert(db: Session, table: str, rows: list[Values]) -> None:
    if rows:
        db.connection().execute(TABLES[table].insert(), rows)


def _count(db: Session, found: Iterable[Written]) -> None:
    """Count who has moved in the new state; last, for the tallies are what all turns change."""
    moved = Counter(
        (one.row.village, one.row.state, one.moves[-1][0], bool(one.row.warnings))
        for one in found
        if one.moves
    )
    less, more = Counter[str](), Counter[str]()
    for (village, old, new, has_warnings), count in moved.items():
        warnings = "some" if has_warnings else ""
        less.update(dict.fromkeys(tallies.keys_of(village, old, warnings), count))
        more.update(dict.fromkeys(tallies.keys_of(village, new, warnings), count))
    tallies.add(db, more, less)
