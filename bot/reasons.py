"""What an officer said when sending a sign-up back or declining it."""

from bot.here import Here
from conversations.desk import is_listed
from conversations.model import Words, plain
from rules.registration import State
from storage import registrations
from storage.models import Registration


def why(here: Here, row: Registration) -> Words | None:
    """What the officer, or BPJS, said when sending a sign-up back or declining it."""
    note = registrations.note(here.house.keys, row)
    if not note:
        return None
    if row.state == State.RETURNED:
        question = Words(f"{row.returned_question}.label")
        return Words("notice.returned", {"question": question, "why": _reason(note, "desk.why")})
    if row.state == State.REFUSED:
        return Words("status.refused", {"why": plain(note)})
    # What was said of it before it came to another end says nothing of that.
    return _reason(note, "desk.reject", ".worker") if row.state == State.REJECTED else None


def _reason(note: str, prefix: str, suffix: str = "") -> Words:
    if is_listed(note):
        return Words(f"{prefix}.{note}{suffix}")
    return plain(note)
