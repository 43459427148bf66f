"""What each door opens: a session with the event that shows it, or the calls that say why not."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import (
    asking,
    claim_desk,
    claim_family,
    decisions,
    exports,
    finding,
    offers,
    offices,
    overview,
    reports,
)
from bot import desk as at_desk
from bot.doors import FORMS, Door, Opened, Opening, home, present
from bot.here import Here
from conversations.model import Chose, Given, Looked, Resumed, Session, Words
from conversations.status import CORRECTABLE
from rules import areas
from rules.permissions import Action
from rules.registration import State
from storage import proof, registrations, sessions

# Forms whose own door, with the number of the turn, begins them anew.
ANEW = frozenset({"member", "death", "accident"})


def enter(here: Here, door: Door) -> Opened:
    """Open a door: a session with the event that shows it, or the calls that say why not."""
    opening = OPENINGS.get(door.kind)
    return opening(here, door) if opening else [home(here, Words("turn.stale"))]


def _in_slot(here: Here, slot: str, fresh: Callable[[], Session | None]) -> Session | None:
    """Step into a slot: what is kept there, else a fresh session."""
    kept = sessions.load(here.db, here.house.keys, here.person.id, slot)
    session = kept or fresh()
    if session is not None:
        here.person.slot = slot
    return session


def _start(here: Here, door: Door) -> Opened:
    session = present(here)
    if session is not None and session.conversation in FORMS:
        return session, Resumed()
    if slot := sessions.newest_slot(here.db, here.person.id, FORMS):
        return _offer_to_resume(here, slot)
    if session is not None:
        return session, Resumed()
    if here.offices:
        return _member(here, door) if _unfinished_membership(here) else _desk(here, door)
    if registrations.of_person(here.db, here.person.id, most=1):
        return _status(here, door)
    return _new(here, door)


def _offer_to_resume(here: Here, slot: str) -> Opened:
    page = here.page
    # Beginning anew gives answers up, so that button is good for this turn only.
    here.person.turn += 1
    new = slot if slot in ANEW else "new"
    rows = [
        [(page.label(Words("home.resume.yes")), f"open:resume:{slot}"[:64])],
        [(page.label(Words("home.resume.new")), f"open:{new}:{here.person.turn}")],
    ]
    return [page.message(Words("home.resume"), page.inline(rows))]


def _resume(here: Here, door: Door) -> Opened:
    slot = door.key or sessions.newest_slot(here.db, here.person.id, FORMS)
    session = _in_slot(here, slot, lambda: None)
    return (session, Resumed()) if session else _start(here, Door("start"))


def _anew(here: Here, door: Door) -> Opened:
    if door.key != str(here.person.turn):
        session = present(here)
        # A press of no question: the engine says that it is stale, and shows the open one.
        old_press = Chose("open", "new", door.key)
        return (session, old_press) if session else [home(here, Words("turn.stale"))]
    return _new(here, door)


def _new(here: Here, door: Door) -> Opened:
    """A form from its beginning; the village's link is kept if there was one."""
    kept = sessions.load(here.db, here.house.keys, here.person.id, "enrolment")
    sessions.drop(here.db, here.person.id, "enrolment")
    link = kept.about.get("link") if kept else None
    if link:
        return _village(here, Door("village", link))
    here.person.slot = "enrolment"
    return Session("enrolment"), Looked()


def _enrolment(here: Here, door: Door) -> Opened:
    """Register somebody: a fresh form, unless one is unfinished.

    The village is that of the one office, else the one before.
    """
    kept = sessions.load(here.db, here.house.keys, here.person.id, "enrolment")
    if kept is not None and kept.resting:
        return _new(here, door)
    if kept is not None and kept.parked:
        return _offer_to_resume(here, "enrolment")
    if kept is not None:
        here.person.slot = "enrolment"
        return kept, Resumed()
    own = {code for code in here.areas(Action.ENTER) if areas.village(code)}
    if len(own) == 1:
        return _village(here, Door("village", own.pop()))
    before = registrations.of_person(here.db, here.person.id, most=1)
    if before and before[0].state != State.REJECTED:
        return _village(here, Door("village", before[0].village))
    return _new(here, door)


def _village(here: Here, door: Door) -> Opened:
    """A village's link. Midway through a sign-up of another village, the conversation asks."""
    village = areas.village(door.key)
    assert village is not None  # noqa: S101 (checked where the door was made)
    given = Given(village.code, at=here.now.isoformat(), by=0)
    link = {"link": village.code}
    kept = sessions.load(here.db, here.house.keys, here.person.id, "enrolment")
    here.person.slot = "enrolment"
    if kept is not None and kept.resting:
        sessions.drop(here.db, here.person.id, "enrolment")  # another one begins
    if kept is None or kept.resting or "enrolment.village" not in kept.answers:
        return Session("enrolment", {"enrolment.village": given}, link), Looked()
    return replace(kept, about={**kept.about, **link}), Resumed()


def _coverage(here: Here, door: Door) -> Opened:
    here.person.slot = "coverage"
    return Session("coverage", about={"registration": door.key} if door.key else {}), Looked()


