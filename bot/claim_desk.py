"""The officer's claims: the open ones, one of them, and whose sign-up it is about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from bot import doors
from bot.attachments import FORGET
from bot.claim_family import pen_of
from bot.claim_views import Opened, head, may_handle, opened, view
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opening
from bot.doors import Opened as OpenedDoor
from bot.here import Here
from bot.replies import Call
from conversations.claim_desk import (
    ClaimList,
    FindPerson,
    SetPerson,
    ShowNumbers,
)
from conversations.claim_moves import Case, HeirLine
from conversations.model import PROVEN, Looked, Session, Turn, Words, plain
from rules import phones
from rules.permissions import Action
from storage import audit, claims, followers, registrations, reports, search
from storage.audit import Change
from storage.models import Claim, Heir

MOST = 60  # open claims that are looked at for one list
FOUND = 8  # people offered
MOST_AGAIN = 5  # who told the same once more
SHOWN_FOR = 60  # seconds that numbers stay in the chat of who typed for them


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
        told_by=_told_by(one.facts),
        told_again=_told_again(here, row),
        facts=_facts(one),
        heirs=heirs,
        followers=len(followers.followers(here.db, row.id)),
        disputed=row.disputed_at is not None,
    )


def _heir(here: Here, heir: Heir) -> HeirLine:
    relation = Words(f"heirs.relation.{heir.relation}")
    phone = phones.masked(followers.phone(here.house.keys, heir))
    return HeirLine(followers.name(here.house.keys, heir), relation, phone)


def _told_by(facts: Mapping[str, str]) -> tuple[Words, ...]:
    """Who told it, with the number to call back."""
    name, phone = facts.get("reporter", ""), facts.get("phone", "")
    shown = phones.masked(phone.removesuffix(PROVEN)) if phone else ""
    return (plain(" · ".join(filter(None, (name, shown)))),) if name or phone else ()


def _told_again(here: Here, row: Claim) -> tuple[Words, ...]:
    """The newest of those who told the same once more."""
    again = reports.told_again(here.db, here.house.keys, row)[-MOST_AGAIN:]
    return tuple(words for facts in again for words in _told_by(facts))


TOLD = ("place", "how", "time", "treated")


def _facts(one: Opened) -> tuple[Words, ...]:
    """What else was told, as it was typed."""
    told = [(key, one.facts.get(key, "")) for key in TOLD]
    return tuple(Words(f"claims.told.{key}", {"text": text}) for key, text in told if text)


def mine(here: Here, id: str) -> Claim | None:
    """The claim of an outcome, if this officer may handle it; another's press goes on record."""
    row = claims.by_id(here.db, id)
    here.end()
    if row is None or not may_handle(here, row):
        here.refused("claim", row.id if row else "")
        return None
    return row


def stale(here: Here) -> Done:
    return Done([doors.home(here, Words("turn.stale"))])


def back_to(row: Claim, key: str = "", values: Mapping[str, object] | None = None) -> Done:
    note = Words(key, values or {}) if key else None
    return Done([], Door("claims", row.id, note))


def _find_person(here: Here, turn: Turn) -> Done:
    outcome = cast(FindPerson, turn.outcome)
    row = mine(here, outcome.claim)
    if row is None:
        return stale(here)
    hits = search.search(here.db, here.house.keys, row.village, outcome.typed)
    change = Change("searched", "village", row.village, reason=f"{len(hits.people)} found")
    audit.record(here.db, here.acting(Action.HANDLE_CLAIM, row.village), change, here.now)
    if not hits.people:
        return Done([], Door("claim_person", row.id, Words("claims.person.nobody")))
    ids = " ".join(one.id for one in hits.people[:FOUND])
    return Done([], Door("claim_person", f"{row.id}/{ids}", Words("claims.person.found")))


def _set_person(here: Here, turn: Turn) -> Done:
    outcome = cast(SetPerson, turn.outcome)
    row = mine(here, outcome.claim)
    registration = registrations.by_id(here.db, outcome.registration)
    if row is None or registration is None or registration.village != row.village:
        return stale(here)
    if row.version != outcome.version:
        return back_to(row, "claims.changed")
    claims.change(here.db, row, here.now, registration_id=registration.id)
    change = Change("claim_person", "claim", row.id, reason=registration.id)
    audit.record(here.db, pen_of(here, row).by, change, here.now)
    return back_to(row, "claims.person.set")


def _numbers(here: Here, turn: Turn) -> Done:
    """Numbers go into the pop-up of the press: seen by the officer, kept in no chat."""
    outcome = cast(ShowNumbers, turn.outcome)
    row = claims.by_id(here.db, outcome.claim)
    if row is None or not may_handle(here, row):
        here.end()
        here.refused("claim", row.id if row else "")
        return stale(here)
    # The page stays as it is, with its buttons: only this answer is taken back.
    here.keep(replace(turn, session=replace(turn.session, answers={}, resting=False)))
    change = Change("saw_phone", "claim", row.id)
    audit.record(here.db, pen_of(here, row).by, change, here.now)
    return Done([_shown(here, opened(here, row))])


def _shown(here: Here, one: Opened) -> Call:
    keys = here.house.keys
    told = (one.facts.get("reporter", ""), one.facts.get("phone", "").removesuffix(PROVEN))
    heirs = followers.heirs(here.db, one.row.id)
    known = [told, *((followers.name(keys, heir), followers.phone(keys, heir)) for heir in heirs)]
    lines = [f"{name[:40]}: {phone}" for name, phone in known if phone]
    text = "\n".join(lines[:3]) or here.page.label(Words("claims.phone.none"))
    if not here.incoming.press_id:
        return {**here.page.message(plain(text)), "protect_content": True, FORGET: SHOWN_FOR}
    return {
        "method": "answerCallbackQuery",
        "callback_query_id": here.incoming.press_id,
        "text": text[:200],
        "show_alert": True,
    }


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
    ShowNumbers: _numbers,
}
OPENINGS: dict[str, Opening] = {"claims": _open, "claim_person": _open_person}
