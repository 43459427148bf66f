"""The officers' queue: who is next, held for the officer who has it open, page after page.

A case is held by a conditional UPDATE, so of two officers who reach for it one gets another. The
hold makes no new version: it says who looks at a case, nothing of the case itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnClause, literal_column
from sqlmodel import Session, col, func, literal, select, tuple_, update

from rules.conflicts import Officer
from rules.registration import State
from storage.database import Moment
from storage.models import Answer, Audit, Registration, Timer
from storage.proof import VALUE
from storage.sealing import Keyring

HOLD = timedelta(minutes=5)
KEPT = "kept_seat"  # of the timer that stands for a sign-up for which a seat is kept
ORDER = (col(Registration.queued_at), col(Registration.id))
# Written out, not bound: else SQLite does not take the indexes of clean and doubtful ones.
NOTHING: ColumnClause[str] = literal_column("''")
HAS_NO_WARNING = col(Registration.warnings) == NOTHING
CLEAN = (HAS_NO_WARNING, col(Registration.left_why) == "")


@dataclass(frozen=True)
class Round:
    """An officer's way through a queue: whether clean ones come first, and what was put off."""

    clean_first: bool = False
    put_off: tuple[str, ...] = ()


ANEW = Round()


def waiting_since_before(
    db: Session, village: str, moment: datetime
) -> tuple[int, datetime | None]:
    """How many sign-ups of a village wait undecided since before a moment, and the oldest's moment.

    Since they came to the officer last: neither what was put off nor a correction counts anew.
    """
    came = select(func.max(Audit.at)).where(
        Audit.object_type == "registration",
        Audit.object_id == Registration.id,
        Audit.to_state == State.PENDING,
        Audit.from_state != State.PENDING,
    )
    since = func.coalesce(came.scalar_subquery(), Registration.created_at)
    here = (Registration.village == village, Registration.state == State.PENDING, since < moment)
    count, oldest = db.exec(select(func.count(), func.min(since)).where(*here)).one()
    return count, oldest


def next_case(
    db: Session, village: str, officer: Officer, now: datetime, this_round: Round = ANEW
) -> Registration | None:
    """The next sign-up for this officer, held for him; None where all are held by others, or put
    off in this round.

    First what he holds, then those for whom a seat is kept, then what is doubtful (on wish what is
    clean), then the rest, what he had better leave to another last; within each the one that has
    waited longest.
    """
    wanted = HAS_NO_WARNING if this_round.clean_first else col(Registration.warnings) != NOTHING
    own = (Registration.held_by == officer.person, col(Registration.held_until) > now)
    clear = _clear_of(officer)
    here = [*_free(village, officer, now), col(Registration.id).not_in(this_round.put_off)]
    kept = (col(Registration.id).in_(with_kept_seat(db, village)), *clear)
    for kind in (own, kept, (wanted, *clear), clear, ()):
        if found := _take(db, [*here, *kind], 1, officer, now):
            return found[0]
    return None


def with_kept_seat(db: Session, village: str) -> list[str]:
    """The sign-ups that wait for their officer, and for which a seat is kept."""
    kept = select(Timer.key).where(Timer.kind == KEPT)
    # Few at any time: so they are looked up one by one, not the whole queue for them.
    keys = list(db.exec(kept))
    here = (Registration.village == village, Registration.state == State.PENDING)
    query = select(Registration.id).where(col(Registration.id).in_(keys), *here)
    return list(db.exec(query)) if keys else []


def clean(
    db: Session, village: str, officer: Officer, now: datetime, after: str = "", most: int = 10
) -> list[Registration]:
    """The next sign-ups without a warning, held for this officer; `after` is the last one seen.

    None that he had better leave to another, none that another holds, nobody noted as having left.
    """
    here = [*_free(village, officer, now), *CLEAN, *_clear_of(officer)]
    last = db.get(Registration, after) if after else None
    if last is not None:
        key = (literal(last.queued_at, Moment()), literal(last.id))
        here.append(tuple_(*ORDER) > tuple_(*key))
    return _take(db, here, most, officer, now)


