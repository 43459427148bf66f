"""The family's way to a claim: the code and the own number, the page, the papers, the proof."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from bot import attachments, claim_news, doors
from bot.claim_news import News
from bot.claim_views import LOOKUPS as VIEWS
from bot.claim_views import found, may_follow, may_handle, opened, view
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opening
from bot.doors import Opened as OpenedDoor
from bot.here import Here
from bot.replies import Call
from bot.zones import zone
from conversations.claim_page import EnterCode, SendFile
from conversations.claim_papers import RETURN_WHY, NotePaper, PaperView, SendPhoto
from conversations.model import PROVEN, Chose, Looked, Session, Turn, Words, plain
from rules.claims import State, by_papers
from rules.papers import are_complete
from rules.permissions import Action
from storage import audit, claim_codes, claim_papers, claims, photos
from storage.audit import Actor, Change
from storage.claims import Moved, Pen
from storage.models import Claim
from storage.photos import TooMany


def _enter(here: Here, turn: Turn) -> Done:
    """The same words for a code that there is not, as for the number of somebody else."""
    outcome = cast(EnterCode, turn.outcome)
    here.end()
    phone = outcome.phone.removesuffix(PROVEN)
    pen = Pen(here.house.keys, Actor(here.person.id, "heir"), here.now)
    tried = claim_codes.enter(here.db, pen, claim_codes.read(outcome.code), phone)
    if tried.alarm:
        _alarm(here)
    if tried.claim is not None:
        return Done([doors.home(here, Words("follow.bound"))], Door("claim", tried.claim.id))
    words = [Words("follow.code.wrong")]
    if tried.locked_until is not None:
        words = [*words, Words("follow.code.locked", {"time": _time(tried.locked_until)})]
    return Done([doors.home(here, words)])


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(zone('')):%d/%m %H.%M}"


def _alarm(here: Here) -> None:
    """Many wrong codes in one hour: somebody may be guessing. The operator is told."""
    change = Change("claim_code_alarm", "person", str(here.person.id))
    audit.record(here.db, Actor(0, "alarm"), change, here.now)
    claim_news.tell_operator(here.house, here.db, Words("follow.notice.alarm"), here.now)


def _open(here: Here, door: Door) -> OpenedDoor:
    """The family's page: of the claim that the door names, else of those that are followed."""
    here.person.slot = "claim"
    return Session("claim", about={"claim": door.key} if door.key else {}), Looked()


# Pages whose buttons stay good wherever the person has been since, as far as nothing has changed.
STANDING = {"claims.case": "claim_case", "follow.page": "claim", "paper.ask": "paper"}
SLOTS = {"claim_case": "claims"}


def reopened(here: Here, present: Session | None, what: Chose) -> Session | None:
    """The page of a claim that a press belongs to, where it is not the one that is open."""
    conversation = STANDING.get(what.question)
    id, _, rest = what.nonce.partition(".")
    if conversation is None or found(here, id) is None:
        return None
    key = f"{id}.{rest.partition('.')[0]}" if conversation == "paper" else id
    about = {"paper" if conversation == "paper" else "claim": key}
    if present and (present.conversation, dict(present.about)) == (conversation, about):
        return None
    here.person.slot = SLOTS.get(conversation, conversation)
    return Session(conversation, about=about)


def _open_code(here: Here, door: Door) -> OpenedDoor:
    """Another claim: by its code, which the door may hold already."""
    here.person.slot = "claim"
    about = {"claim": "code", **({"code": door.key} if door.key else {})}
    return Session("claim", about=about), Looked()


def _open_link(here: Here, door: Door) -> OpenedDoor:
    """A link that an officer made for whoever sits at the counter."""
    row = claim_codes.use_link(here.db, here.house.keys, door.key, here.person.id, here.now)
    if row is None:
        return [doors.home(here, Words("follow.link.wrong"))]
    return _open(here, Door("claim", row.id))