def _calculation(here: Here, door: Door) -> Opened:
    here.person.slot = "calculation"
    return Session("calculation"), Looked()


def _invite(here: Here, door: Door) -> Opened:
    here.person.slot = "invitation"
    return Session("invitation", about={"invite": door.key}), Looked()


def _status(here: Here, door: Door) -> Opened:
    here.person.slot = "status"
    about = {"registration": door.key} if door.key else {}
    return Session("status", about=about), Looked()


def _desk(here: Here, door: Door) -> Opened:
    return at_desk.OPENINGS["desk"](here, door)


def _member(here: Here, door: Door) -> Opened:
    """Write a member down: where the officer stopped, else from the list of people."""
    kept = _unfinished_membership(here)
    if kept is not None and door.key != str(here.person.turn):
        if kept.parked:
            return _offer_to_resume(here, "member")
        here.person.slot = "member"
        return kept, Resumed()
    here.person.slot = "member"
    return Session("member"), Looked()


def _unfinished_membership(here: Here) -> Session | None:
    kept = sessions.load(here.db, here.house.keys, here.person.id, "member")
    return kept if kept and kept.answers and not kept.resting else None


def _telling(here: Here, door: Door) -> Opened:
    """Tell of a death or an accident: where the person stopped, else from the beginning."""
    if no_more := reports.declined(here):
        return [no_more]
    kept = sessions.load(here.db, here.house.keys, here.person.id, door.kind)
    here.person.slot = door.kind
    if kept is None or not kept.answers or door.key == str(here.person.turn):
        return Session(door.kind), Looked()
    return _offer_to_resume(here, door.kind) if kept.parked else (kept, Resumed())


def _undo(here: Here, door: Door) -> Opened:
    return decisions.undo(here, door.key)


def _fix(here: Here, door: Door) -> Opened:
    """Correct a sign-up: its answers are taken up again, at the question that was sent back."""
    row = registrations.by_id(here.db, door.key)
    if row is None or row.person_id != here.person.id or row.state not in CORRECTABLE:
        return [home(here, Words("turn.stale"))]

    def fresh() -> Session:
        kept = proof.load(here.db, here.house.keys, row.id)
        answers = {one.question: one.given for one in kept if one.question.startswith("enrolment.")}
        answers.pop("enrolment.summary", None)
        about = {"registration": row.id}
        return Session("enrolment", answers, about, editing=row.returned_question)

    session = _in_slot(here, f"enrolment.{row.id}", fresh)
    assert session is not None  # noqa: S101 (made fresh if none was kept)
    return session, Resumed()


def _details(here: Here, door: Door) -> Opened:
    """Part two; what was answered before is taken up again, never asked or lost anew."""
    registration = door.key[:32]

    def fresh() -> Session:
        kept = proof.load(here.db, here.house.keys, registration)
        answers = {one.question: one.given for one in kept if one.question.startswith("details.")}
        answers.pop("details.summary", None)
        return Session("details", answers, {"registration": registration})

    session = _in_slot(here, f"details.{registration}", fresh)
    assert session is not None  # noqa: S101 (made fresh if none was kept)
    return session, Resumed()


def _details_newest(here: Here, door: Door) -> Opened:
    mine = registrations.of_person(here.db, here.person.id, most=1)
    return _details(here, Door("details", mine[0].id)) if mine else _status(here, door)


def _language(here: Here, door: Door) -> Opened:
    here.person.language = "en" if door.kind == "english" else "id"
    session = present(here)
    return (session, Resumed()) if session else [home(here, Words("home.language"))]


def _accept(here: Here, door: Door) -> Opened:
    """Take up the seat that is offered; one's own alone."""
    row = registrations.by_id(here.db, door.key)
    if row is None or row.person_id != here.person.id:
        return [home(here, Words("turn.stale"))]
    if not offers.accept(here.house, here.db, row, here.actor, here.now):
        return _status(here, Door("status", row.id))
    return [home(here, Words("offer.accepted", {"name": registrations.name(here.house.keys, row)}))]


OPENINGS: Mapping[str, Opening] = {
    "start": _start,
    "village": _village,
    "invite": _invite,
    "status": _status,
    "enrolment": _enrolment,
    "new": _anew,
    "resume": _resume,
    "fix": _fix,
    "details": _details,
    "details_newest": _details_newest,
    "desk": _desk,
    "member": _member,
    "undo": _undo,
    "coverage": _coverage,
    "calculation": _calculation,
    "accept": _accept,
    "death": _telling,
    "accident": _telling,
    "topic": lambda here, door: [asking.answered(here, door.key)],
    "help": lambda here, _: [home(here, Words("home.help_text"))],
    "english": _language,
    "bahasa": _language,
    **reports.OPENINGS,
    **finding.OPENINGS,
    **overview.OPENINGS,
    **exports.OPENINGS,
    **offices.OPENINGS,
    **at_desk.OPENINGS,
    **claim_family.OPENINGS,
    **claim_desk.OPENINGS,
}
