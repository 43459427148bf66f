"""Unfinished conversations, sealed, one per person and slot."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session as Database
from sqlmodel import col, delete, select

from conversations.model import Given, Session
from storage.models import Person, StoredSession
from storage.sealing import Keyring, SealError

log = logging.getLogger(__name__)

PLACE = "session.state"
KEEP = timedelta(days=30)  # since it was touched last


def load(db: Database, keys: Keyring, person_id: int, slot: str) -> Session | None:
    """The session of a slot (`conversation` or `conversation:registration`), if kept."""
    row = db.get(StoredSession, (person_id, slot))
    if row is None:
        return None
    try:
        state = keys.open_json(PLACE, f"{person_id} {slot}", row.state_sealed)
    except SealError:
        # Its key is gone or the row is damaged: the person begins anew rather than being stuck.
        log.exception("a session of person %d cannot be opened", person_id)
        return None
    return _from_json(cast(dict[str, Any], state))


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
    known = Given.__dataclass_fields__
    return Given(**{name: value for name, value in answer.items() if name in known})


def save(db: Database, keys: Keyring, person: Person, session: Session, now: datetime) -> bool:
    """Keep a session in the person's present slot; whether it begins now."""
    sealed = keys.seal_json(PLACE, f"{person.id} {person.slot}", asdict(session))
    row = db.get(StoredSession, (person.id, person.slot))
    is_new = row is None
    if row is None:
        row = StoredSession(
            person_id=person.id, slot=person.slot, state_sealed=sealed, updated_at=now
        )
    row.state_sealed, row.updated_at = sealed, now
    db.add(row)
    return is_new


def touched_at(db: Database, person_id: int, slot: str) -> datetime | None:
    """When the session of a slot was touched last; None if none is kept."""
    here = (StoredSession.person_id == person_id, StoredSession.slot == slot)
    return db.exec(select(StoredSession.updated_at).where(*here)).first()


def drop(db: Database, person_id: int, slot: str) -> None:
    """Forget a session that has ended."""
    here = (col(StoredSession.person_id) == person_id, col(StoredSession.slot) == slot)
    db.exec(delete(StoredSession).where(*here))


def newest_slot(db: Database, person_id: int, conversations: tuple[str, ...]) -> str:
    """The slot of the unfinished one of these conversations that was touched last, or ""."""
    query = select(StoredSession.slot).where(StoredSession.person_id == person_id)
    slots = db.exec(query.order_by(col(StoredSession.updated_at).desc())).all()
    return next((slot for slot in slots if slot.split(".")[0] in conversations), "")


def drop_older(db: Database, than: datetime) -> int:
    """Delete the sessions untouched since a moment; how many."""
    result = db.exec(delete(StoredSession).where(col(StoredSession.updated_at) < than))
    return int(result.rowcount)
