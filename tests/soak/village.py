"""What there is before the walk begins: offices that are held, and sign-ups that wait for them."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.house import House
from rules.permissions import Role
from rules.programmes import for_village
from storage import own_card, people, registrations, staff
from storage.database import transaction
from storage.models import Staff
from storage.staff import Invited
from tests.soak.cast import EVERYBODY, Someone, signed_up
from tests.soak.habits import OFFICES
from tests.soak.walker import Walker


def appoint(house: House, walker: Walker) -> None:
    """Every office has somebody: whom it lost is followed by somebody new."""
    with transaction(house.engine) as db:
        held = set(db.exec(select(Staff.person_id).where(col(Staff.ended_at).is_(None))))
    for at, (role, area) in enumerate(OFFICES):
        one = walker.offices[at]
        if one.id in held or one.todo:
            continue
        if one.sent:
            one = walker.offices[at] = walker.join(role, area)
        walker.knows[one.self.phone[3:]] = EVERYBODY
        _invite(house, one)


def _invite(house: House, one: Someone) -> None:
    now = house.clock()
    with transaction(house.engine) as db:
        invited = Invited(one.village, one.self.phone, role=Role(one.role))
        token = staff.invite(db, house.keys, invited, now)
        own_card.declare(db, house.keys, one.id, one.self.nik, one.self.kk)
    one.todo.extend((f"/start s_{token}", "(kontak)"))


def sign_up(house: House, some: Sequence[Someone]) -> None:
    """These have signed up already, so that the offices have work at once."""
    for one in some:
        programme = for_village(one.village, house.programmes)
        assert programme is not None
        with transaction(house.engine) as db:
            people.locked(db, one.id, house.clock())
            new = signed_up(one, programme.key)
            registrations.submit(db, house.keys, new, house.clock())
