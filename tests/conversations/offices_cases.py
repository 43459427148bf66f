"""Where the walks of offices and invitations begin, and what the outside knows in each."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from conversations.invitation import InvitedTo
from conversations.model import Session
from conversations.offices import Holder, Place, Reach
from rules.permissions import Role
from tests.conversations.walker import Case

LATER = 9_999_999_999
SINCE = date(2026, 11, 20)
VILLAGE, REGENCY = "51.71.03.2008", "51.71"
LONG_PLACE = "Desa Contoh Yang Namanya Panjang Sekali"
Table = Callable[[str, str], object]


def holder(number: int, name: str = "Kadek Contoh", **more: object) -> Holder:
    """A helper whom the one who looks may end, or as `more` says."""
    one = Holder(f"{number:016x}", name, Role.HELPER, SINCE, may="end")
    return replace(one, **more)  # type: ignore[arg-type]


OWN = holder(1, "Ketut Contoh", role=Role.VILLAGE_OFFICER, may="hand_over", own=True)
LAST = holder(2, "Komang " * 9, role=Role.VILLAGE_OFFICER, last=True)
MANY = tuple(holder(number) for number in range(10, 28))
BOTH = (Role.HELPER, Role.VILLAGE_OFFICER)


def offices(known: Callable[..., Table]) -> Iterator[Case]:
    """Nobody's, an officer's village, a regency of many, an auditor's, and an office that ended."""
    session = Session("offices", turn=LATER)
    yield Case("offices of nobody", session, known(offices=None))
    one = Reach((VILLAGE,), ((VILLAGE, LONG_PLACE, 3),))
    mine = Place(VILLAGE, LONG_PLACE, (OWN, *MANY), (Role.HELPER,))
    yield Case("offices of one village", session, known(offices=one, holders=mine))
    names = [(f"51.71.03.20{n:02}", f"Desa Contoh {n}", n) for n in range(1, 20)]
    wide = Reach((REGENCY,), ((REGENCY, "Kota Denpasar", 1), *names), wide=True)
    place = Place(VILLAGE, LONG_PLACE, (LAST,), BOTH)
    yield Case("offices of a regency", session, known(offices=wide, holders=place))
    bare = Place(VILLAGE, LONG_PLACE, ())
    yield Case("offices as an auditor sees them", session, known(offices=wide, holders=bare))
    yield Case("offices of a place lost since", session, known(offices=wide, holders=None))


def invitations(known: Callable[..., Table]) -> Iterator[Case]:
    """An invitation to every role, to succeed somebody, and one that is good no more."""
    session = Session("invitation", about={"invite": "t" * 43}, turn=LATER)
    for role in Role:
        to = InvitedTo(role, LONG_PLACE)
        yield Case(f"an invitation as {role}", session, known(invitation=to))
    successor = InvitedTo(Role.VILLAGE_OFFICER, LONG_PLACE, succeeds=True)
    yield Case("an invitation to succeed somebody", session, known(invitation=successor))
    yield Case("an invitation that is good no more", session, known(invitation=None))
