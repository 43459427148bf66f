"""Claims as they stand in the tables, brought there by the steps that an office takes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from bot import claim_news
from bot.house import House
from rules.claims import Kind, State
from rules.registration import State as SignUp
from storage import claims, followers, registrations
from storage.audit import Actor
from storage.claims import Moved, Pen, Report
from storage.database import transaction
from storage.followers import Bound
from storage.models import Claim, Registration
from tests.people import WAYAN, Person, submission

SIGNED_UP = datetime(2026, 9, 1, 2, tzinfo=UTC)
DIED = date(2026, 11, 2)
TOLD = datetime(2026, 11, 3, 2, tzinfo=UTC)
OFFICER = Actor(6_200_000_001, "village_officer")
# From the first word of it to each state that the tests begin from.
WAYS: dict[Kind, Sequence[State]] = {
    Kind.JKM: (State.COMPLETE, State.LODGED, State.APPROVED, State.PAID),
    Kind.JKK: (State.RECOVERED, State.SECOND_REPORT, State.LODGED, State.APPROVED, State.PAID),
}


def signed_up(house: House, person: Person = WAYAN, **other: Any) -> Registration:
    """A member's sign-up."""
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(person, **other), SIGNED_UP)
        row.state = SignUp.ACTIVE
        return row


def claim(
    house: House,
    of: Registration,
    kind: Kind = Kind.JKM,
    state: State = State.COMPLETE,
    heirs: Sequence[int] = (),
    on: date = DIED,
) -> Claim:
    """A claim in a state, each step on the day it happened; `heirs` are accounts that follow it."""
    with transaction(house.engine) as db:
        return at(house, db, of, (kind, state, on), heirs)


def at(
    house: House,
    db: Session,
    of: Registration,
    how: tuple[Kind, State, date],
    heirs: Sequence[int] = (),
) -> Claim:
    """As `claim`, in a transaction that is open."""
    kind, state, on = how
    pen = Pen(house.keys, OFFICER, TOLD)
    new = Report(kind, of.village, on, TOLD, 6_100_000_009, {"cause": "illness"}, of.id)
    row = claims.report(db, pen, new)
    if kind is Kind.JKM and state is not State.REPORTED:
        told = {"cause": "illness", "heir": "wife"}
        claims.verify(db, pen, row, told, Moved(State.VERIFIED, on))
    for to in WAYS[kind]:
        if row.state == state:
            break
        claims.move(db, pen, row, Moved(to, on))
    for heir in heirs:
        followers.follow(db, pen, row, Bound(heir, "code"))
    claim_news.set_clock(house, db, row, TOLD)
    return row
