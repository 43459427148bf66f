"""One person of the village: found by name, code or last digits, and what happened to them."""

from dataclasses import replace
from typing import cast

from bot import departures, doors, minutes, notices, offers, places, working
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from conversations import finding
from conversations.cards import paid_until
from conversations.finding import (
    CARDS,
    MOST_SHOWN,
    AcceptOffer,
    HandCard,
    Office,
    Person,
    Search,
    ShowMinutes,
)
from conversations.model import Given, Looked, Session, Turn, Words
from conversations.roster import Listed
from rules import areas, kpj, nik
from rules.permissions import Action
from rules.registration import State
from storage import audit, cards, line, members, people, proof, registrations, search, staff
from storage.audit import Change
from storage.cards import Handed
from storage.models import Minutes, Registration


def _office(here: Here, _key: str) -> Office | None:
    villages = here.areas(Action.SEARCH)
    if not villages:
        return None
    hand = here.areas(Action.HAND_CARD)
    return Office(sum(cards.counts(here.db, village)[1] for village in hand))


def _shown(here: Here, ids: str) -> tuple[Listed, ...]:
    villages = here.areas(Action.SEARCH)
    return search.of_ids(here.db, here.house.keys, villages, ids.split()[:MOST_SHOWN])


def _person(here: Here, registration: str) -> Person | None:
    row = registrations.by_id(here.db, registration)
    office = here.office_for(Action.SEARCH, row.village) if row else None
    if row is None or office is None:
        return None
    house, village = here.house, areas.village(row.village)
    until = row.offered_until if row.state == State.OFFERED else None
    return Person(
        id=row.id,
        version=row.version,
        code=row.code,
        name=registrations.name(house.keys, row),
        nik=nik.read(registrations.nik(house.keys, row), here.today).masked,
        village=village.title if village else row.village,
        state=State(row.state),
        since=house.day(row.changed_at, row.village),
        signed_up=house.day(row.created_at, row.village),
        allowed=staff.allowed(office),
        place=_place(here, row),
        offered_until=house.day(until, row.village) if until else None,
        card=_card(here, row),
        minutes=_minutes(here, row),
        has_photo=_has_photo(here, row),
        mark=row.mark,
        left_why=row.left_why,
        left_on=row.left_on,
        undo=departures.undo_key(here.db, row),
        is_unreachable=people.is_unreachable(here.db, row.person_id),
    )


def _place(here: Here, row: Registration) -> int:
    if row.state != State.WAITING:
        return 0
    return line.place(here.db, places.pool_of(here.house, row), row)


def _card(here: Here, row: Registration) -> finding.Card | None:
    member = members.of_registration(here.db, row.id)
    if member is None:
        return None
    handed = cards.given(here.house.keys, member)
    return finding.Card(
        number=kpj.masked(members.kpj(here.house.keys, member)),
        active_from=member.active_from,
        paid=paid_until(one.month for one in members.contributions(here.db, row.id)),
        ended_on=member.ended_on,
        given_on=handed.on if handed else None,
        given_to=handed.to if handed else "",
    )


def _minutes(here: Here, row: Registration) -> Words | None:
    kept = here.db.get(Minutes, row.minutes_id) if row.minutes_id else None
    return Words("find.minutes", {"number": kept.number, "day": kept.held_on}) if kept else None


def _has_photo(here: Here, row: Registration) -> bool:
    kept = here.db.get(Minutes, row.minutes_id) if row.minutes_id else None
    return kept is not None and kept.photo_sealed is not None


def _show_minutes(here: Here, turn: Turn) -> Done:
    """The photo below the page, which stays as it is: only this answer is taken back."""
    outcome = cast(ShowMinutes, turn.outcome)
    answers = {key: one for key, one in turn.session.answers.items() if key != "find.person"}
    here.keep(replace(turn, session=replace(turn.session, answers=answers, resting=False)))
    return Done(minutes.photo(here, outcome.registration))


def _open(here: Here, door: Door) -> Opened:
    """Search anew; with a key the page of that person, or the people from whom to choose."""
    here.person.slot = "find"
    if not door.key:
        return Session("find"), Looked()
    if door.key == CARDS and here.areas(Action.HAND_CARD):
        return _cards(here)
    first = registrations.by_id(here.db, door.key.partition(" ")[0])
    if first is None or not here.may(Action.SEARCH, first.village):
        here.refused("registration", first.id if first else "")
        here.person.slot = ""
        return [doors.home(here, Words("turn.stale"))]
    about = {"people": door.key}
    if door.key != first.id:
        return Session("find", about=about), Looked()
    given = Given(first.id, first.id, here.now.isoformat(), here.person.id)
    return Session("find", {"find.who": given}, about), Looked()


