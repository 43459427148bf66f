"""Where the walks begin, what the outside knows in each, and what is typed on the way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from conversations.cards import Membership
from conversations.enrolment import Offer
from conversations.model import Given, Session, Words
from conversations.roster import Listed
from conversations.status import Standing
from rules import programmes
from rules.coverage import PaidMonth
from rules.registration import State
from tests.conversations import claim_cases
from tests.conversations.cover_cases import calculations, covers
from tests.conversations.desk_cases import desks
from tests.conversations.finding_cases import departures, finds, workings
from tests.conversations.offices_cases import invitations, offices
from tests.conversations.overview_cases import overviews, places_in_line
from tests.conversations.report_cases import reports
from tests.conversations.walker import TODAY, Canned, Case

ID = "A3CD4EFGH7JKLMN9"  # as long as a real one
LATER = 9_999_999_999  # a turn so late that its nonce is as long as any will be
PROGRAMMES = programmes.load()
VILLAGES = {
    "denpasar": "51.71.03.2008",
    "bengkayang": "61.07.01.2001",
    "gianyar": "51.04.01.2001",
    "badung": "51.03.01.1001",
    "purwakarta": "32.14.02.2001",
}
WITHOUT_PROGRAMME = "34.04.07.2001"
KELURAHAN = "51.71.01.1006"
LONG_NAME = "Raden Ajeng " + "Contoh " * 8 + "Panjang"

NAME = Canned(("I Wayan Contoh", "Ni Made Contoh, S.Pd."), "12345")
PHONE = Canned(("0812 3456 789",), "123")
WORDS = Canned(("sawah Subak Contoh",), "1")
NUMBER = Canned(("5171 0312 0685 0001", "1234 5678 901"), "5171")
PAST_DAY = Canned(("18-11-2026", "18 nov", "3 hari lalu"), "21-11-2026")
TYPED = {
    "enrolment.village": Canned(("Tegal Harum", "51.04.01.2001"), "xyzzy"),
    "enrolment.nik": Canned(("5171 0312 0685 0001", "9971 0099 1385 0000"), "5171 0312"),
    "enrolment.name": NAME,
    "enrolment.birth_date": Canned(("17-5-1990", "1 Januari 2015"), "kemarin"),
    "enrolment.sex": Canned((), "?"),
    "enrolment.occupation": Canned(("penjual jamu", "kurir"), "1"),
    "enrolment.phone": PHONE,
    "details.workplace": WORDS,
    "details.hamlet": WORDS,
    "details.family_card": Canned(("5171 0301 0101 0009",), "5171"),
    "details.mother": NAME,
    "details.heir_name": NAME,
    "details.heir_phone": PHONE,
    "desk.why": Canned(("Nama ibu belum jelas",), "1"),
    "own_card.nik": Canned(("5171 0312 0685 0001",), "5171 0399 0685 0001"),
    "own_card.kk": Canned(("5171 0301 0101 0009",), "5171 0312 0685 0001"),
    "minutes.number": Canned(("12/BA/XI/2026",), "?"),
    "minutes.held_on": Canned(("18-11-2026",), "21-11-2026"),
    "member.which": Canned(("abc defh", "Raden"), "xyzzy"),
    "calculation.when": Canned(("17-5-2024", "1 Januari 2020"), "kapan ya"),
    "calculation.weeks": Canned(("6", "3 minggu", "14 bulan"), "lama"),
    "calculation.child.age": Canned(("9", "10 tahun"), "kecil"),
    "member.kpj": Canned(("1234 5678 901", "97J80012345"), "1234"),
    "member.active_from": Canned(("20 November 2026",), "31-2-2026"),
    "member.first": Canned(("Januari 2027", "2-2027"), "Januari 1999"),
    "member.count": Canned(("4", "2 tahun"), "25"),
    "member.received": Canned(("19-11-2026",), "21-11-2026"),
    "offices.where": Canned(("Tegal Harum", "51.71"), "51.04.01.2001"),
    "offices.phone": PHONE,
    "overview.area": Canned(("Tegal Harum", "51.71.03.2008"), "51.04.01.2001"),
    "overview.history": Canned(("abc defg",), "ABC"),
    "offices.successor": PHONE,
    "mend.kpj": Canned(("1234 5678 901",), "1234"),
    "working.why": Canned(("bapak sudah meninggal", "pindah ke jawa"), "xyzzy"),
    "find.person": Canned(("Wayan", "ABC-DEFG"), "?"),
    "overview.village": Canned(("Tegal Kertha",), "51.04.01.2001"),
    "find.who": Canned(("Wayan", "ABC-DEFG", "0001"), "?"),
    "card.day": Canned(("19-11-2026",), "21-11-2026"),
    "card.to": NAME,
    "departure.day": Canned(("19-11-2026", "2-9-2026"), "1-9-2026"),
    "follow.code": Canned(("7qk2m-x9t4b",), "7QK2M"),
    "paper.why": Canned(("cap desa belum ada",), "1"),
    "claims.person": Canned(("Wayan", "ABC-DEFG", "0001"), "?"),
    "claims.died": Canned(("19-11-2026",), "21-11-2026"),
    "claims.on": Canned(("19-11-2026",), "21-11-2026"),
    "claims.receipt": Canned(("JKM/0123/XI/2026",), "?"),
    "claims.amount": Canned(("Rp42.000.000", "42 juta"), "banyak"),
    "claims.why": Canned(("surat ahli waris belum ditandatangani",), "1"),
    "claims.heir_name": NAME,
    "claims.heir_phone": PHONE,
    **{f"{kind}.village": Canned(("Tegal Harum",), "xyzzy") for kind in ("death", "accident")},
    **{f"{kind}.name": NAME for kind in ("death", "accident")},
    **{f"{kind}.reporter": NAME for kind in ("death", "accident")},
    **{f"{kind}.phone": PHONE for kind in ("death", "accident")},
    **{f"{kind}.number": NUMBER for kind in ("death", "accident")},
    **{f"{kind}.day": PAST_DAY for kind in ("death", "accident")},
    "accident.place": WORDS,
    "accident.how": Canned(("memanjat kelapa lalu jatuh",), "1"),
    "accident.time": Canned(("14.30", "jam 2 siang"), "jam 2"),
    "accident.treated": Canned(("RSUD Contoh",), "1"),
    "mend.active_from": Canned(("3-11-2026",), "31-2-2026"),
}


class Known:
    """What the outside knows in one case."""

    def __init__(self, is_open: bool = True, mine: str = "", **facts: Any) -> None:
        self._is_open = is_open
        self._mine = mine
        self._facts = {"line": None, **facts}

    def __call__(self, kind: str, key: str) -> object:
        if kind == "areas":
            return tuple(code for one in PROGRAMMES.values() for code in one.areas.value)
        if kind == "offer":
            programme = programmes.for_village(key, PROGRAMMES)
            return Offer(programme, self._is_open) if programme else None
        return self._mine if kind == "mine" else self._facts[kind]


def linked(village: str, **about: str) -> Session:
    """A form that a village's link has begun."""
    given = {"enrolment.village": Given(village)}
    return Session("enrolment", given, {"link": village, **about}, turn=LATER)


