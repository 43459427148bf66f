"""A death or an accident is told: kept as it was told, and answered alike for everybody."""

from collections.abc import Sequence
from typing import cast

from bot import arrivals, doors
from bot.cases import village_name
from bot.done import Doing, Done, LookUp
from bot.doors import Door, Opened, Opening
from bot.here import Here
from bot.replies import Call
from bot.zones import zone
from conversations import receipts
from conversations.accident import FatalAccident, Happened, Own, ReportAccident
from conversations.death import ReportDeath
from conversations.model import Given, Session, Turn, Words
from conversations.receipts import Message, Office
from rules import areas
from rules.claims import Kind
from rules.permissions import Action, Role
from rules.registration import State
from storage import (
    claims,
    followers,
    members,
    registrations,
    reports,
    sessions,
    staff,
    timers,
)
from storage.audit import Actor
from storage.claims import Pen, Report
from storage.followers import Bound
from storage.models import Registration, Staff

MOST_VILLAGES, MOST_OWN = 6, 8  # buttons
GONE = frozenset({State.WITHDRAWN, State.REJECTED, State.EXPIRED})
# What a death report takes along from an accident that was told first.
OF_ACCIDENT = ("accident_on", "time", "place", "how")
AFTER_DEATH = ("jkm.how_to", "jkm.heirs")
AFTER_ACCIDENT = ("jkk.hospital", "jkk.papers", "contact")


def _near_villages(here: Here, _key: str) -> tuple[str, ...]:
    """Villages that this account has to do with: of its offices, its link, and its sign-ups."""
    kept = sessions.load(here.db, here.house.keys, here.person.id, "enrolment")
    link = kept.about.get("link", "") if kept else ""
    mine = [row.village for row in registrations.of_person(here.db, here.person.id)]
    found = [*here.areas(Action.HANDLE_CLAIM), *here.areas(Action.ENTER), link, *mine]
    return tuple(filter(areas.village, dict.fromkeys(found)))[:MOST_VILLAGES]


def _moment(here: Here, village: str) -> object:
    """The moment it is in a village."""
    return here.now.astimezone(zone(village))


def _own_signups(here: Here, _key: str) -> tuple[Own, ...]:
    rows = registrations.of_person(here.db, here.person.id)
    return tuple(_own(here, row) for row in rows if row.state not in GONE)[:MOST_OWN]


def _own(here: Here, row: Registration) -> Own:
    name = registrations.name(here.house.keys, row)
    return Own(row.id, row.code, row.village, row.whom == "self", name)


def declined(here: Here) -> Call | None:
    """What is said to an account that tells of very many people; officers may tell of any."""
    if here.areas(Action.HANDLE_CLAIM):
        return None
    if not reports.has_told_enough(here.db, here.person.id, here.now):
        return None
    return doors.home(here, Words("telling.enough"))


def _death(here: Here, turn: Turn) -> Done:
    told = cast(ReportDeath, turn.outcome)
    here.end()
    if no_more := declined(here):
        return Done([no_more])
    new = Report(
        kind=Kind.JKM,
        village=told.village,
        happened_on=told.day,
        since=here.now,
        reported_by=here.person.id,
        facts=_facts_of_death(told, turn.session),
    )
    row = claims.report(here.db, _pen(here, told.village), new)
    timers.set_timer(here.db, arrivals.KIND, row.id, here.now)
    said = receipts.of_death(told, _office(here, told.village))
    return Done(_messages(here, said, AFTER_DEATH))


def _facts_of_death(told: ReportDeath, session: Session) -> dict[str, str]:
    names = ("name", "number", "cause", "relation", "reporter", "phone")
    facts = {name: str(getattr(told, name)) for name in names}
    return facts | {name: session.about[name] for name in OF_ACCIDENT if name in session.about}


def _pen(here: Here, village: str) -> Pen:
    """Who writes: an officer of the village by that office, anybody else as who told it."""
    office = here.office_for(Action.HANDLE_CLAIM, village)
    role = office.role if office else "reporter"
    return Pen(here.house.keys, Actor(here.person.id, role), here.now)


def _office(here: Here, village: str) -> Office:
    """Who hears of it; that says something of the village alone."""
    rows = staff.holders(here.db, Action.HANDLE_CLAIM, village)
    officers = [row for row in rows if row.role == Role.VILLAGE_OFFICER]
    names = dict.fromkeys(_contact(here, row) for row in officers)
    return Office(village_name(village), tuple(names), len(rows) > len(officers))


