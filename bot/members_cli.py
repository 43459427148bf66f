"""`lindung members`: take a sheet of members in, and show one member with the months paid."""

import argparse

from sqlmodel import Session

from bot import console, import_cli
from bot.console import Unusable
from bot.house import House
from rules import kpj
from storage import members, registrations
from storage.database import transaction
from storage.models import Registration


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `lindung members`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    import_cli.add(commands, import_cli.MEMBERS)
    shown = commands.add_parser("show", help="one member and the months paid")
    shown.add_argument("code")
    shown.set_defaults(run=_show)


def _show(given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        row = registrations.by_code(db, given.code)
        if row is None:
            raise Unusable(f"{given.code}: no sign-up has this code")
        print(f"{row.code}  {row.programme}  {row.village}  {row.state}")
        _print_member(house, db, row)


def _print_member(house: House, db: Session, row: Registration) -> None:
    member = members.of_registration(db, row.id)
    if member is None:
        raise Unusable(f"{row.code}: not a member; the sign-up is {row.state}")
    ended = f"  ended {member.ended_on}" if member.ended_on else ""
    number = kpj.masked(members.kpj(house.keys, member))
    print(f"KPJ {number}  active from {member.active_from}{ended}")
    for one in members.contributions(db, row.id):
        paid = f"{one.month:%Y-%m}  {one.paid_by:9}  received {one.received_on}"
        print(f"{paid}  recorded {one.recorded_at.isoformat()} by {one.recorded_by}")