def enrolments() -> Iterator[Case]:
    """The worker's sign-up: every programme, open and not, and every way to begin."""
    start = Session("enrolment", turn=LATER)
    yield Case("without a link", start, Known())
    for key, village in VILLAGES.items():
        yield Case(f"{key} by its link", linked(village), Known())
    yield Case("a programme not open yet", linked(VILLAGES["purwakarta"]), Known(is_open=False))
    yield Case("a closed programme typed", start, Known(is_open=False))
    yield Case("no programme there", linked(WITHOUT_PROGRAMME), Known())
    yield Case("a kelurahan where only desa take part", linked(KELURAHAN), Known())
    midway = linked(VILLAGES["denpasar"])
    other = replace(midway, about={"link": VILLAGES["gianyar"]})
    yield Case("another village's link midway", other, Known())
    yield Case("the own sign-up again", linked(VILLAGES["denpasar"]), Known(mine=ID))
    correcting = linked(VILLAGES["denpasar"], registration=ID)
    yield Case("a correction", correcting, Known(mine=ID))


def part_twos() -> Iterator[Case]:
    """Part two, with and without a sign-up to which it belongs."""
    session = Session("details", about={"registration": ID}, turn=LATER)
    yield Case("part two", session, Known(details_of=LONG_NAME))
    yield Case("part two of nothing", session, Known(details_of=""))


