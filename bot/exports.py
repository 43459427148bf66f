"""The sheet for BPJS in the chat: a regency's officer asks for it, and says that it was sent.

Both only write a row; `bot/export_loop.py` does the work.
"""

from bot import doors
from bot.doors import Door, Opened, Opening
from bot.here import Here
from conversations.model import Words
from rules.permissions import Action, lies_in
from rules.programmes import Programme
from rules.registration import UNDO
from storage import exports
from storage.exports import Wanted
from storage.models import Export


def _ask(here: Here, door: Door) -> Opened:
    """Ask for the sheet of a programme, for each area of one's own; twice changes nothing."""
    programme = here.house.programmes.get(door.key)
    areas = _areas(here, programme) if programme else []
    if programme is None or not areas:
        here.refused("export")
        return [doors.home(here, Words("turn.stale"))]
    for area in areas:
        if not exports.waits(here.db, programme.key, area, here.person.id):
            wanted = Wanted(programme.key, area, here.now - UNDO)
            exports.ask(here.db, wanted, here.person.id, here.now)
    return [doors.home(here, Words("export.soon", {"programme": programme.name.value}))]


def _areas(here: Here, programme: Programme) -> list[str]:
    """Where the person may export and the programme runs."""
    return [
        area
        for area in dict.fromkeys(here.areas(Action.EXPORT))
        if any(lies_in(one, area) or lies_in(area, one) for one in programme.areas.value)
    ]


def _sent(here: Here, door: Door) -> Opened:
    """Mark the people of a sheet as sent to BPJS; the second press finds it done."""
    row = here.db.get(Export, door.key)
    if row is None or row.asked_by != here.person.id or not here.may(Action.EXPORT, row.area):
        here.refused("export", row.id if row else "")
        return [doors.home(here, Words("turn.stale"))]
    # The button may be pressed while its file is still being noted as sent.
    if row.state in ("wanted", "sent") and exports.move(
        here.db, row.id, (row.state, "marking"), attempts=0
    ):
        return [doors.home(here, Words("export.marking"))]
    return [doors.home(here, Words("export.marked_before"))]


OPENINGS: dict[str, Opening] = {"sheet": _ask, "sheet_sent": _sent}
