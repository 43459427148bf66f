"""Members: what their officer sees of them, writing them down, and telling who signed them up."""

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlmodel import Session

from bot import departures, doors, notices, reminders, working
from bot.done import Doing, Done, LookUp
from bot.doors import Door
from bot.here import Here
from bot.house import House
from conversations.cards import Membership, paid_until
from conversations.days import month_words
from conversations.model import Turn, Words
from conversations.outcomes import MendMembership, RecordMembership, TakeBackMonth
from conversations.responses import stem
from conversations.roster import Listed
from rules import kpj, membership
from rules.coverage import PaidMonth
from rules.permissions import Action
from storage import corrections, members, outbox, proof, registrations, sessions
from storage.audit import Actor
from storage.corrections import Correction
from storage.members import Acceptance, Recorded
from storage.models import Registration


def roster(here: Here, _key: str) -> tuple[Listed, ...] | None:
    """Who can be written down by this officer; None for who is no officer."""
    villages = here.areas(Action.RECORD_MEMBER)
    return tuple(members.listed(here.db, here.house.keys, villages)) if villages else None


def find(here: Here, registration: str) -> Membership | None:
    """One sign-up of the officer's own village."""
    row = registrations.by_id(here.db, registration)
    if row is None or not here.may(Action.RECORD_MEMBER, row.village):
        return None
    member = members.of_registration(here.db, row.id)
    ledger = members.ledger(here.db, row.id)
    return Membership(
        id=row.id,
        version=row.version,
        code=row.code,
        name=registrations.name(here.house.keys, row),
        signed_up=here.house.day(row.created_at),
        active_from=member.active_from if member else None,
        card=kpj.masked(members.kpj(here.house.keys, member)) if member else "",
        paid=ledger.months if ledger else (),
    )


def _by(here: Here, row: Registration) -> Actor:
    return here.acting(Action.RECORD_MEMBER, row.village)


def record(here: Here, turn: Turn) -> Done:
    """Write a member down, or further months."""
    outcome = cast(RecordMembership, turn.outcome)
    new = Acceptance(outcome.kpj, outcome.active_from, _months(outcome))

    def store(row: Registration) -> Recorded:
        return members.record(here.db, here.house.keys, row, new, _by(here, row), here.now)

    return _write(here, turn, store)


def mend(here: Here, turn: Turn) -> Done:
    """Put a right card number or day in the place of a wrong one."""
    outcome = cast(MendMembership, turn.outcome)
    new = Correction(outcome.kpj, outcome.active_from)

    def store(row: Registration) -> Recorded:
        return corrections.mend(here.db, here.house.keys, row, new, _by(here, row), here.now)

    return _write(here, turn, store)


def take_back(here: Here, turn: Turn) -> Done:
    """Take back the last month written down."""
    outcome = cast(TakeBackMonth, turn.outcome)

    def store(row: Registration) -> Recorded:
        return corrections.take_back(
            here.db, here.house.keys, row, outcome.month, _by(here, row), here.now
        )

    return _write(here, turn, store)


def _write(here: Here, turn: Turn, store: Callable[[Registration], Recorded]) -> Done:
    """Let it be stored if this officer may and nothing speaks against it; tell who is to know."""
    outcome = cast(RecordMembership | MendMembership | TakeBackMonth, turn.outcome)
    row = registrations.by_id(here.db, outcome.registration)
    if row is None or not here.may(Action.RECORD_MEMBER, row.village):
        return _refused_press(here, row)
    if row.version != outcome.version:
        _forget(here)
        return Done([], Door("member", note=Words("member.changed")))
    recorded = store(row)
    if recorded.refused:
        return _refused(here, turn, recorded)
    answers = {name: turn.session.answers[name] for name in turn.path}
    proof.store(here.db, here.house.keys, row.id, answers, here.now)
    if recorded.changed:
        follow_up(here.house, here.db, row, recorded, here.now)
    if recorded.taken_back:
        _keep(here, turn, {name for name in turn.path if stem(name) == "member.which"})
    else:
        _forget(here)
    return Done([here.page.message(_saved(here, row, recorded))], Door("member"))


def _refused_press(here: Here, row: Registration | None) -> Done:
    here.refused("registration", row.id if row else "")
    _forget(here)
    return Done([doors.home(here, Words("turn.stale"))])