def _open_heirs(here: Here, _door: Door) -> OpenedDoor:
    here.person.slot = "heirs"
    return Session("heirs"), Looked()


def _open_of(here: Here, door: Door) -> OpenedDoor:
    """The page of a claim as this person has it: an officer's, or the family's."""
    if may_handle(here, claims.by_id(here.db, door.key)):
        here.person.slot = "claims"
        return Session("claim_case", about={"claim": door.key}), Looked()
    return _open(here, door)


def _open_paper(here: Here, door: Door) -> OpenedDoor:
    """One paper, by claim and place; without a place the first that is missing."""
    here.person.slot = "paper"
    id, _, place = door.key.partition(".")
    row = None if place else found(here, id)
    # The place is kept: what is sent next is of the paper that was shown, whatever changes since.
    key = f"{id}.{_first(here, row)}" if row else door.key
    return Session("paper", about={"paper": key}), Looked()


def _paper(here: Here, key: str) -> PaperView | None:
    id, _, place = key.partition(".")
    row = found(here, id)
    if row is None:
        return None
    seen = view(opened(here, row))
    if not seen.papers:
        return None
    number = min(max(int(place) if place.isdecimal() else 1, 1), len(seen.papers))
    return PaperView(
        claim=row.id,
        version=row.version,
        name=seen.name,
        line=seen.papers[number - 1],
        place=number,
        of=len(seen.papers),
        is_officer=may_handle(here, row),
        may_see=True,
    )


def _first(here: Here, row: Claim) -> int:
    """The place of the first paper that is to be got, or for an officer to be looked at."""
    done = ("accepted",) if may_handle(here, row) else ("accepted", "have")
    lines = view(opened(here, row)).papers
    places = (place for place, line in enumerate(lines, 1) if line.state not in done)
    return next(places, 1)


def _note(here: Here, turn: Turn) -> Done:
    """Keep how a paper stands, and go on to the next."""
    outcome = cast(NotePaper, turn.outcome)
    here.end()
    row = claims.by_id(here.db, outcome.claim)
    if row is None or not _may_note(here, row, outcome.state):
        here.refused("claim", row.id if row else "")
        return Done([doors.home(here, Words("turn.stale"))])
    if outcome.photo and (full := _photo(here, row, outcome)):
        return Done([here.page.message(full)], _here(here, row, outcome.paper))
    _noted(here, row, outcome)
    sent = Words("follow.photo.sent", {"paper": Words(f"paper.{outcome.paper}")})
    door = _next(here, row, outcome.paper)
    return Done([], replace(door, note=sent) if outcome.photo else door)


def _photo(here: Here, row: Claim, outcome: NotePaper) -> Words | None:
    """Note the photo, which is fetched at once; in words why it cannot be taken."""
    wanted = photos.want(here.db, pen_of(here, row), row, outcome.paper, outcome.photo)
    return wanted.words if isinstance(wanted, TooMany) else None


def _send_photo(here: Here, turn: Turn) -> Done:
    """Show the newest photo of a paper; it leaves the chat after a day."""
    outcome = cast(SendPhoto, turn.outcome)
    here.end()
    row = found(here, outcome.claim)
    photo = photos.newest(here.db, row.id, outcome.paper) if row else None
    if row is None or photo is None:
        words = Words("follow.photo.coming" if row else "follow.not_yours")
        return Done([doors.home(here, words)], _here(here, row, outcome.paper))
    words = Words("follow.photo", {"paper": Words(f"paper.{outcome.paper}")})
    sent = attachments.call(here.page, words, ("photo", "claim_photo", photo.id))
    return Done([sent], _here(here, row, outcome.paper))


def _here(here: Here, row: Claim | None, paper: str) -> Door | None:
    return Door("paper", f"{row.id}.{_place(here, row, paper)}") if row else None


