"""The village's desk: what waits for its officer, and the ways from there."""

from bot import batches, cases, minutes, offices, own_card
from bot.cases import seats_words, village_name
from bot.done import Doing, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from conversations.desk import Desk
from conversations.model import Looked, Session
from rules.permissions import Action
from rules.registration import State
from storage import minutes as kept
from storage import own_card as cards
from storage import queue, staff, tallies
from storage.queue import Round


def let_go(here: Here) -> None:
    """An officer who has left the desk holds no case any more."""
    queue.release(here.db, here.person.id)


def _find(here: Here, key: str) -> Desk | None:
    villages = list(dict.fromkeys(here.areas(Action.SEE_QUEUE)))
    if not villages:
        return None
    waiting = {code: tallies.of(here.db, code, State.PENDING) for code in villages}
    village = key if key in villages else _fullest(waiting)
    clean = tallies.of(here.db, village, tallies.CLEAN)
    return Desk(
        village=village,
        title=village_name(village),
        clean=clean,
        doubtful=waiting[village] - clean,
        line=_count(here, village, (State.WAITING, State.OFFERED)),
        seats=seats_words(here, village),
        decided=kept.any_missing(here.db, village),
        declared=own_card.is_declared(here),
        others=tuple(
            (code, village_name(code), waiting[code]) for code in villages if code != village
        ),
    )


def _was_officer(here: Here, _key: str) -> bool:
    return staff.has_held_office(here.db, here.person.id)


def _fullest(waiting: dict[str, int]) -> str:
    return max(waiting, key=lambda code: waiting[code])


def _count(here: Here, village: str, states: tuple[State, ...]) -> int:
    return sum(tallies.of(here.db, village, state) for state in states)


def _village(here: Here, code: str) -> str:
    """The village that a door names, else the one where most wait; "" without an office."""
    villages = here.areas(Action.DECIDE)
    if code in villages or not villages:
        return code if villages else ""
    return _fullest({one: tallies.of(here.db, one, State.PENDING) for one in villages})


def _open(here: Here, door: Door) -> Opened:
    if not here.areas(Action.SEE_QUEUE):
        let_go(here)
        return offices.OPENINGS["desk"](here, door)
    return _home(here, door.key)


def _home(here: Here, village: str, note: str = "", count: int = 0) -> Opened:
    let_go(here)
    here.person.slot = "desk"
    about = {"village": village, "note": note, "count": str(count or "")}
    return Session("desk", about={key: value for key, value in about.items() if value}), Looked()


def _case(here: Here, door: Door) -> Opened:
    """The next sign-up of a village, one by one; the door names the village, the kind, and what
    was put off in this round.
    """
    code, kind, seen = (*door.key.split("/"), "", "")[:3]
    village = _village(here, code)
    if not village:
        return _open(here, Door("desk"))
    if not own_card.is_declared(here):
        return own_card.ask_first(here, "case", village)
    officer = cards.of(here.db, here.person.id)
    this_round = Round(kind == "clean", tuple(seen.split()))
    row = queue.next_case(here.db, village, officer, here.now, this_round)
    if row is None and seen:
        return _home(here, village, "desk.home.put_off", len(this_round.put_off))
    if row is None:
        held = tallies.of(here.db, village, State.PENDING) > 0
        return _home(here, village, "desk.home.held" if held else "")
    queue.release(here.db, here.person.id, but=[row.id])
    return cases.opened(here, row, kind, seen), Looked()


def _batch(here: Here, door: Door) -> Opened:
    """The next clean sign-ups of a village, together; the door names the last one seen."""
    code, _, after = door.key.partition("/")
    village = _village(here, code)
    if not village:
        return _open(here, Door("desk"))
    if not own_card.is_declared(here):
        return own_card.ask_first(here, "batch", village)
    session = batches.fetched(here, village, after)
    if session is not None:
        return session, Looked()
    if not after:
        return _home(here, village, "desk.home.none_clean")
    left = tallies.of(here.db, village, tallies.CLEAN)
    return _home(here, village, "desk.home.last" if left else "", left)


LOOKUPS: dict[str, LookUp] = {
    "desk": _find,
    "was_officer": _was_officer,
    **cases.LOOKUPS,
    **batches.LOOKUPS,
    **minutes.LOOKUPS,
}
OUTCOMES: dict[type, Doing] = {
    **cases.OUTCOMES,
    **batches.OUTCOMES,
    **own_card.OUTCOMES,
    **minutes.OUTCOMES,
}
OPENINGS: dict[str, Opening] = {
    "desk": _open,
    "case": _case,
    "batch": _batch,
    **batches.OPENINGS,
    **own_card.OPENINGS,
    **minutes.OPENINGS,
}
