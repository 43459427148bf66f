"""The officer's claims: whom one is about, verifying it, moving it on, its heirs and its code."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from bot import claim_news, claim_steps, doors
from bot.claim_family import pen_of
from bot.claim_views import Opened, head, may_handle, opened, view
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opening
from bot.doors import Opened as OpenedDoor
from bot.here import Here
from conversations.claim_desk import ClaimList, FindPerson, MakeCode, MakeLink, SetPerson
from conversations.claim_heirs import NoteHeir
from conversations.claim_moves import Case, HeirLine, MoveClaim, VerifyDeath
from conversations.model import Looked, Session, Turn, Words, plain
from rules import claims as rules
from rules import phones
from rules.claims import Kind, State
from rules.departures import Kind as Left
from rules.departures import effect
from rules.permissions import Action
from rules.registration import State as SignUp
from storage import audit, claim_codes, claims, followers, proof, registrations, search
from storage import departures as leaving
from storage.audit import Change
from storage.claims import Moved
from storage.followers import NewHeir
from storage.models import Claim, Heir

MOST = 60  # open claims that are looked at for one list
CODE_STAYS = timedelta(minutes=10)  # in the officer's chat, for copying it to paper
FOUND = 8  # people offered


def _list(here: Here, _key: str) -> ClaimList | None:
    areas = here.areas(Action.HANDLE_CLAIM)
    if not areas:
        return None
    rows = claims.of_areas(here.db, areas, MOST)
    return ClaimList(tuple(head(opened(here, row)) for row in rows))


def _case(here: Here, id: str) -> Case | None:
    row = claims.by_id(here.db, id)
    if row is None or not may_handle(here, row):
        return None
    one = opened(here, row)
    registration = one.registration
    heirs = tuple(_heir(here, heir) for heir in followers.heirs(here.db, row.id))
    return Case(
        view=view(one),
        code=registration.code if registration else "",
        membership=Words(f"state.{registration.state}") if registration else None,
        told_by=_told_by(one),
        facts=_facts(one),
        heirs=heirs,
        followers=len(followers.followers(here.db, row.id)),
        disputed=row.disputed_at is not None,
    )


def _heir(here: Here, heir: Heir) -> HeirLine:
    relation = Words(f"heirs.relation.{heir.relation}")
    phone = phones.masked(followers.phone(here.house.keys, heir))
    return HeirLine(followers.name(here.house.keys, heir), relation, phone)


def _told_by(one: Opened) -> tuple[Words, ...]:
    """Who told it, with the number to call back."""
    name, phone = one.facts.get("reporter", ""), one.facts.get("phone", "")
    return (plain(" · ".join(filter(None, (name, phone)))),) if name or phone else ()


TOLD = ("place", "how", "time", "treated")


def _facts(one: Opened) -> tuple[Words, ...]:
    """What else was told, as it was typed."""
    told = [(key, one.facts.get(key, "")) for key in TOLD]
    return tuple(Words(f"claims.told.{key}", {"text": text}) for key, text in told if text)


def _mine(here: Here, id: str) -> Claim | None:
    """The claim of an outcome, if this officer may handle it; another's press goes on record."""
    row = claims.by_id(here.db, id)
    here.end()
    if row is None or not may_handle(here, row):
        here.refused("claim", row.id if row else "")
        return None
    return row


def _stale(here: Here) -> Done:
    return Done([doors.home(here, Words("turn.stale"))])


def _back(row: Claim, key: str = "", values: Mapping[str, object] | None = None) -> Done:
    note = Words(key, values or {}) if key else None
    return Done([], Door("claims", row.id, note))


