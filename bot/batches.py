"""Clean sign-ups confirmed together: the screen of ten, the decision, and taking it back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot import decisions, doors, notices, own_card
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.replies import Call
from conversations.batch import MOST, Clean, ConfirmTogether, stated
from conversations.form import occupation_words
from conversations.model import Given, Session, Turn, Words
from rules.permissions import Action
from rules.registration import State, may_undo
from storage import own_card as cards
from storage import proof, queue, registrations
from storage.models import Registration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
BATCHED = (State.CONFIRMED, State.WAITING)  # what a confirmed one of a batch becomes


def written(moment: datetime) -> str:
    """A moment as a button carries it; with the account it names a batch."""
    return f"{(moment - EPOCH) // TICK:x}"


def read_moment(text: str) -> datetime | None:
    """The moment that `written` wrote; None for anything else."""
    try:
        return EPOCH + int(text, 16) * TICK
    except (ValueError, OverflowError):
        return None


def fetched(here: Here, village: str, after: str) -> Session | None:
    """The next screen of clean sign-ups, held for this officer; None where there are none."""
    officer = cards.of(here.db, here.person.id)
    found = queue.clean(here.db, village, officer, here.now, after, MOST + 1)
    rows, more = found[:MOST], found[MOST:]
    queue.release(here.db, here.person.id, but=[row.id for row in rows])
    if not rows:
        return None
    here.person.slot = "desk"
    shown = " ".join(f"{row.id}.{row.version}" for row in rows)
    key = f"b{written(here.now)}"
    about = {"village": village, "cases": shown, "key": key, "more": "yes" if more else ""}
    return Session("batch", about=about)


def _find(here: Here, shown: str) -> tuple[Clean, ...]:
    """Those of a screen at their places on it, held for this officer as far as they still can be.

    None of a village in which the officer may not decide any more.
    """
    wanted = [part.partition(".")[::2] for part in shown.split()]
    ids = [id for id, _ in wanted]
    held = queue.hold(here.db, ids, here.person.id, here.now)
    rows = {row.id: row for row in queue.by_ids(here.db, ids)}
    work = queue.occupations(here.db, here.house.keys, ids)
    return tuple(
        replace(_clean(here, place, rows[id], work), gone=not _is_clean(rows[id], version, held))
        for place, (id, version) in enumerate(wanted, 1)
        if id in rows and here.may(Action.DECIDE, rows[id].village)
    )


def _is_clean(row: Registration, version: str, held: set[str]) -> bool:
    return row.id in held and str(row.version) == version and not (row.warnings or row.left_why)


def _clean(here: Here, place: int, row: Registration, work: dict[str, str]) -> Clean:
    name = registrations.name(here.house.keys, row)
    return Clean(place, row.id, row.version, name, occupation_words(work.get(row.id, "")))


@dataclass(frozen=True)
class Result:
    """What became of one sign-up of a batch."""

    kind: str
    name: str


def _confirm_together(here: Here, turn: Turn) -> Done:
    outcome = cast(ConfirmTogether, turn.outcome)
    here.end()
    versions = dict(outcome.cases)
    rows = queue.by_ids(here.db, versions)
    work = queue.occupations(here.db, here.house.keys, versions)
    results = [Result("already", name) for name in outcome.gone]
    for row in rows:
        if not here.may(Action.DECIDE, row.village):
            here.refused("registration", row.id)
            continue
        one = replace(_clean(here, 1, row, work), version=versions[row.id])
        given = turn.session.answers["desk.vouch"]
        results.append(Result(_confirm(here, row, one, given), one.name))
    if not results:
        return Done([doors.home(here, Words("turn.stale"))])
    return Done([_told(here, results)], Door("batch", f"{outcome.village}/{outcome.last}"))


def _confirm(here: Here, row: Registration, one: Clean, vouched: Given) -> str:
    """Confirm one of a batch as if alone: own proof, own audit, own notice."""
    if row.state != State.PENDING or row.version != one.version:
        return "already"
    if row.warnings or row.left_why or own_card.conflicts_with(here, row):
        return "barred"
    settled = decisions.confirm(here, row)
    if settled.state is None:
        return "duplicate" if row.state == State.PENDING else "already"
    asked = here.house.texts.plain(stated((one,)), here.person.language)
    given = replace(vouched, about=f"{one.id}.{one.version}", asked=asked)
    proof.store(here.db, here.house.keys, row.id, {"desk.vouch": given}, here.now)
    decisions.freeze(here, row)
    notices.decided(here.house, here.db, row, decisions.news(here, row), here.now)
    return "confirmed" if settled.state is State.CONFIRMED else "waiting"


KINDS = ("confirmed", "waiting", "already", "duplicate", "barred")


def _told(here: Here, results: list[Result]) -> Call:
    lines = tuple(
        Words(f"desk.together.{kind}", {"count": len(names), "names": ", ".join(names)})
        for kind in KINDS
        if (names := [result.name for result in results if result.kind == kind])
    )
    key = written(here.now)
    rows = []
    if any(result.kind in ("confirmed", "waiting") for result in results):
        rows.append([(here.page.label(Words("desk.undo_all")), f"open:undo_batch:{key}")])
        rows.append([(here.page.label(Words("desk.attach_minutes")), f"open:minutes:{key}")])
    words = Words("desk.together", {"lines": lines})
    return here.page.message(words, here.page.inline(rows) if rows else None)


def _undo(here: Here, door: Door) -> Opened:
    """Take back a whole batch of one's own within ten minutes; what has gone on is left."""
    at = read_moment(door.key)
    villages = here.areas(Action.DECIDE)
    ids = queue.decided_at(here.db, villages, here.person.id, at) if at else []
    if at is None or not ids:
        here.refused("batch")
        return [doors.home(here, Words("turn.stale"))]
    if not may_undo(at, here.now):
        return [doors.home(here, Words("desk.undo.late"))]
    return [_undone(here, queue.by_ids(here.db, ids))]


def _undone(here: Here, rows: Iterable[Registration]) -> Call:
    back: list[str] = []
    left: list[str] = []
    # Who waits first: a seat is kept for a card only where somebody else still waits for it.
    for row in sorted(rows, key=lambda row: row.state != State.WAITING):
        name = registrations.name(here.house.keys, row)
        is_back = row.state in BATCHED and decisions.take_back(here, row)
        (back if is_back else left).append(name)
    said = [Words("desk.undone_all", {"count": len(back)})]
    if left:
        names = {"count": len(left), "names": ", ".join(left)}
        said.append(Words("desk.undone_left", names))
    return doors.home(here, said)


LOOKUPS: dict[str, LookUp] = {"batch": _find}
OUTCOMES: dict[type, Doing] = {ConfirmTogether: _confirm_together}
OPENINGS: dict[str, Opening] = {"undo_batch": _undo}
