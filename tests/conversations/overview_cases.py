"""Where the walks of the overview begin: of nobody, of a village, of a regency; and standings."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from conversations.model import Session, Words, plain
from conversations.overview import Area, AreaPage, SheetButton, VillagePage
from conversations.status import Standing
from rules.registration import State
from tests.conversations.walker import TODAY, Case

LATER = 9_999_999_999
REGENCY, VILLAGE, OTHER = "51.71", "51.71.03.2008", "51.71.03.2009"
Table = Callable[[str, str], object]

COUNTS: dict[str, object] = {
    str(state): 12_000
    for state in (
        *(State.PENDING, State.WAITING, State.OFFERED),
        *(State.CONFIRMED, State.SUBMITTED, State.ACTIVE),
    )
}
SEATS = Words("overview.seats", {"used": 100, "cap": 100})
SHARED = Words("overview.seats.shared", {"used": 90, "used_in_all": 12_000, "cap": 35_000})
UNCAPPED = Words("overview.seats.uncapped", {"used": 12})
VILLAGE_FACTS: dict[str, object] = {
    **COUNTS,
    "village": "Desa Tegal Harum",
    "seats": SEATS,
    "cards": 3,
    "marked": 1,
    "line": Words("overview.next.none"),
}
AREA_FACTS: dict[str, object] = {
    **COUNTS,
    "area": "Kota Denpasar",
    "programmes": (Words("overview.programme", {"name": "Program Contoh", "seats": SEATS}),),
    "named": 20,
    "unnamed": 45,
    "unstaffed": 3,
}
NOBODY = AreaPage(AREA_FACTS, (), (), (), has_history=False)
EVERYTHING = AreaPage(
    AREA_FACTS,
    ((Area(VILLAGE, "Desa Tegal Harum"), 1200), (Area(OTHER, "Desa " + "Contoh " * 8), 3)),
    (SheetButton("denpasar", "Kota Denpasar", 12_000),),
    ("unnamed", "unstaffed"),
    has_history=True,
)


def next_in_line(name: str) -> Words:
    """The head of a line, as its own officer sees it."""
    one = {"place": 1, "name": name, "code": "ABC-DEFG", "since": TODAY}
    return Words("overview.next", {"people": (Words("overview.next.one", one),) * 3})


def overviews(known: Callable[..., Table], name: str) -> Iterator[Case]:
    """The overview: not allowed, of a village, of one of two, of a regency, with lists of pages."""
    session = Session("overview", turn=LATER)
    yield Case("an overview of nobody", session, known(overview_areas=()))
    own = (Area(VILLAGE, "Desa Tegal Harum"),)
    gone = known(overview_areas=own, village_page=None)
    yield Case("an overview whose office has ended", session, gone)
    village = VillagePage({**VILLAGE_FACTS, "line": next_in_line(name)}, has_desk=True)
    yield Case("a village", session, known(overview_areas=own, village_page=village))
    hidden = {**VILLAGE_FACTS, "seats": SHARED, "line": Words("overview.next.hidden")}
    both = (*own, Area(OTHER, "Desa Contoh"))
    plain_page = VillagePage(hidden, has_desk=False)
    yield Case("one of two villages", session, known(overview_areas=both, village_page=plain_page))
    yield from _regencies(known, session, plain_page)


def _regencies(known: Callable[..., Table], session: Session, page: VillagePage) -> Iterator[Case]:
    villages = tuple(Area(f"{REGENCY}.03.{2100 + n}", f"Desa Contoh {n}") for n in range(25))
    facts = {"overview_areas": (Area(REGENCY, "Kota Denpasar"),), "village_page": page}
    lists = {"unnamed": villages, "unstaffed": villages[:3]}
    yield Case("a regency", session, known(**facts, **lists, area_page=EVERYTHING))
    none = replace(NOBODY, facts={**AREA_FACTS, "programmes": (Words("overview.programme.none"),)})
    yield Case("a regency without a village", session, known(**facts, area_page=none))
    several = replace(
        EVERYTHING, sheets=(*EVERYTHING.sheets, SheetButton("x" * 30, "Kabupaten " * 5, 12_000))
    )
    yield Case("two programmes", session, known(**facts, **lists, area_page=several))
    gone = known(**facts, area_page=EVERYTHING, unnamed=None, unstaffed=None)
    yield Case("a regency whose office has ended", session, gone)
    yield Case("no regency any more", session, known(**facts, area_page=None))
    seen = VillagePage({**VILLAGE_FACTS, "seats": UNCAPPED}, has_desk=False)
    one = replace(session, about={"area": VILLAGE})
    yield Case("a village by its button", one, known(**{**facts, "village_page": seen}))
    outside = VillagePage({**VILLAGE_FACTS, "seats": Words("overview.seats.none")}, has_desk=False)
    yield Case("a village without one", one, known(**{**facts, "village_page": outside}))


def places_in_line(known: Callable[..., Table], one: Standing) -> Iterator[Case]:
    """A sign-up that waits, by each rule, and one that is offered a seat."""
    session = Session("status", turn=LATER)
    for criteria in (("first_come",), ("not_insured", "longest_working", "first_come")):
        rule = tuple(Words(f"ranking.{criterion}") for criterion in criteria)
        line = Words("line.place", {"place": 3, "of": 12, "rule": rule})
        mine = known(registrations=(replace(one, state=State.WAITING),), unfinished="", line=line)
        yield Case(f"waiting by {criteria[0]}", session, mine)
    offered = Words("line.offered", {"day": TODAY})
    mine = (replace(one, state=State.OFFERED, village=str(plain("Desa Contoh").params["text"])),)
    yield Case("an offered seat", session, known(registrations=mine, unfinished="", line=offered))
