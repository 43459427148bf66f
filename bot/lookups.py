"""Answers what a conversation needs to know of the outside; one function per kind."""

from collections.abc import Callable

from bot import covers, memberships
from bot.here import Here
from conversations.desk import Card, Desk, is_listed
from conversations.enrolment import Offer
from conversations.form import occupation_words
from conversations.model import PROVEN, Needs, Words, plain
from conversations.status import Standing
from rules import areas, nik, phones, programmes
from rules.registration import State
from storage import programmes as opened
from storage import proof, registrations, sessions, staff
from storage.models import Registration


def find(here: Here, needs: Needs) -> object:
    """Look up what the run stopped for."""
    kinds: dict[str, Callable[[Here, str], object]] = {
        "areas": _areas,
        "offer": _offer,
        "mine": _mine,
        "registrations": _registrations,
        "unfinished": _unfinished,
        "details_of": _details_of,
        "desk": _desk,
        "roster": memberships.roster,
        "membership": memberships.find,
        "covers": covers.covers,
    }
    return kinds[needs.kind](here, needs.key)


def _areas(here: Here, _key: str) -> tuple[str, ...]:
    """The areas of all programmes: their villages are meant more often than namesakes."""
    return tuple(code for one in here.house.programmes.values() for code in one.areas.value)


def _offer(here: Here, village: str) -> Offer | None:
    programme = programmes.for_village(village, here.house.programmes)
    if programme is None:
        return None
    return Offer(programme, opened.is_open(here.db, programme.key))


def _mine(here: Here, key: str) -> str:
    programme, _, number = key.partition("/")
    found = registrations.open_with_nik(here.db, here.house.keys, programme, number, here.person.id)
    return found.id if found else ""


def _registrations(here: Here, _key: str) -> tuple[Standing, ...]:
    rows = registrations.of_person(here.db, here.person.id)
    return tuple(_standing(here, row) for row in rows)


def _unfinished(here: Here, _key: str) -> str:
    return sessions.newest_slot(here.db, here.person.id, ("enrolment", "details"))


def _standing(here: Here, row: Registration) -> Standing:
    village = areas.village(row.village)
    return Standing(
        id=row.id,
        version=row.version,
        code=row.code,
        name=registrations.name(here.house.keys, row),
        village=village.title if village else row.village,
        state=State(row.state),
        since=here.house.day(row.changed_at, row.village),
        note=why(here, row),
    )


def why(here: Here, row: Registration) -> Words | None:
    """What the officer said when sending a sign-up back or declining it."""
    note = registrations.note(here.house.keys, row)
    if not note:
        return None
    if row.state == State.RETURNED:
        question = Words(f"{row.returned_question}.label")
        return Words("notice.returned", {"question": question, "why": _reason(note, "desk.why")})
    return _reason(note, "desk.reject", ".worker")


def _reason(note: str, prefix: str, suffix: str = "") -> Words:
    if is_listed(note):
        return Words(f"{prefix}.{note}{suffix}")
    return plain(note)


def _details_of(here: Here, registration: str) -> str:
    row = registrations.by_id(here.db, registration)
    if row is None or row.state not in ("pending", "returned", "waiting", "confirmed"):
        return ""
    may = row.person_id == here.person.id or staff.officer_of(here.db, here.person.id, row.village)
    return registrations.name(here.house.keys, row) if may else ""


def _desk(here: Here, _key: str) -> Desk | None:
    if not here.offices:
        return None
    office = here.offices[0]
    village = areas.village(office.village)
    row = registrations.next_in_queue(here.db, office.village)
    return Desk(
        village=village.title if village else office.village,
        waiting=registrations.waiting(here.db, office.village),
        seats=_seats(here, office.village),
        card=_card(here, row) if row else None,
    )


def _seats(here: Here, village: str) -> Words:
    taken = covers.places(here, village)
    if taken is None:
        return Words("desk.seats.none")
    return Words("desk.seats", {"used": taken[0], "cap": taken[1]})


def _card(here: Here, row: Registration) -> Card:
    answers = {
        kept.question: kept.given.value for kept in proof.load(here.db, here.house.keys, row.id)
    }
    occupation = occupation_words(answers.get("enrolment.occupation", ""))
    name = registrations.name(here.house.keys, row)
    number = registrations.nik(here.house.keys, row)
    facts: dict[str, object] = {
        "code": row.code,
        "name": name,
        "nik": nik.read(number, here.today).masked,
        "occupation": occupation,
        "phone": _phone(answers.get("enrolment.phone", "none")),
        "whom": Words(f"desk.whom.{row.whom}"),
        "sent": here.house.day(row.created_at, row.village),
        **{
            field: Words(f"enrolment.{field}.{answers[f'enrolment.{field}']}")
            for field in ("work", "able", "tie", "residence")
        },
    }
    own = ("typed_by_you",) if row.person_id == here.person.id else ()
    return Card(row.id, row.version, name, occupation, (*own, *row.warnings.split()), facts)


def _phone(kept: str) -> Words:
    if kept == "none":
        return Words("enrolment.phone.none")
    key = "proven" if kept.endswith(PROVEN) else "unproven"
    number = phones.masked(kept.removesuffix(PROVEN))
    return Words(f"enrolment.phone.{key}", {"phone": number})
