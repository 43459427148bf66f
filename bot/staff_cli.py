"""`lindung staff`: invite to an office, list who holds one, end it, hand it over."""

# ruff: noqa: T201 (a command line prints)

import argparse
import asyncio

from bot import console, doors, offices, running
from bot.console import Unusable
from bot.house import House
from bot.settings import Settings
from rules import areas, phones
from rules.permissions import OF_A_VILLAGE, Role
from storage import staff
from storage.database import transaction
from storage.models import Staff
from storage.staff import Invited

ROLES = {
    Role.VILLAGE_OFFICER: "Officer",
    Role.HELPER: "Helper",
    Role.REGENCY_OFFICER: "Regency officer",
    Role.AUDITOR: "Auditor",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `lindung staff`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_invite(commands.add_parser("invite", help="print a one-time link to an office"))
    listed = commands.add_parser("list", help="who holds office")
    listed.add_argument("--area", default="", help="code of a village, a regency or a province")
    listed.set_defaults(run=_list)
    ended = commands.add_parser("end", help="end an office at once")
    ended.add_argument("id")
    ended.set_defaults(run=_end)
    handed = commands.add_parser("hand-over", help="print a link for who takes an office over")
    handed.add_argument("id")
    handed.add_argument("--phone", required=True, help="the successor's own number, as +62...")
    handed.set_defaults(run=_hand_over)


def _add_invite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", type=Role, choices=list(Role), default=Role.VILLAGE_OFFICER)
    code = "code of a village, four numbers with dots; of a regency or province for the other roles"
    parser.add_argument("--area", "--village", dest="area", required=True, help=code)
    parser.add_argument("--phone", required=True, help="the invited one's own number, as +62...")
    parser.add_argument("--tell", type=int, help="Telegram id told when the link is used")
    parser.set_defaults(run=_invite)


def _invite(given: argparse.Namespace) -> None:
    if not offices.is_area_of(given.role, given.area):
        raise Unusable(_no_such_area(given.role, given.area))
    settings = Settings()
    inviter = given.tell or settings.operator_chat_id
    village = areas.village(given.area)
    area = village.code if village else given.area
    invited = Invited(area, _phone(given.phone), inviter, given.role)
    _make(console.house(), settings, invited)
    if inviter is None:
        print("To be told on Telegram when it is used: --tell ID, or set OPERATOR_CHAT_ID")


def _no_such_area(role: Role, area: str) -> str:
    if role in OF_A_VILLAGE:
        return f"{area}: no such village; codes have four numbers with dots"
    return f"{area}: no such regency or province; codes look like 34.04 or 34"


def _phone(typed: str) -> str:
    try:
        return phones.read(typed)
    except phones.PhoneError as error:
        raise Unusable(f"{typed}: no Indonesian number; write it as +62...") from error


def _make(house: House, settings: Settings, invited: Invited) -> None:
    """Make an invitation and print its link."""
    with transaction(house.engine) as db:
        token = staff.invite(db, house.keys, invited, house.clock())
    name = asyncio.run(running.bot_name(settings))
    place = offices.place_name(invited.area)
    print(f"{ROLES[invited.role]} of {place}. Valid 24 hours, for one use:")
    print(doors.start_link(f"s_{token}", name))


def _list(given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        for row in staff.all_offices(db, given.area):
            place = offices.place_name(row.area)
            name = staff.name(house.keys, row)
            print(f"{row.id}  {row.role:15}  {row.area:13}  {place}  {name}")


def _end(given: argparse.Namespace) -> None:
    house = console.house()
    now = house.clock()
    with transaction(house.engine) as db:
        if not staff.end(db, given.id, now):
            raise Unusable(_nobody(given.id))
        offices.tell_ended(house, db, db.get_one(Staff, given.id), now)
    print("ended; the person will be told")


def _hand_over(given: argparse.Namespace) -> None:
    house, phone = console.house(), _phone(given.phone)
    with transaction(house.engine) as db:
        row = staff.held(db, given.id)
        if row is None:
            raise Unusable(_nobody(given.id))
        invited = Invited(row.area, phone, role=Role(row.role), replaces=row.id)
    _make(house, Settings(), invited)
    print("The present office ends when this invitation is accepted; both will be told.")


def _nobody(id: str) -> str:
    return f"{id}: nobody holds this office; see `lindung staff list`"
