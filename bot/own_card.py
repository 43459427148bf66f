"""An officer's own card, asked for first, and the conflicts of interest that show by it."""

from typing import cast, get_args

from bot import doors
from bot.done import Doing, Done
from bot.doors import Door, Opened, Opening
from bot.here import Here
from conversations.model import Looked, Session, Turn, Words
from conversations.own_card import DeclareOwnCard
from rules.conflicts import Case, Conflict, conflicts
from rules.permissions import Action
from storage import audit, own_card, proof, staff
from storage.audit import Change
from storage.models import Registration


def is_declared(here: Here) -> bool:
    """Whether this officer has said which card is the own one."""
    return bool(own_card.of(here.db, here.person.id).niks)


def ask_first(here: Here, then: str, village: str) -> Opened:
    """Ask for the own card before the door `then` is opened."""
    here.person.slot = "own_card"
    return Session("own_card", about={"then": then, "village": village}), Looked()


def conflicts_with(here: Here, row: Registration) -> tuple[Conflict, ...]:
    """Why this officer had better not decide on a sign-up."""
    return _conflicts_of(here, here.person.id, row)


def _conflicts_of(here: Here, person_id: int, row: Registration) -> tuple[Conflict, ...]:
    """The conflicts of one officer, by every family card that was ever given for the person."""
    officer = own_card.of(here.db, person_id)
    found: set[Conflict] = set()
    for kk in _family_cards(here, row):
        found |= set(conflicts(officer, Case(row.person_id, row.whom, row.nik_hash, kk)))
    return tuple(one for one in get_args(Conflict) if one in found)


def _family_cards(here: Here, row: Registration) -> list[bytes | None]:
    """The hashes of the family cards given so far, those replaced later included."""
    kept = proof.load(here.db, here.house.keys, row.id, with_replaced=True)
    numbers = {one.given.value for one in kept if one.question == "details.family_card"}
    given = [here.house.keys.index("kk", one) for one in sorted(numbers) if one.isdecimal()]
    return [row.kk_hash, *given]


def is_alone(here: Here, row: Registration) -> bool:
    """Whether nobody else may decide on a sign-up, or nobody who is not in a conflict as well."""
    holders = {one.person_id for one in staff.holders(here.db, Action.DECIDE, row.village)}
    others = holders - {here.person.id}
    return all(_conflicts_of(here, other, row) for other in sorted(others))


def is_barred(here: Here, row: Registration) -> bool:
    """Whether this officer leaves a sign-up to another."""
    return bool(conflicts_with(here, row)) and not is_alone(here, row)


def _declare(here: Here, turn: Turn) -> Done:
    outcome = cast(DeclareOwnCard, turn.outcome)
    here.end()
    if not here.areas(Action.DECIDE):
        here.refused("person", str(here.person.id))
        return Done([doors.home(here, Words("turn.stale"))])
    reason = "again" if is_declared(here) else ""
    own_card.declare(here.db, here.house.keys, here.person.id, outcome.nik, outcome.kk)
    change = Change("own_card_declared", "person", str(here.person.id), reason=reason)
    audit.record(here.db, here.actor, change, here.now)
    return Done([here.page.message(Words("own_card.done"))], Door(outcome.then, outcome.village))


def _anew(here: Here, door: Door) -> Opened:
    """The own card once more, from the desk of a village."""
    if not here.areas(Action.DECIDE):
        here.refused("person", str(here.person.id))
        return [doors.home(here, Words("turn.stale"))]
    return ask_first(here, "desk", door.key)


OUTCOMES: dict[type, Doing] = {DeclareOwnCard: _declare}
OPENINGS: dict[str, Opening] = {"own_card": _anew}