def standings() -> Iterator[Case]:
    """The status: none, one in each state, and several."""
    session = Session("status", turn=LATER)
    yield Case("no sign-up", session, Known(registrations=()))
    one = Standing(ID, 10_000, "ABC-DEFG", LONG_NAME, "Tegal Harum", State.PENDING, TODAY)
    for state in State:
        mine = (replace(one, state=state),)
        yield Case(f"a sign-up {state}", session, Known(registrations=mine, unfinished=""))
    yield from places_in_line(Known, one)
    noted = replace(one, state=State.REJECTED, note=Words("desk.reject.duplicate.worker"))
    several = (one, replace(noted, id=ID[::-1]))
    yield Case("two sign-ups", session, Known(registrations=several, unfinished="enrolment"))


def memberships() -> Iterator[Case]:
    """The officer writes members down: none, a new one of a long list, and mends who is one."""
    session = Session("member", turn=LATER)
    yield Case("members of no officer", session, Known(roster=None))
    yield Case("nobody to be a member", session, Known(roster=()))
    people = (
        Listed(ID, "ABC-DEFG", LONG_NAME, is_member=True),
        *(Listed(f"{n:X>16}", f"ABC-DEF{n}", f"I Contoh {n}", False) for n in range(17)),
        Listed(ID[::-1], "ABC-DEFH", "I Wayan Contoh", is_member=False),
    )
    new = Membership(ID, 10_000, "ABC-DEFG", LONG_NAME, TODAY.replace(day=2))
    yield Case("a new member", session, Known(roster=people, membership=new))
    gone = Known(roster=people, membership=None)
    yield Case("a member who is none any more", session, gone)
    known = replace(new, active_from=TODAY.replace(month=9), card="•••••••8901")
    yield Case("a member without a month", session, Known(roster=people, membership=known))
    months = (date(2026, 9, 1), date(2026, 10, 1), date(2027, 3, 1))
    paid = replace(known, paid=tuple(PaidMonth(month, "programme", TODAY) for month in months))
    yield Case("further months", session, Known(roster=people, membership=paid))
    ahead = replace(known, paid=(PaidMonth(date(2026, 11, 1), "other", TODAY),))
    yield Case("a member paid for this month", session, Known(roster=people, membership=ahead))


CASES = (
    *(*enrolments(), *part_twos(), *standings(), *memberships(), *invitations(Known)),
    *desks(Known, ID, LONG_NAME),
    *offices(Known),
    *overviews(Known, LONG_NAME),
    *(*covers(Known, ID, LONG_NAME), *calculations(Known)),
    *(*finds(Known, ID, LONG_NAME), *departures(Known, ID, LONG_NAME)),
    *workings(Known, ID, LONG_NAME),
    *claim_cases.families(Known, ID, LONG_NAME),
    *claim_cases.paper_views(Known, ID, LONG_NAME),
    *claim_cases.officers(Known, ID, LONG_NAME),
    *claim_cases.heirs(Known),
    *reports(Known, ID, LONG_NAME),
)
