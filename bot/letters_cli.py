"""`lindung letters`: dead letters, the updates that failed five times: list, show, serve again."""

# ruff: noqa: T201 (a command line prints)

import argparse
import json
import re
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session

from bot import console
from bot.console import Unusable
from bot.house import House
from storage import audit, inbox
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Inbound
from storage.sealing import SealError

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")  # of Telegram's own fields; others may hold anything
MOST = 10_000  # letters
DEEPEST, FIRST = 12, 3  # levels of an update, and pieces of a list, that are shown
BY = Actor(0, "operator")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `lindung letters`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("list", help="which, since when, and what went wrong")
    listed.set_defaults(run=_list)
    shown = commands.add_parser("show", help="what kind of update, without its values")
    shown.add_argument("id", type=int)
    shown.add_argument("--open", action="store_true", help="the update itself; goes on record")
    shown.set_defaults(run=_show)
    replayed = commands.add_parser("replay", help="serve it again, after the bug is mended")
    which = replayed.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=int, nargs="?")
    which.add_argument("--all", action="store_true", help="all of them")
    replayed.set_defaults(run=_replay)


def _list(_given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        for row in inbox.dead(db, MOST):
            came = f"{row.received_at:%Y-%m-%d %H:%M:%S} UTC"
            tries = "1 try" if row.attempts == 1 else f"{row.attempts} tries"
            print(f"{row.update_id}  {came}  {_kind(house, row)}  {row.why or 'unknown'}  {tries}")


def _kind(house: House, row: Inbound) -> str:
    try:
        body = inbox.body(house.keys, row)
    except SealError:
        return "sealed by other keys"
    return next((_named(key) for key in body if key != "update_id"), "empty")


def _named(key: str) -> str:
    return key if NAME.fullmatch(key) else f"a name of {len(key)}"


def _show(given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        row = _letter(db, given.id)
        try:
            body = inbox.body(house.keys, row)
        except SealError as error:
            raise Unusable(f"{given.id}: the keys do not open it ({error})") from None
        if given.open:
            change = Change("opened_letter", "update", str(row.update_id))
            audit.record(db, BY, change, house.clock())
    if given.open:
        print(json.dumps(body, indent=2))
        return
    for line in shape(body):
        print(line)


def _letter(db: Session, update_id: int) -> Inbound:
    row = db.get(Inbound, update_id)
    if row is None or row.state != "dead":
        raise Unusable(f"{update_id}: no dead letter; see `lindung letters list`")
    return row


def shape(value: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The names in an update and what stands under each: kinds and lengths, no value."""
    for key, inner in value.items():
        yield from _piece(_named(key), inner, depth)


def _piece(name: str, value: object, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{name}: {_what(value)}"
    if depth >= DEEPEST:
        return
    if isinstance(value, dict):
        yield from shape(value, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value[:FIRST], 1):
            yield from _piece(str(number), inner, depth + 1)


def _what(value: object) -> str:
    match value:
        case bool():
            return "yes or no"
        case None:
            return "nothing"
        case int() | float():
            return f"number of {len(str(value))}"
        case str():
            return f"text of {len(value)}"
        case list():
            return f"list of {len(value)}"
        case dict():
            return f"object of {len(value)}"
    return "unknown"


def _replay(given: argparse.Namespace) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        ids = [row.update_id for row in inbox.dead(db, MOST)] if given.all else [given.id]
        done = sum(inbox.again(db, id) for id in ids)
    if not done and not given.all:
        raise Unusable(f"{given.id}: no dead letter; see `lindung letters list`")
    print(f"{done} to be served again; the running bot takes them up within a second")
