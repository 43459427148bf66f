"""Where the walks of the officer's desk begin, and what the outside knows in each."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conversations.batch import Clean
from conversations.desk import Card, Desk
from conversations.form import occupation_words
from conversations.minutes import Undocumented
from conversations.model import Given, Session, Words, plain
from rules.doubts import KIND
from tests.conversations.walker import TODAY, Case, Table

LATER = 9_999_999_999
VILLAGE = "51.71.03.2008"
SEATS = Words("desk.seats", {"used": 99, "cap": 100})
HOME = Desk(VILLAGE, "Desa Tegal Harum", clean=0, doubtful=0, line=0, seats=SEATS)
NAME = "Raden Ajeng " + "Contoh " * 8 + "Panjang"
ID = "A3CD4EFGH7JKLMN9"


def card(*warnings: str, id: str = ID, name: str = NAME) -> Card:
    """A card of a made-up person."""
    facts: dict[str, object] = {
        "village": "Desa Tegal Harum",
        "waiting": 3,
        "seats": SEATS,
        "code": "ABC-DEFG",
        "name": name,
        "nik": "•••• •••• •••• 0001",
        "occupation": occupation_words("penjual jamu"),
        "phone": Words("enrolment.phone.proven", {"phone": "••••001"}),
        "whom": plain("kader"),
        "sent": TODAY,
        "work": Words("enrolment.work.seasonal"),
        "able": Words("enrolment.able.limited_but_working"),
        "tie": Words("enrolment.tie.employer"),
        "residence": Words("enrolment.residence.ktp_elsewhere"),
    }
    return Card(id, 10_000, name, occupation_words("petani"), warnings, facts)


def clean(count: int) -> tuple[Clean, ...]:
    """So many made-up people of one screen."""
    work = occupation_words("penjual jamu gendong dan kue basah")
    return tuple(Clean(n, f"{n:A>16}", 10_000, NAME, work) for n in range(1, count + 1))


def screen(people: tuple[Clean, ...], more: str = "") -> Session:
    """A screen of clean sign-ups."""
    shown = " ".join(f"{one.id}.{one.version}" for one in people)
    about = {"village": VILLAGE, "cases": shown or f"{ID}.1", "key": "b6455a7e3d1f40"}
    return Session("batch", about={**about, "more": more}, turn=LATER)


def desks(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """The desk and all that opens from it."""
    yield from homes(known)
    yield from cards(known, id, name)
    for count in (0, 1, 3):
        people = clean(count)
        yield Case(f"{count} clean sign-ups", screen(people), known(batch=people))
    yield Case("a screen before the last", screen(clean(1), "yes"), known(batch=clean(1)))
    yield from gone(known)
    own: dict[str, Any] = {"then": "batch", "village": VILLAGE}
    yield Case("the own card", Session("own_card", about=own, turn=LATER), known())
    for what, found in (
        ("minutes", Undocumented(VILLAGE, "Desa Tegal Harum", 12, 20)),
        ("minutes of nothing", Undocumented(VILLAGE, "Desa Tegal Harum", 0, 0)),
        ("minutes of all", Undocumented(VILLAGE, "Desa Tegal Harum", 0, 20)),
        ("minutes of no officer", None),
    ):
        session = Session("minutes", about={"village": VILLAGE, "batch": ""}, turn=LATER)
        yield Case(what, session, known(minutes=found, was_officer=False))


def gone(known: Callable[..., Table]) -> Iterator[Case]:
    """A screen of whose ticked people one, or all, are another officer's by now."""
    people = tuple(replace(one, gone=one.place > 1) for one in clean(3))
    for left in (people, people[1:]):
        ticked = {f"desk.tick.{n}": Given("yes", "b6455a7e3d1f40") for n in (2, 3)}
        session = replace(screen(people), answers=ticked)
        yield Case(f"{len(left)} of a screen, two of them gone", session, known(batch=left))


def homes(known: Callable[..., Table]) -> Iterator[Case]:
    """The desk itself: of nobody, empty, full, and with further villages."""
    session = Session("desk", turn=LATER)
    yield Case("no officer", session, known(desk=None, was_officer=False))
    yield Case("a former officer", session, known(desk=None, was_officer=True))
    yield Case("an empty desk", session, known(desk=HOME))
    yield Case("a desk of clean ones", session, known(desk=replace(HOME, clean=12)))
    others = (("51.71.03.2009", "Kelurahan " + "Panjang " * 6, 2000),)
    some = replace(HOME, clean=1990, doubtful=10, line=400, others=others)
    full = replace(some, decided=True, declared=True)
    yield Case("a full desk of two villages", session, known(desk=full))
    for note in ("held", "none_clean"):
        noted = replace(session, about={"note": f"desk.home.{note}"})
        yield Case(f"a desk of which {note} is said", noted, known(desk=full))
    for note in ("put_off", "last"):
        noted = replace(session, about={"note": f"desk.home.{note}", "count": "1200"})
        yield Case(f"a desk of which {note} is said", noted, known(desk=full))


def cards(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """One card: gone, plain, with every warning, and under a conflict of interest."""
    session = Session("case", about={"case": id, "village": VILLAGE}, turn=LATER)
    yield Case("a card that is gone", session, known(case=None))
    plain_card = card(id=id, name=name)
    yield Case("a card", session, known(case=plain_card))
    yield Case("a card with every warning", session, known(case=card(*KIND, id=id, name=name)))
    own = replace(plain_card, conflicts=("self",))
    yield Case("a card of the officer's own", session, known(case=own))
    alone = replace(plain_card, conflicts=("family", "entered"), alone=True)
    yield Case("a card that no other officer can decide", session, known(case=alone))
    left = Words("desk.left", {"what": Words("left.not_working"), "day": TODAY})
    yield Case("a card of who left", session, known(case=replace(plain_card, left=left)))
    kept = replace(plain_card, keeps=True)
    yield Case("a card for which a seat is kept", session, known(case=kept))