def _free(village: str, officer: Officer, now: datetime) -> list[Any]:
    until = col(Registration.held_until)
    free = until.is_(None) | (until <= now) | (col(Registration.held_by) == officer.person)
    return [Registration.village == village, Registration.state == State.PENDING, free]


def _clear_of(officer: Officer) -> tuple[Any, ...]:
    """No conflict of interest, as `rules.conflicts` has it."""
    family = col(Registration.kk_hash)
    return (
        col(Registration.person_id) != officer.person,
        col(Registration.nik_hash).not_in(officer.niks),
        family.is_(None) | family.not_in(officer.kks),
    )


def _take(
    db: Session, here: Sequence[Any], most: int, officer: Officer, now: datetime
) -> list[Registration]:
    query = select(Registration).where(*here).order_by(*ORDER).limit(most)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    rows = list(db.exec(query))
    if rows:
        held = {"held_by": officer.person, "held_until": now + HOLD}
        these = col(Registration.id).in_([row.id for row in rows])
        db.exec(update(Registration).where(these).values(**held))
    return rows


def hold(db: Session, ids: Iterable[str], officer: int, now: datetime) -> set[str]:
    """Hold these undecided sign-ups, or go on holding them; the ids that are held now."""
    here = _free_of_others(officer, now)
    these = select(Registration.id).where(*here, col(Registration.id).in_(list(ids)))
    free = sorted(db.exec(these.with_for_update(skip_locked=True)))
    if free:
        held = {"held_by": officer, "held_until": now + HOLD}
        db.exec(update(Registration).where(col(Registration.id).in_(free)).values(**held))
    return set(free)


def _free_of_others(officer: int, now: datetime) -> list[Any]:
    until = col(Registration.held_until)
    free = until.is_(None) | (until <= now) | (col(Registration.held_by) == officer)
    return [Registration.state == State.PENDING, free]


def is_held(row: Registration, officer: int, now: datetime) -> bool:
    """Whether another officer has this undecided sign-up open."""
    if row.state != State.PENDING or row.held_until is None or row.held_until <= now:
        return False
    return row.held_by != officer


def release(db: Session, officer: int, but: Iterable[str] = ()) -> None:
    """Let go of every case that an officer holds, but for some."""
    mine = (col(Registration.held_by) == officer, col(Registration.id).not_in(list(but)))
    query = select(Registration.id).where(*mine).order_by(Registration.id).with_for_update()
    if ids := list(db.exec(query)):
        gone = {"held_by": None, "held_until": None}
        db.exec(update(Registration).where(col(Registration.id).in_(ids)).values(**gone))


def pass_over(db: Session, id: str, now: datetime) -> None:
    """Put a case at the end of the queue and let go of it; else it stays as it is."""
    here = (col(Registration.id) == id, col(Registration.state) == State.PENDING)
    last = {"queued_at": now, "held_by": None, "held_until": None}
    db.exec(update(Registration).where(*here).values(**last))


def by_ids(db: Session, ids: Iterable[str]) -> list[Registration]:
    """Sign-ups as they stand, in the order of the queue; locked in one order by all who do."""
    query = select(Registration).where(col(Registration.id).in_(list(ids)))
    locked = query.order_by(Registration.id).with_for_update()
    rows = list(db.exec(locked.execution_options(populate_existing=True)))
    return sorted(rows, key=lambda row: (row.queued_at, row.id))


def decided_at(db: Session, villages: Iterable[str], officer: int, at: datetime) -> list[str]:
    """The ids of what an officer decided in one moment: of a batch."""
    here = (
        col(Registration.village).in_(list(villages)),
        Registration.officer_id == officer,
        Registration.decided_at == at,
    )
    return list(db.exec(select(Registration.id).where(*here)))


def occupations(db: Session, keys: Keyring, ids: Iterable[str]) -> dict[str, str]:
    """The work that each of these states: a key of the occupations, or own words."""
    here = (
        col(Answer.registration_id).in_(list(ids)),
        Answer.question == "enrolment.occupation",
        col(Answer.replaced_at).is_(None),
    )
    opened = (
        (row.registration_id, keys.open_json(VALUE, row.id, row.value_sealed))
        for row in db.exec(select(Answer).where(*here))
    )
    return {id: str(cast(dict[str, str], value)["value"]) for id, value in opened}