def _contact(here: Here, row: Staff) -> str:
    """An officer's name, with the number by which the office is reached."""
    keys = here.house.keys
    return " ".join(filter(None, (staff.name(keys, row), staff.phone(keys, row))))


def _messages(here: Here, said: Sequence[Message], topics: Sequence[str]) -> list[Call]:
    """The messages in their order; what may be asked next stands under the last."""
    first, *others, last = said
    rows = [[(here.page.label(Words(f"topic.{one}")), f"open:topic:{one}")] for one in topics]
    return [
        doors.home(here, first),
        *(here.page.message(words) for words in others),
        here.page.message(last, here.page.inline(rows)),
    ]


def _accident(here: Here, turn: Turn) -> Done:
    told = cast(ReportAccident, turn.outcome)
    here.end()
    if no_more := declined(here):
        return Done([no_more])
    village, pen = told.hurt.village.code, _pen(here, told.hurt.village.code)
    now = here.now.astimezone(zone(village))
    own = _still_own(here, told.hurt.own)
    new = Report(
        kind=Kind.JKK,
        village=village,
        happened_on=told.what.day,
        since=receipts.moment(told.what, now),
        reported_by=here.person.id,
        facts=_facts_of_accident(told),
        registration_id=own.id if own else None,
    )
    row = claims.report(here.db, pen, new)
    timers.set_timer(here.db, arrivals.KIND, row.id, here.now)
    is_self = own is not None and own.whom == "self"
    if is_self:
        followers.follow(here.db, pen, row, Bound(here.person.id, "worker"))
    said = receipts.of_accident(told, _office(here, village), now)
    text = receipts.to_forward(told, _card(here, own) if own and is_self else "")
    return Done([*_messages(here, said, AFTER_ACCIDENT), here.page.message(text)])


def _still_own(here: Here, own: Own | None) -> Registration | None:
    row = registrations.by_id(here.db, own.id) if own else None
    return row if row is not None and row.person_id == here.person.id else None


def _card(here: Here, row: Registration) -> str:
    """The full number of the own card, if BPJS has given one."""
    member = members.of_registration(here.db, row.id)
    return members.kpj(here.house.keys, member) if member else ""


def _facts_of_accident(told: ReportAccident) -> dict[str, str]:
    hurt, what = told.hurt, told.what
    return {
        "name": hurt.name,
        "number": hurt.number,
        "reporter": told.reporter,
        "phone": told.phone,
        "cause": what.cause,
        "place": what.place,
        "how": what.how,
        "time": what.at,
        "treated": what.treated,
        "partner": what.partner,
    }


def _fatal(here: Here, turn: Turn) -> Done:
    """Somebody died of an accident: the death is told with all that is known already."""
    told = cast(FatalAccident, turn.outcome)
    here.end()
    here.person.slot = "death"
    begun = Session("death", _known(here, told), _of_accident(told.what))
    sessions.save(here.db, here.house.keys, here.person, begun, here.now)
    return Done([], Door("death", note=Words("death.after_accident")))


def _known(here: Here, told: FatalAccident) -> dict[str, Given]:
    hurt = told.hurt
    own = _still_own(here, hurt.own)
    number = registrations.nik(here.house.keys, own) if own else hurt.number
    values = {"village": hurt.village.code, "name": hurt.name, "number": number or "skip"}
    values["cause"] = told.what.cause
    at, by = here.now.isoformat(), here.person.id
    return {f"death.{name}": Given(value, at=at, by=by) for name, value in values.items()}


def _of_accident(what: Happened) -> dict[str, str]:
    values = (what.day.isoformat(), what.at, what.place, what.how)
    return dict(zip(OF_ACCIDENT, values, strict=True))


def _which(here: Here, _door: Door) -> Opened:
    """The small page behind /lapor."""
    kinds = ("accident", "death")
    rows = [[(here.page.label(Words(f"next.{kind}")), f"open:{kind}:")] for kind in kinds]
    return [here.page.message(Words("telling.which"), here.page.inline(rows))]


LOOKUPS: dict[str, LookUp] = {
    "near_villages": _near_villages,
    "moment": _moment,
    "own_signups": _own_signups,
}
OUTCOMES: dict[type, Doing] = {
    ReportDeath: _death,
    ReportAccident: _accident,
    FatalAccident: _fatal,
}
OPENINGS: dict[str, Opening] = {"report": _which, **arrivals.OPENINGS}
