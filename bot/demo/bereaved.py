"""An invented family whose claim is under way when the demo's page opens.

The member paid for fourteen months and died lately; an officer who is none any more confirmed the
sign-up then. No name, NIK or number here belongs to anybody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import claim_news
from bot.demo.villagers import given, submission
from bot.house import House
from rules import kpj, membership
from rules.claims import Kind, State
from rules.coverage import PaidMonth
from rules.months import first_day
from rules.permissions import Role
from rules.registration import State as SignUp
from rules.seats import counters
from storage import (
    claim_codes,
    claims,
    evidence,
    followers,
    members,
    proof,
    registrations,
    seats,
    staff,
)
from storage.audit import Actor, Change
from storage.claims import Moved, Pen, Report
from storage.followers import NewHeir
from storage.members import Acceptance
from storage.models import Claim, Registration
from storage.staff import Invited

MEMBER = ("I Wayan Rai Contoh", "5171031106720013", "petani", "here", "over_5_years", "none")
HEIR, RELATION = "Ni Wayan Sari Contoh", "wife"
FORMER_OFFICER = (6_000_000_001, "Ni Nyoman Contoh", "+6281299999999")
CARD = "12345678903"
# How long before the page opens.
APPOINTED, SIGNED_UP, CONFIRMED, ACCEPTED, ENDED, DIED, TOLD, VERIFIED = (
    timedelta(days=days) for days in (500, 430, 427, 420, 3, 6, 5, 4)
)


@dataclass(frozen=True)
class Scene:
    """Where and when it plays."""

    house: House
    db: Session
    village: str
    now: datetime


def mourn(scene: Scene, phone: str, told_by: int) -> str:
    """Store the member and the claim, the heir by the number of a phone; the claim's code.

    `told_by` is the account that typed the sign-up and told the death.
    """
    officer = _former_officer(scene)
    row = _signed_up(scene, told_by)
    _confirm(scene, row, officer)
    _accept(scene, row, officer)
    claim = _verified(scene, row, officer, told_by)
    pen = Pen(scene.house.keys, officer, scene.now - VERIFIED)
    followers.note(scene.db, pen, claim, NewHeir(RELATION, HEIR, phone))
    return claim_codes.make(scene.db, pen, claim)


def _former_officer(scene: Scene) -> Actor:
    id, name, phone = FORMER_OFFICER
    db, keys, since = scene.db, scene.house.keys, scene.now - APPOINTED
    token = staff.invite(db, keys, Invited(scene.village, phone), since)
    accepted = staff.accept(db, keys, token, phone, (id, name), since)
    if accepted:
        staff.end(db, accepted.office.id, scene.now - ENDED)
    return Actor(id, Role.VILLAGE_OFFICER)


def _signed_up(scene: Scene, typed_by: int) -> Registration:
    sent = scene.now - SIGNED_UP
    new = submission(scene.house, scene.village, MEMBER, typed_by, sent)
    return registrations.submit(scene.db, scene.house.keys, new, sent)


def _confirm(scene: Scene, row: Registration, officer: Actor) -> None:
    """As an officer does who vouches for the work."""
    house, db, at = scene.house, scene.db, scene.now - CONFIRMED
    vouched = given(house, "desk.attest", ("yes", ""), officer.id, at)
    proof.store(db, house.keys, row.id, {"desk.attest": vouched}, at)
    seats.take(db, counters(house.programmes[row.programme], row.village), row, at)
    change = Change("confirm", "registration", row.id)
    registrations.change_state(db, row, SignUp.CONFIRMED, (officer, change), at, decided_at=at)
    evidence.freeze(db, house.keys, row, officer, at)


def _accept(scene: Scene, row: Registration, officer: Actor) -> None:
    """The card of BPJS, and the months from then until now."""
    house, at = scene.house, scene.now - ACCEPTED
    first, today = house.day(at, row.village), house.day(scene.now, row.village)
    run = membership.run_between(first_day(first), first_day(today))
    paid = tuple(PaidMonth(month, "programme", first) for month in run)
    accepted = Acceptance(kpj.read(CARD), first, paid)
    members.record(scene.db, house.keys, row, accepted, officer, at)


def _verified(scene: Scene, row: Registration, officer: Actor, told_by: int) -> Claim:
    """Told by the helper, verified by the officer a day later."""
    house, db, at = scene.house, scene.db, scene.now - VERIFIED
    told, on = scene.now - TOLD, house.day(scene.now - DIED, row.village)
    facts = {"name": MEMBER[0], "cause": "illness", "relation": "neighbour", "reporter": "Komang"}
    new = Report(Kind.JKM, row.village, on, told, told_by, facts, row.id)
    claim = claims.report(db, Pen(house.keys, Actor(told_by, Role.HELPER), told), new)
    verified = {"cause": "illness", "heir": RELATION, "memberships": "1"}
    moved = Moved(State.VERIFIED, house.day(at, row.village))
    claims.verify(db, Pen(house.keys, officer, at), claim, verified, moved)
    claim_news.moved(house, db, claim, at)
    return claim
