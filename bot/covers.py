"""What the members of an account are covered for, and how many places a village has left."""

from bot.here import Here
from conversations.coverage import Covered
from conversations.model import Words
from rules import areas, kpj, programmes
from rules.registration import State
from rules.seats import counters, stages_on
from storage import members, registrations, seats
from storage.models import Registration

# A sign-up that stands for somebody's cover; one given up or declined does not.
SHOWN = frozenset(State) - {State.WITHDRAWN, State.EXPIRED, State.REJECTED, State.REFUSED}


def covers(here: Here, _key: str = "") -> tuple[Covered, ...]:
    """The people whom this account signed up, with their months paid, newest first."""
    rows = registrations.of_person(here.db, here.person.id)
    return tuple(covered(here, row) for row in rows if row.state in SHOWN)


def covered(here: Here, row: Registration) -> Covered:
    """One sign-up with its months paid, if BPJS has accepted it."""
    village = areas.village(row.village)
    return Covered(
        id=row.id,
        code=row.code,
        name=registrations.name(here.house.keys, row),
        village=village.title if village else row.village,
        state=State(row.state),
        payer=payer(here, row.programme),
        ledger=members.ledger(here.db, row.id),
        card=_card(here, row),
    )


def _card(here: Here, row: Registration) -> str:
    """The number of the card: in full to its owner alone."""
    member = members.of_registration(here.db, row.id)
    if member is None:
        return ""
    number = members.kpj(here.house.keys, member)
    return number if row.whom == "self" else kpj.masked(number)


def payer(here: Here, programme: str) -> Words:
    """Who pays for a programme, in words."""
    known = here.house.programmes.get(programme)
    return Words(f"cover.payer.{(known.payer.value if known else None) or 'undecided'}")


def places(here: Here, village: str) -> tuple[int, int] | None:
    """How many places of a village's programme are taken, and of how many; or None."""
    programme = programmes.for_village(village, here.house.programmes)
    if programme is None:
        return None
    stages = stages_on(programme, here.today)
    both = [counters(programme, village, stage=stage) for stage in stages]
    found = [next((one for one in pair if one.cap is not None), None) for pair in both]
    capped = [(one.key, one.cap) for one in found if one is not None and one.cap is not None]
    if not capped:
        return None
    return sum(seats.used(here.db, key) for key, _ in capped), sum(cap for _, cap in capped)