def _find_person(here: Here, turn: Turn) -> Done:
    outcome = cast(FindPerson, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    hits = search.search(here.db, here.house.keys, row.village, outcome.typed)
    change = Change("searched", "village", row.village, reason=f"{len(hits.people)} found")
    audit.record(here.db, here.acting(Action.HANDLE_CLAIM, row.village), change, here.now)
    if not hits.people:
        return Done([], Door("claim_person", row.id, Words("claims.person.nobody")))
    ids = " ".join(one.id for one in hits.people[:FOUND])
    return Done([], Door("claim_person", f"{row.id}/{ids}", Words("claims.person.found")))


def _set_person(here: Here, turn: Turn) -> Done:
    outcome = cast(SetPerson, turn.outcome)
    row = _mine(here, outcome.claim)
    registration = registrations.by_id(here.db, outcome.registration)
    if row is None or registration is None or registration.village != row.village:
        return _stale(here)
    if row.version != outcome.version:
        return _back(row, "claims.changed")
    claims.change(here.db, row, here.now, registration_id=registration.id)
    change = Change("claim_person", "claim", row.id, reason=registration.id)
    audit.record(here.db, pen_of(here, row).by, change, here.now)
    return _back(row, "claims.person.set")


def _verify(here: Here, turn: Turn) -> Done:
    outcome = cast(VerifyDeath, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    if row.version != outcome.version or row.state not in rules.VERIFIABLE:
        return _back(row, "claims.changed")
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
    claim_news.moved(here.house, here.db, row, here.now)
    return _back(row, "claims.verified.done", {"name": opened(here, row).name})


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
    relation = opened(here, row).relation or "other"
    pen = pen_of(here, row)
    followers.note(here.db, pen, row, NewHeir(str(relation), name, phone))


def _move(here: Here, turn: Turn) -> Done:
    outcome = cast(MoveClaim, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    kind, state = Kind(row.kind), State(row.state)
    if row.version != outcome.version or outcome.to not in rules.moves(kind, state):
        return _back(row, "claims.changed")
    moved = claim_steps.moved(here.house, row, outcome, here.now)
    claims.move(here.db, pen_of(here, row), row, moved)
    claim_news.moved(here.house, here.db, row, here.now)
    state_words = Words(f"follow.state.{outcome.to}")
    return _back(row, "claims.moved", {"state": state_words})


def _note_heir(here: Here, turn: Turn) -> Done:
    outcome = cast(NoteHeir, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    new = NewHeir(outcome.relation, outcome.name, outcome.phone)
    followers.note(here.db, pen_of(here, row), row, new)
    return _back(row, "claims.heir.noted", {"name": outcome.name})


def _make_code(here: Here, turn: Turn) -> Done:
    """The code stands in the chat for some minutes: it belongs on paper."""
    outcome = cast(MakeCode, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    if not followers.heirs(here.db, row.id):
        return _back(row, "claims.code.no_heir")
    same = row.version == outcome.version
    code = claim_codes.make(here.db, pen_of(here, row), row) if same else ""
    if not code:
        return _back(row, "claims.changed")
    call = here.page.message(Words("claims.code.made", {"code": code}))
    return Done([{**call, "protect_content": True}])


def _make_link(here: Here, turn: Turn) -> Done:
    outcome = cast(MakeLink, turn.outcome)
    row = _mine(here, outcome.claim)
    if row is None:
        return _stale(here)
    token = claim_codes.make_link(here.db, pen_of(here, row), row)
    link = doors.start_link(f"c_{token}", here.house.bot_name)
    words = Words("claims.link", {"name": opened(here, row).name, "link": plain(link)})
    return Done([{**here.page.message(words), "protect_content": True}], Door("claims", row.id))


def _open(here: Here, door: Door) -> OpenedDoor:
    """The list, or the claim that the door names; looking at one is on record."""
    here.person.slot = "claims"
    if not door.key:
        return Session("claims"), Looked()
    row = claims.by_id(here.db, door.key)
    if may_handle(here, row) and row is not None:
        change = Change("saw_claim", "claim", row.id)
        audit.record(here.db, pen_of(here, row).by, change, here.now)
    return Session("claim_case", about={"claim": door.key[:32]}), Looked()


def _open_person(here: Here, door: Door) -> OpenedDoor:
    """Whom a claim is about, among those found."""
    id, _, people = door.key.partition("/")
    here.person.slot = "claims"
    about = {"claim": id[:32], **({"people": people} if people else {})}
    return Session("claim_person", about=about), Looked()


LOOKUPS: dict[str, LookUp] = {"claims": _list, "claim_case": _case}
OUTCOMES: dict[type, Doing] = {
    FindPerson: _find_person,
    SetPerson: _set_person,
    VerifyDeath: _verify,
    MoveClaim: _move,
    NoteHeir: _note_heir,
    MakeCode: _make_code,
    MakeLink: _make_link,
}
OPENINGS: dict[str, Opening] = {"claims": _open, "claim_person": _open_person}
