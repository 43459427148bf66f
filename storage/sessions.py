"""Unfinished conversations, sealed, one per person and slot."""

import logging
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session as Database
from sqlmodel import bindparam, col, delete, select

from conversations.model import Given, Session
from storage.database import at_the_end
from storage.many import Inserts, among
from storage.models import StoredSession
from storage.people import Account
from storage.sealing import Keyring, SealError

log = logging.getLogger(__name__)

PLACE = "session.state"
KEEP = timedelta(days=30)  # since it was touched last
UNWRITTEN = "unwritten sessions"
AHEAD = "sessions"  # in the database session's notes: what was read ahead
MOST_WRITTEN = 1_000
# What this process sealed last, as it was before; by several threads.
_WRITTEN: OrderedDict[bytes, Session] = OrderedDict()
GIVEN = frozenset(Given.__dataclass_fields__)
# Made once: to build a statement takes longer than to run it.
HERE = (
    col(StoredSession.person_id) == bindparam("person"),
    col(StoredSession.slot) == bindparam("slot"),
)
ONE = select(StoredSession.state_sealed).where(*HERE)
ALL = select(StoredSession.person_id, StoredSession.slot, StoredSession.state_sealed).where(
    among(col(StoredSession.person_id), "people")
)
DROP = delete(StoredSession).where(*HERE)
KEPT = Inserts(
    StoredSession,
    ["person_id", "slot", "state_sealed", "updated_at"],
    key=["person_id", "slot"],
    moved=["state_sealed", "updated_at"],
)


def read_ahead(db: Database, person_ids: Collection[int]) -> None:
    """Read what these people are in the midst of, for `load`, all at once."""
    kept: dict[int, dict[str, bytes]] = {id: {} for id in person_ids}
    for person_id, slot, sealed in db.connection().execute(ALL, {"people": list(person_ids)}):
        kept[person_id][slot] = sealed
    db.info[AHEAD] = kept


def load(db: Database, keys: Keyring, person_id: int, slot: str) -> Session | None:
    """The session of a slot (`conversation` or `conversation:registration`), if kept."""
    sealed = _sealed(db, person_id, slot)
    if sealed is None:
        return None
    if written := _WRITTEN.get(sealed):
        return written
    try:
        state = keys.open_json(PLACE, f"{person_id} {slot}", sealed)
    except SealError:
        # Its key is gone or the row is damaged: the person begins anew rather than being stuck.
        log.exception("a session of person %d cannot be opened", person_id)
        return None
    return _from_json(cast(dict[str, Any], state))


def _sealed(db: Database, person_id: int, slot: str) -> bytes | None:
    ahead = db.info.get(AHEAD, {})
    if person_id in ahead:
        kept: bytes | None = ahead[person_id].get(slot)
        return kept
    found = db.connection().execute(ONE, {"person": person_id, "slot": slot})
    return found.scalar_one_or_none()


def _from_json(state: dict[str, Any]) -> Session:
    """Read a stored session; fields that a later release dropped or added do no harm."""
    given = {name: _given(answer) for name, answer in state.get("answers", {}).items()}
    return Session(
        conversation=state["conversation"],
        answers=given,
        about=state.get("about", {}),
        editing=state.get("editing", ""),
        overlay=state.get("overlay", ""),
        parked=state.get("parked", False),
        cancelled=state.get("cancelled", False),
        resting=state.get("resting", False),
        turn=state.get("turn", 0),
        replaced=tuple((name, _given(answer)) for name, answer in state.get("replaced", ())),
        offered=tuple((key, text) for key, text in state.get("offered", ())),
    )


def _given(answer: Mapping[str, Any]) -> Given:
    return Given(**{name: value for name, value in answer.items() if name in GIVEN})


def _as_json(session: Session) -> dict[str, Any]:
    """A session as plain data: by hand, for `dataclasses.asdict` takes five times as long."""
    replaced = [(name, vars(given)) for name, given in session.replaced]
    answers = {name: vars(given) for name, given in session.answers.items()}
    return {**vars(session), "answers": answers, "replaced": replaced}


def save(db: Database, keys: Keyring, person: Account, session: Session, now: datetime) -> bool:
    """Keep a session in the person's present slot; whether it begins now."""
    sealed = keys.seal_json(PLACE, f"{person.id} {person.slot}", _as_json(session))
    _remember(sealed, session)
    is_new = _sealed(db, person.id, person.slot) is None
    row = {"person_id": person.id, "slot": person.slot, "state_sealed": sealed, "updated_at": now}
    db.info.setdefault(UNWRITTEN, {})[person.id, person.slot] = row
    if person.id in db.info.get(AHEAD, {}):
        db.info[AHEAD][person.id][person.slot] = sealed
        at_the_end(db, write)
    else:
        write(db)
    return is_new


def _remember(sealed: bytes, session: Session) -> None:
    """Keep what was sealed: nobody seals the same bytes twice, so what is found is never old."""
    _WRITTEN[sealed] = session
    if len(_WRITTEN) > MOST_WRITTEN:
        _WRITTEN.popitem(last=False)


def write(db: Database) -> None:
    """Write what was saved, of all people at once: of those whose sessions were read ahead."""
    if rows := list(db.info.pop(UNWRITTEN, {}).values()):
        KEPT.write(db, rows)


def touched_at(db: Database, person_id: int, slot: str) -> datetime | None:
    """When the session of a slot was touched last; None if none is kept."""
    write(db)
    here = (StoredSession.person_id == person_id, StoredSession.slot == slot)
    return db.exec(select(StoredSession.updated_at).where(*here)).first()


def drop(db: Database, person_id: int, slot: str) -> None:
    """Forget a session that has ended."""
    db.info.get(UNWRITTEN, {}).pop((person_id, slot), None)
    db.connection().execute(DROP, {"person": person_id, "slot": slot})
    db.info.get(AHEAD, {}).get(person_id, {}).pop(slot, None)


def slots(db: Database, person_id: int) -> set[str]:
    """The slots of everything that a person is in the midst of."""
    write(db)
    return set(db.exec(select(StoredSession.slot).where(StoredSession.person_id == person_id)))


def newest_slot(db: Database, person_id: int, conversations: tuple[str, ...]) -> str:
    """The slot of the unfinished one of these conversations that was touched last, or ""."""
    write(db)
    query = select(StoredSession.slot).where(StoredSession.person_id == person_id)
    slots = db.exec(query.order_by(col(StoredSession.updated_at).desc())).all()
    return next((slot for slot in slots if slot.split(".")[0] in conversations), "")


def newest_slots(db: Database, since: datetime, conversations: Collection[str]) -> dict[int, str]:
    """By person, the slot of these conversations that was touched last, since a moment."""
    write(db)
    query = select(StoredSession.person_id, StoredSession.slot).where(
        col(StoredSession.updated_at) >= since
    )
    rows = db.exec(query.order_by(col(StoredSession.updated_at))).all()
    return {person: slot for person, slot in rows if slot.split(".")[0] in conversations}


def drop_older(db: Database, than: datetime) -> int:
    """Delete the sessions untouched since a moment; how many."""
    write(db)
    result = db.exec(delete(StoredSession).where(col(StoredSession.updated_at) < than))
    return int(result.rowcount)
