"""Where the walks of finding a person, of leaving and of the yearly question begin."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from conversations.departures import Leaver
from conversations.finding import Card, Office, Person
from conversations.model import Session, Words
from conversations.roster import Listed
from rules.permissions import ALLOWED, Role
from rules.registration import State
from tests.conversations.walker import TODAY, Case

LATER = 9_999_999_999
Table = Callable[[str, str], object]
ALLOWANCE = ALLOWED[Role.VILLAGE_OFFICER]
CARD = Card("•••••••8901", TODAY.replace(day=1), Words("member.paid_until", {"day": TODAY}))
NEW = Leaver("", 10_000, "ABC-DEFG", "", State.PENDING, date(2026, 9, 2))


def person(id: str, name: str, state: State = State.PENDING) -> Person:
    """The page of a made-up person."""
    return Person(
        id=id,
        version=10_000,
        code="ABC-DEFG",
        name=name,
        nik="•••• •••• •••• 0001",
        village="Desa Tegal Harum",
        state=state,
        since=TODAY,
        signed_up=date(2026, 9, 2),
        allowed=ALLOWANCE,
    )


def pages(id: str, name: str) -> Iterator[tuple[str, Person]]:
    """A person's page in each state, with all that can stand on it."""
    for state in State:
        yield f"{state}", person(id, name, state)
    yield "out of reach", replace(person(id, name), is_unreachable=True)
    waiting = person(id, name, State.WAITING)
    yield "waiting in line", replace(waiting, place=12)
    offered = person(id, name, State.OFFERED)
    yield "with an offer", replace(offered, offered_until=TODAY, mark="self family entered")
    member = replace(person(id, name, State.ACTIVE), card=CARD)
    minutes = Words("find.minutes", {"number": "140/12/2026", "day": TODAY})
    yield "with a card", replace(member, minutes=minutes, has_photo=True)
    given = replace(CARD, given_on=TODAY, given_to="Ni Made Contoh")
    yield "with the card given", replace(member, card=replace(given, ended_on=TODAY))
    noted = replace(member, left_why="moved", left_on=TODAY, card=replace(given, given_to="self"))
    yield "with a departure noted", replace(noted, undo=f"{id}.{LATER}")
    yield "with a departure in force", replace(noted, state=State.SUBMITTED, card=None)


def finds(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """Finding a person: no officer, nobody found yet, several, the cards, and every page."""
    session = Session("find", turn=LATER)
    yield Case("finding by no officer", session, known(find_office=None))
    yield Case("finding anew", session, known(find_office=Office(0)))
    shown = tuple(Listed(f"{n:X>16}", f"ABC-DEF{n}", name, is_member=n > 3) for n in range(8))
    several = replace(session, about={"people": " ".join(one.id for one in shown)})
    facts = {"find_office": Office(100), "shown": shown}
    yield Case("several found", several, known(**facts, person=None))
    listed = replace(several, about={**several.about, "cards": "1"})
    yield Case("the cards at the village", listed, known(**facts, person=None))
    only = replace(session, about={"people": id})
    one = (Listed(id, "ABC-DEFG", name, is_member=False),)
    for of, page in pages(id, name):
        table = known(find_office=Office(0), shown=one, person=page)
        yield Case(f"the page of somebody {of}", only, table)


def departures(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """Leaving: of every state, by who may not, and of who has left already."""
    session = Session("departure", about={"registration": id}, turn=LATER)
    yield Case("leaving noted by no officer", session, known(leaver=None))
    one = replace(NEW, id=id, name=name)
    for state in State:
        yield Case(f"leaving when {state}", session, known(leaver=replace(one, state=state)))
    paid = replace(one, state=State.ACTIVE, months=(date(2026, 11, 1), date(2026, 12, 1)))
    yield Case("a paid member leaves", session, known(leaver=paid))
    yield Case("leaving twice", session, known(leaver=replace(paid, has_left=True)))


def workings(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """The yearly question answered with no, and a press that comes too late."""
    session = Session("working", about={"asked": f"{id}.2027"}, turn=LATER)
    yield Case("works no longer", session, known(still_working=name))
    yield Case("the yearly question is answered", session, known(still_working=None))