def _cards(here: Here) -> Opened:
    villages = here.areas(Action.HAND_CARD)
    left = cards.still_at_village(here.db, here.house.keys, villages, MOST_SHOWN)
    ids = " ".join(one.id for one in left)
    return Session("find", about={"people": ids, "cards": "1"}), Looked()


def _search(here: Here, turn: Turn) -> Done:
    """Look in each of the officer's villages; on record is how many were found, not for what."""
    typed = cast(Search, turn.outcome).typed
    here.end()
    villages = here.areas(Action.SEARCH)
    if not villages:
        here.refused("village")
        return Done([doors.home(here, Words("turn.stale"))])
    people: list[Listed] = []
    capped = False
    for village in villages:
        hits = search.search(here.db, here.house.keys, village, typed)
        people += hits.people
        capped = capped or hits.capped
        change = Change("searched", "village", village, reason=f"{len(hits.people)} found")
        audit.record(here.db, here.actor, change, here.now)
    return _found(here, people, capped)


def _found(here: Here, people: list[Listed], capped: bool) -> Done:
    most = [here.page.message(Words("find.capped", {"most": search.MOST}))] if capped else []
    if not people:
        return Done(most, Door("find", note=Words("find.nobody")))
    if len(people) == 1:
        return Done(most, Door("find", people[0].id))
    key = "find.several_more" if len(people) > MOST_SHOWN else "find.several"
    note = Words(key, {"count": len(people)})
    return Done(most, Door("find", " ".join(one.id for one in people[:MOST_SHOWN]), note))


def _mine(here: Here, turn: Turn, action: Action) -> Registration | Done:
    """The sign-up that an outcome is about, if the officer may and it is as the page showed it."""
    outcome = cast(HandCard | AcceptOffer, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    here.end()
    if row is None or not here.may(action, row.village):
        here.refused("registration", row.id if row else "")
        return Done([doors.home(here, Words("turn.stale"))])
    if row.version != outcome.version:
        return Done([], Door("find", row.id, Words("find.changed")))
    return row


def _hand_card(here: Here, turn: Turn) -> Done:
    outcome = cast(HandCard, turn.outcome)
    row = _mine(here, turn, Action.HAND_CARD)
    if isinstance(row, Done):
        return row
    handed = Handed(outcome.on, outcome.to)
    by = here.acting(Action.HAND_CARD, row.village)
    if not cards.hand_over(here.db, here.house.keys, row, handed, by, here.now):
        return Done([], Door("find", row.id, Words("find.changed")))
    to, name = finding.card_owner(outcome.to), registrations.name(here.house.keys, row)
    values = {"name": name, "to": to, "day": outcome.on}
    words = Words("notice.card_given", values)
    notices.tell(here.house, here.db, row.person_id, words, here.now)
    done = [here.page.message(Words("card.saved", values))]
    listed = bool(turn.session.about.get("cards"))
    left = listed and cards.counts(here.db, row.village)[1]
    return Done(done, Door("find", CARDS if left else row.id))


def _accept(here: Here, turn: Turn) -> Done:
    row = _mine(here, turn, Action.ANSWER_OFFER)
    if isinstance(row, Done):
        return row
    by = here.acting(Action.ANSWER_OFFER, row.village)
    if not offers.accept(here.house, here.db, row, by, here.now):
        return Done([], Door("find", row.id, Words("find.changed")))
    answers = {"find.accept": turn.session.answers["find.accept"]}
    proof.store(here.db, here.house.keys, row.id, answers, here.now)
    values = {"name": registrations.name(here.house.keys, row)}
    words, button = (
        Words("notice.offer_answered", values),
        ("notice.status", f"open:status:{row.id}"),
    )
    notices.tell(here.house, here.db, row.person_id, words, here.now, buttons=[button])
    return Done([here.page.message(Words("find.accepted", values))], Door("find", row.id))


LOOKUPS: dict[str, LookUp] = {
    "find_office": _office,
    "shown": _shown,
    "person": _person,
    **departures.LOOKUPS,
    **working.LOOKUPS,
}
OUTCOMES: dict[type, Doing] = {
    Search: _search,
    HandCard: _hand_card,
    AcceptOffer: _accept,
    ShowMinutes: _show_minutes,
    **departures.OUTCOMES,
    **working.OUTCOMES,
}
OPENINGS: dict[str, Opening] = {"find": _open, **departures.OPENINGS, **working.OPENINGS}