def _send_file(here: Here, turn: Turn) -> Done:
    """The proof of the sign-up as a document, for its family and its offices."""
    outcome = cast(SendFile, turn.outcome)
    here.end()
    row = found(here, outcome.claim)
    if row is None or row.registration_id is None:
        words = Words("follow.file.none" if row else "follow.not_yours")
        return Done([doors.home(here, words)], Door("claim_of", row.id) if row else None)
    way, words = way_to(here, row), Words("follow.file")
    sent = attachments.call(here.page, words, ("document", "claim_file", row.id), way)
    return Done([sent])


def way_to(here: Here, row: Claim) -> Call:
    """A button to the claim, for what the page itself would push out of sight."""
    door = "claims" if may_handle(here, row) else "claim"
    label = here.page.label(Words("follow.notice.open"))
    return here.page.inline([[(label, f"open:{door}:{row.id}")]])


def _may_note(here: Here, row: Claim, state: str) -> bool:
    if state in ("accepted", "returned"):
        return may_handle(here, row)
    return may_follow(here, row) or may_handle(here, row)


def _next(here: Here, row: Claim, paper: str) -> Door:
    """The paper after this one; after the last the claim's page."""
    place, of = _place(here, row, paper) + 1, len(opened(here, row).checklist())
    return Door("claim_of", row.id) if place > of else Door("paper", f"{row.id}.{place}")


def _place(here: Here, row: Claim, paper: str) -> int:
    """At which place of the checklist a paper stands."""
    keys = [found.key for found in opened(here, row).checklist()]
    return keys.index(paper) + 1 if paper in keys else 1


def _noted(here: Here, row: Claim, outcome: NotePaper) -> None:
    """Keep it; what follows of it for the claim is done."""
    pen = pen_of(here, row)
    said = (outcome.state, outcome.reason)
    if not claim_papers.note(here.db, pen, row, outcome.paper, said):
        return
    one = opened(here, row)
    kept = claim_papers.of_claim(here.db, here.house.keys, row.id)
    accepted = [key for key, paper in kept.items() if paper.state == "accepted"]
    complete = are_complete(one.checklist(), accepted)
    to = by_papers(one.kind, one.state, complete=complete, returned=outcome.state == "returned")
    if to is not None:
        _move_by_papers(here, row, to, _why(here, outcome))
    elif outcome.state == "returned":
        news = News("follow.returned", why=_why(here, outcome))
        claim_news.tell_family(here.house, here.db, row, news, here.now)


def _why(here: Here, outcome: NotePaper) -> str:
    """Why a paper was sent back, as the family reads it, or ""."""
    if outcome.state != "returned":
        return ""
    paper = here.house.texts.plain(Words(f"paper.{outcome.paper}"))
    known = outcome.reason in RETURN_WHY
    why = Words(f"paper.why.{outcome.reason}") if known else plain(outcome.reason)
    return f"{paper}: {here.house.texts.plain(why)}"


def _move_by_papers(here: Here, row: Claim, to: State, note: str) -> None:
    today = here.house.day(here.now, row.village)
    values = {"complete_on": today} if to is State.COMPLETE else {}
    if claims.move(here.db, pen_of(here, row), row, Moved(to, today, note, values)):
        claim_news.moved(here.house, here.db, row, here.now, here.person.id)


def pen_of(here: Here, row: Claim) -> Pen:
    """Who writes in a claim: an office by which it may be handled, else the family."""
    office = here.office_for(Action.HANDLE_CLAIM, row.village)
    return Pen(here.house.keys, Actor(here.person.id, office.role if office else "heir"), here.now)


LOOKUPS: dict[str, LookUp] = {**VIEWS, "paper": _paper}
OUTCOMES: dict[type, Doing] = {
    EnterCode: _enter,
    NotePaper: _note,
    SendPhoto: _send_photo,
    SendFile: _send_file,
}
OPENINGS: dict[str, Opening] = {
    "claim": _open,
    "claim_code": _open_code,
    "claim_link": _open_link,
    "claim_of": _open_of,
    "paper": _open_paper,
    "heirs": _open_heirs,
}
