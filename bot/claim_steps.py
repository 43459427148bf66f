"""What an officer does with a claim: verifying it, moving it on, noting its heirs, its code."""

from typing import cast

from bot import claim_desk, claim_moved, claim_news, doors
from bot.attachments import FORGET
from bot.claim_family import pen_of, way_to
from bot.claim_views import opened
from bot.done import Doing, Done
from bot.here import Here
from conversations.claim_desk import MakeCode, MakeLink
from conversations.claim_heirs import NoteHeir
from conversations.claim_moves import MoveClaim, VerifyDeath
from conversations.model import Turn, Words, plain
from rules import claims as rules
from rules.claims import Kind, State
from rules.departures import Kind as Left
from rules.departures import effect
from rules.heirs import Relation
from rules.permissions import Action
from rules.registration import State as SignUp
from storage import claim_codes, claims, followers, proof, registrations
from storage import departures as leaving
from storage.claims import Moved
from storage.followers import NewHeir
from storage.models import Claim

CODE_STAYS = 600  # seconds in the officer's chat, for copying it to paper


def _verify(here: Here, turn: Turn) -> Done:
    outcome = cast(VerifyDeath, turn.outcome)
    row = claim_desk.mine(here, outcome.claim)
    if row is None:
        return claim_desk.stale(here)
    if row.version != outcome.version or row.state not in rules.VERIFIABLE:
        return claim_desk.back_to(row, "claims.changed")
    told = {
        "cause": outcome.cause,
        "heir": outcome.relation,
        "memberships": str(outcome.memberships),
    }
    moved = Moved(State.VERIFIED, outcome.on, "", {"happened_on": outcome.on})
    claims.verify(here.db, pen_of(here, row), row, told, moved)
    _keep_proof(here, row, turn)
    _has_died(here, row)
    _heir_of_the_sign_up(here, row)
    claim_news.moved(here.house, here.db, row, here.now, here.person.id)
    return claim_desk.back_to(row, "claims.verified.done", {"name": opened(here, row).name})


def _keep_proof(here: Here, row: Claim, turn: Turn) -> None:
    """What the officer answered is proof beside what the sign-up itself holds."""
    if row.registration_id:
        given = turn.session.answers
        answers = {name: given[name] for name in turn.path if name.startswith("claims.")}
        proof.store(here.db, here.house.keys, row.registration_id, answers, here.now)


def _has_died(here: Here, row: Claim) -> None:
    """A verified death ends the sign-up as well: nobody need write it down twice."""
    registration = registrations.by_id(here.db, row.registration_id or "")
    if registration is None or registration.left_why:
        return
    if effect(SignUp(registration.state)) is None:
        return
    if not here.may(Action.RECORD_DEPARTURE, row.village):
        return
    by = here.acting(Action.RECORD_DEPARTURE, row.village)
    leaving.note(here.db, registration, (Left.DIED, row.happened_on), by, here.now)


def _heir_of_the_sign_up(here: Here, row: Claim) -> None:
    """The heir whom the worker named at sign-up may follow with the number given then."""
    kept = proof.load(here.db, here.house.keys, row.registration_id or "")
    given = {one.question: one.given.value for one in kept}
    name = given.get("details.heir_name", "skip")
    phone = given.get("details.heir_phone", "skip")
    if "skip" in (name, phone):
        return
    relation = _as_named(given.get("details.heir_relation", ""), opened(here, row).relation)
    followers.note(here.db, pen_of(here, row), row, NewHeir(relation, name, phone))


def _as_named(said: str, first: Relation | None) -> str:
    """The relation that the worker named; whether a spouse is wife or husband says the claim."""
    if said == "spouse":
        return first if first in (Relation.WIFE, Relation.HUSBAND) else Relation.OTHER
    return Relation(said) if said in set(Relation) else Relation.OTHER


def _move(here: Here, turn: Turn) -> Done:
    outcome = cast(MoveClaim, turn.outcome)
    row = claim_desk.mine(here, outcome.claim)
    if row is None:
        return claim_desk.stale(here)
    kind, state = Kind(row.kind), State(row.state)
    if row.version != outcome.version or outcome.to not in rules.moves(kind, state):
        return claim_desk.back_to(row, "claims.changed")
    moved = claim_moved.moved(here.house, row, outcome, here.now)
    claims.move(here.db, pen_of(here, row), row, moved)
    claim_news.moved(here.house, here.db, row, here.now, here.person.id)
    state_words = Words(f"follow.state.{outcome.to}")
    return claim_desk.back_to(row, "claims.moved", {"state": state_words})


def _note_heir(here: Here, turn: Turn) -> Done:
    outcome = cast(NoteHeir, turn.outcome)
    row = claim_desk.mine(here, outcome.claim)
    if row is None:
        return claim_desk.stale(here)
    new = NewHeir(outcome.relation, outcome.name, outcome.phone)
    followers.note(here.db, pen_of(here, row), row, new)
    return claim_desk.back_to(row, "claims.heir.noted", {"name": outcome.name})


def _make_code(here: Here, turn: Turn) -> Done:
    """The code stands in the chat for some minutes: it belongs on paper."""
    outcome = cast(MakeCode, turn.outcome)
    row = claim_desk.mine(here, outcome.claim)
    if row is None:
        return claim_desk.stale(here)
    if not followers.heirs(here.db, row.id):
        return claim_desk.back_to(row, "claims.code.no_heir")
    same = row.version == outcome.version
    code = claim_codes.make(here.db, pen_of(here, row), row) if same else ""
    if not code:
        return claim_desk.back_to(row, "claims.changed")
    call = here.page.message(Words("claims.code.made", {"code": code}), way_to(here, row))
    return Done([{**call, "protect_content": True, FORGET: CODE_STAYS}])


def _make_link(here: Here, turn: Turn) -> Done:
    outcome = cast(MakeLink, turn.outcome)
    row = claim_desk.mine(here, outcome.claim)
    if row is None:
        return claim_desk.stale(here)
    token = claim_codes.make_link(here.db, pen_of(here, row), row)
    link = doors.start_link(f"c_{token}", here.house.bot_name)
    words = Words("claims.link", {"name": opened(here, row).name, "link": plain(link)})
    return Done([{**here.page.message(words, way_to(here, row)), "protect_content": True}])


OUTCOMES: dict[type, Doing] = {
    VerifyDeath: _verify,
    MoveClaim: _move,
    NoteHeir: _note_heir,
    MakeCode: _make_code,
    MakeLink: _make_link,
}