def _forget(here: Here) -> None:
    """Forget the answers: the list of people comes next."""
    sessions.drop(here.db, here.person.id, here.person.slot)
    here.person.slot = ""


def _months(outcome: RecordMembership) -> tuple[PaidMonth, ...]:
    months = membership.run(outcome.first, outcome.count)
    return tuple(PaidMonth(month, outcome.payer, outcome.received) for month in months)


def _keep(here: Here, turn: Turn, names: Container[str]) -> None:
    """Keep just these answers: what hangs on the others is asked again."""
    answers = {name: given for name, given in turn.session.answers.items() if name in names}
    kept = replace(turn.session, answers=answers, resting=False)
    sessions.save(here.db, here.house.keys, here.person, kept, here.now)


def _refused(here: Here, turn: Turn, recorded: Recorded) -> Done:
    """Say why; every answer but the last stays, so that the one at fault can be changed."""
    _keep(here, turn, turn.session.answers.keys() - {*turn.path[-1:]})
    return Done([], Door("member", note=refusal(recorded)))


def refusal(recorded: Recorded) -> Words:
    """Why nothing was written down."""
    month = month_words(recorded.month) if recorded.month else Words("value.unknown")
    return Words(f"member.refused.{recorded.refused}", {"month": month})


def _saved(here: Here, row: Registration, recorded: Recorded) -> Words:
    names = {"name": registrations.name(here.house.keys, row), "code": row.code}
    if not recorded.changed:
        return Words("member.unchanged", names)
    paid = {**names, "paid": _paid(here.db, row.id)}
    if recorded.taken_back:
        return Words("member.taken_back", {**paid, "month": month_words(recorded.taken_back.month)})
    return Words("member.saved", paid)


def _paid(db: Session, registration: str) -> Words:
    """Until when the contributions are paid, if any are."""
    ledger = members.ledger(db, registration)
    return paid_until(one.month for one in ledger.months) if ledger else Words("member.unpaid")


def follow_up(
    house: House,
    db: Session,
    row: Registration,
    recorded: Recorded,
    now: datetime,
    rank: int = outbox.CLAIM,
) -> None:
    """After a change: set the next reminder, and tell who signed up, in full or of the months.

    Of who left meanwhile the membership ends at once, and that is told instead.
    """
    if departures.settle(house, db, row, now):
        return
    if recorded.mended != ("card",):  # no day has changed: what was said is not said again
        reminders.schedule(house, db, row, now)
        working.schedule(house, db, row, now)
    words = _news(house, db, row, recorded)
    notices.tell(house, db, row.person_id, words, now, buttons=[button(row.id)], rank=rank)


def button(registration: str) -> notices.Button:
    """What a member is covered for."""
    return ("notice.member.coverage", f"open:coverage:{registration}")


def _news(house: House, db: Session, row: Registration, recorded: Recorded) -> list[Words]:
    member = members.of_registration(db, row.id)
    assert member is not None  # noqa: S101 (it was recorded just now)
    names = {
        "name": registrations.name(house.keys, row),
        "paid": _paid(db, row.id),
        "active_from": member.active_from,
    }
    return news(recorded, names, card(row.whom, members.kpj(house.keys, member)))


def news(recorded: Recorded, names: Mapping[str, object], card: Words) -> list[Words]:
    """What the one who signed up is told; `names` has "name", "paid" and "active_from"."""
    if recorded.is_new:
        return [Words("notice.member", names), card]
    if recorded.mended:
        words = Words("notice.member.mended", names)
        return [words, *([card] if "card" in recorded.mended else [])]
    if recorded.taken_back:
        month = month_words(recorded.taken_back.month)
        return [Words("notice.member.taken_back", {**names, "month": month})]
    return [Words("notice.member.months", names)]


def card(whom: str, number: str) -> Words:
    """The number of the card: in full to its owner alone."""
    if whom == "self":
        return Words("notice.member.card", {"card": number})
    return Words("notice.member.card_of_other", {"card": kpj.masked(number)})


LOOKUPS: dict[str, LookUp] = {"roster": roster, "membership": find}
OUTCOMES: dict[type, Doing] = {
    RecordMembership: record,
    MendMembership: mend,
    TakeBackMonth: take_back,
}
