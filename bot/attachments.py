"""What a message carries besides its words: found, opened and checked just before it is sent.

A call that carries something holds `attach`, a JSON value: `field` (`photo` or `document`), `kind`
(of `KINDS`), `id`, and `name` where the file is to be called otherwise. It is kept and retried
like any other; who may see it is asked each time anew. What holds `forget`, a number of seconds,
leaves the chat after them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session
from telegram import InputFile

from bot import file_pdf
from bot.file_page import NothingKept
from bot.house import House
from bot.replies import Call, Page
from conversations.model import Words
from rules.permissions import Action
from storage import audit, followers, people, photos, staff
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Claim, ClaimPhoto, Registration

ATTACH, FORGET = "attach", "forget"
DAY = 24 * 60 * 60  # seconds that a file stays in the chat
METHODS = {"photo": "sendPhoto", "document": "sendDocument"}


@dataclass(frozen=True)
class Attached:
    """A file as it is sent."""

    name: str
    content: bytes = field(repr=False)


# The file with this id for this account, None where there is none that it may see.
Find = Callable[[House, Session, str, int], Attached | None]


def _claim_photo(house: House, db: Session, id: str, person_id: int) -> Attached | None:
    row = db.get(ClaimPhoto, id)
    if row is None or row.state != "kept" or not photos.may_see(db, person_id, row):
        return None
    photos.shown(db, person_id, row, house.clock())
    return Attached(f"{row.paper}.jpg", photos.content(house.keys, row))


def _claim_file(house: House, db: Session, id: str, person_id: int) -> Attached | None:
    """The claim-safe file of the sign-up that a claim is about, for its family and offices."""
    row = db.get(Claim, id)
    registration = db.get(Registration, row.registration_id or "") if row else None
    if row is None or registration is None:
        return None
    office = staff.office_for(db, person_id, Action.HANDLE_CLAIM, row.village)
    if office is None and not followers.follows(db, person_id, id):
        return None
    try:
        name, content = file_pdf.made(house, db, registration)
    except NothingKept:
        return None
    by = Actor(person_id, office.role if office else "heir")
    audit.record(db, by, Change("file_sent", "claim", id), house.clock())
    return Attached(name, content)


KINDS: dict[str, Find] = {"claim_photo": _claim_photo, "claim_file": _claim_file}


def call(
    page: Page,
    words: Words | Iterable[Words],
    what: tuple[Literal["photo", "document"], str, str],
    markup: Call | None = None,
) -> Call:
    """The call that sends `what` (field, kind, id) with words below it, for a day."""
    name, kind, id = what
    sent = page.message(words, markup)
    text = sent.pop("text")
    del sent["link_preview_options"]
    return {
        **sent,
        "method": METHODS[name],
        "caption": text,
        ATTACH: {"field": name, "kind": kind, "id": id},
        FORGET: DAY,
    }


def resolve(house: House, call: Call) -> Call:
    """The call with its file in it, which nobody can pass on.

    Where there is nothing that this account may see, the call says so instead.
    """
    wanted = call[ATTACH]
    with transaction(house.engine) as db:
        found = KINDS[wanted["kind"]](house, db, wanted["id"], call["chat_id"])
        if found is None:
            page = Page(house.texts, call["chat_id"], people.language(db, call["chat_id"]))
            return page.message(Words("attachment.gone"))
    file = InputFile(found.content, wanted.get("name") or found.name)
    rest = {name: value for name, value in call.items() if name != ATTACH}
    return {**rest, "protect_content": True, wanted["field"]: file}
