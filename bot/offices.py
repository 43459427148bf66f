"""Offices: invitations, who holds which, ending and handing over."""

from typing import cast

from bot import doors, notices
from bot.done import Doing, Done, LookUp
from bot.doors import Door
from bot.here import Here
from conversations.model import PROVEN, Turn, Words
from conversations.outcomes import AcceptInvitation
from rules import areas
from storage import staff, timers


def _accept(here: Here, turn: Turn) -> Done:
    outcome = cast(AcceptInvitation, turn.outcome)
    phone = outcome.phone.removesuffix(PROVEN)
    who = (here.person.id, here.incoming.name)
    here.end()
    accepted = staff.accept(here.db, here.house.keys, outcome.token, phone, who, here.now)
    if accepted is None:
        return Done([doors.home(here, Words("invitation.refused"))])
    office = next((row for row in here.offices if row.area == accepted.area), None)
    if office is not None:
        due = notices.next_digest(accepted.area, here.now)
        timers.set_once(here.db, "digest", office.id, due)
    village = areas.village(accepted.area)
    names = {"village": village.title if village else accepted.area, "name": who[1]}
    if accepted.inviter_id:
        words = Words("notice.invitation_used", names)
        notices.tell(here.house, here.db, accepted.inviter_id, words, here.now, kind="staff")
    return Done([here.page.message(Words("invitation.accepted", names))], Door("desk"))


LOOKUPS: dict[str, LookUp] = {}
OUTCOMES: dict[type, Doing] = {AcceptInvitation: _accept}
