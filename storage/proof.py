"""The proof kept with a sign-up: each question as it was read, and its answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from conversations.model import Given
from storage.many import Inserts
from storage.models import Answer
from storage.sealing import Keyring

VALUE, ASKED = "answer.value", "answer.asked"
Proof = Given
KEPT = Inserts(
    Answer,
    [
        *("id", "registration_id", "question", "value_sealed", "asked_sealed"),
        *("given_by", "given_at", "words", "rules", "place"),
    ],
)


@dataclass(frozen=True)
class Kept:
    """One answer as kept, opened."""

    question: str
    given: Given
    replaced_at: datetime | None
    id: str = field(default="", compare=False)


def store(
    db: Session, keys: Keyring, registration: str, answers: Mapping[str, Given], now: datetime
) -> tuple[str, ...]:
    """Keep answers, in the order in which they were given.

    One that differs from the present answer replaces it, which stays on record.

    To which questions there is a new answer now.
    """
    present = {kept.question: kept.given for kept in load(db, keys, registration)}
    new = {
        question: given
        for question, given in answers.items()
        if question not in present or not _same(present[question], given)
    }
    if replaced := [question for question in new if question in present]:
        mine = col(Answer.registration_id) == registration
        here = (mine, col(Answer.question).in_(replaced))
        still = col(Answer.replaced_at).is_(None)
        db.exec(update(Answer).where(*here, still).values(replaced_at=now))
    if new:
        begin(db, keys, registration, new, _last_place(db, registration) if present else 0)
    return tuple(new)


def begin(
    db: Session, keys: Keyring, registration: str, answers: Mapping[str, Given], last: int = 0
) -> None:
    """Keep the answers of a sign-up that has none yet, or none to these questions.

    They get the places after `last`.
    """
    rows = [
        {**_row(keys, registration, *answer), "place": place}
        for place, answer in enumerate(answers.items(), last + 1)
    ]
    if rows:
        KEPT.write(db, rows)


def _last_place(db: Session, registration: str) -> int:
    mine = Answer.registration_id == registration
    return db.exec(select(func.max(Answer.place)).where(mine)).one() or 0


def _same(old: Given, new: Given) -> bool:
    return (old.value, old.about, old.at) == (new.value, new.about, new.at)


def _row(keys: Keyring, registration: str, question: str, given: Given) -> dict[str, Any]:
    id = secrets.token_hex(8)
    value = {"value": given.value, "about": given.about}
    return {
        "id": id,
        "registration_id": registration,
        "question": question,
        "value_sealed": keys.seal_json(VALUE, id, value),
        "asked_sealed": keys.seal(ASKED, id, given.asked),
        "given_by": given.by,
        "given_at": datetime.fromisoformat(given.at),
        "words": given.words,
        "rules": given.rules,
    }


def load(db: Session, keys: Keyring, registration: str, with_replaced: bool = False) -> list[Kept]:
    """The answers of a sign-up in the order they were given; on wish also the replaced ones."""
    query = select(Answer).where(Answer.registration_id == registration)
    if not with_replaced:
        query = query.where(col(Answer.replaced_at).is_(None))
    rows = db.exec(query.order_by(col(Answer.place), col(Answer.given_at), col(Answer.id)))
    return [Kept(row.question, _given(keys, row), row.replaced_at, row.id) for row in rows]


def _given(keys: Keyring, row: Answer) -> Given:
    value = keys.open_json(VALUE, row.id, row.value_sealed)
    assert isinstance(value, dict)  # noqa: S101 (written so by `_row`)
    return Given(
        value=value["value"],
        about=value["about"],
        at=row.given_at.isoformat(),
        by=row.given_by,
        asked=keys.open(ASKED, row.id, row.asked_sealed),
        words=row.words,
        rules=row.rules,
    )
