"""The command line: serve, doctor, demo, play, ask, members, sheets, staff, and more."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError
from sqlmodel import Session

from bot import (
    doctor,
    file_cli,
    letters_cli,
    logs,
    members_cli,
    notices,
    play,
    running,
    sheets_cli,
    staff_cli,
)
from bot.console import Unusable
from bot.console import house as _house
from bot.house import House
from bot.settings import Settings
from bot.stage import open_stage
from bot.starting import StartError
from rules.programmes import ProgrammeFileError
from storage import programmes, proof, registrations
from storage.database import AWAY, transaction
from storage.models import Registration
from storage.sealing import KeyringError

HOW_TO_GET_ONE = """BOT_TOKEN is not set, so there is no bot to serve yet.

1. On Telegram, write to @BotFather and send /newbot. It asks for a name and gives a token.
2. Copy .env.example to .env and put the token after BOT_TOKEN=
3. Set OPERATOR_NAME to who runs this bot, then run `make serve` again.

To try the bot without a token: make demo"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int | None] = given.run
    try:
        return command(given) or 0
    except (Unusable, StartError, KeyringError, ProgrammeFileError) as error:
        print(error, file=sys.stderr)
        return 1
    except AWAY as error:
        kind = type(error).__name__
        print(f"the database cannot be reached ({kind}); ask: lindung doctor", file=sys.stderr)
        return 1
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(map(str, problem["loc"])).upper()
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lindung", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve a real bot by polling").set_defaults(run=_serve)
    doctor.add(commands.add_parser("doctor", help="check everything, and say what to do"))
    demo = commands.add_parser("demo", help="phones on one page, no token, no network")
    demo.add_argument("--port", type=int, default=8710)
    demo.set_defaults(run=_demo)
    _add_play(commands.add_parser("play", help="talk to the bot in the terminal"))
    staff_cli.add(commands.add_parser("staff", help="invite, list, end and hand over offices"))
    members_cli.add(commands.add_parser("members", help="take in a sheet of members, show one"))
    sheets_cli.add(commands.add_parser("sheets", help="make the sheet for BPJS"))
    _add_programmes(commands.add_parser("programmes", help="list, open and close programmes"))
    _add_ask(commands.add_parser("ask", help="answer a question in people's own words"))
    letters_cli.add(commands.add_parser("letters", help="updates that failed, and once more"))
    file_cli.add(commands.add_parser("file", help="make the claim-safe file, or prove it"))
    shown = commands.add_parser("proof", help="all that was asked and answered for one sign-up")
    shown.add_argument("code")
    shown.set_defaults(run=_proof)
    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrate.set_defaults(run=lambda _: print(f"up to date: {_house().engine.url!r}"))
    return parser


def _add_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("conversation", nargs="?", default="enrolment", choices=play.OPENINGS)
    parser.add_argument("--script", type=Path, help="play this file and print the transcript")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--on", type=date.fromisoformat, help="the day it is, as 2027-01-01")
    parser.set_defaults(run=_play)


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", help="the question; - reads one a line")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--on", type=date.fromisoformat, help="the day it is, as 2027-01-01")
    parser.set_defaults(run=_ask)


def _add_programmes(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="all programmes").set_defaults(run=_list_programmes)
    for name, is_open in (("open", True), ("close", False)):
        command = commands.add_parser(name, help=f"{name} a programme for sign-ups")
        command.add_argument("key")
        command.set_defaults(run=_set_programme, is_open=is_open)


def _serve(_given: argparse.Namespace) -> None:
    settings = Settings()
    if not settings.bot_token.get_secret_value():
        raise Unusable(HOW_TO_GET_ONE)
    logs.catch_the_rest()
    running.run(running.until_stopped(_house(), settings))


def _demo(given: argparse.Namespace) -> None:
    from bot.demo.run import demo

    logs.set_up("WARNING")
    demo(given.port)


def _play(given: argparse.Namespace) -> None:
    logs.set_up("WARNING")
    with open_stage(given.on or datetime.now(UTC).date()) as on_stage:
        if given.script:
            lines = play.transcript(given.script.read_text(), on_stage)
            print(play.as_json(lines) if given.json else play.as_text(lines), end="")
        else:
            play.live(on_stage, given.conversation)


def _ask(given: argparse.Namespace) -> None:
    from bot import ask, texts
    from bot.topics.recogniser import shipped

    settings = Settings()
    always = {"operator": settings.operator_name, "contact": settings.operator_contact}
    shown = ask.as_json if given.json else ask.as_text
    on = given.on or datetime.now(UTC).date()
    for found in ask.answers(ask.typed(given.question), shipped(), texts.load(always), on):
        print(shown(found))


def _list_programmes(_given: argparse.Namespace) -> None:
    house = _house()
    with transaction(house.engine) as db:
        for key, programme in house.programmes.items():
            state = "open  " if programmes.is_open(db, key) else "closed"
            print(f"{state}  {key:12}  {programme.name.value} ({programme.region_name.value})")


def _set_programme(given: argparse.Namespace) -> None:
    house = _house()
    if given.key not in house.programmes:
        raise Unusable(f"{given.key}: no such programme; there are {', '.join(house.programmes)}")
    with transaction(house.engine) as db:
        programmes.set_open(db, given.key, given.is_open, house.clock())
        told = notices.programme_opened(house, db, given.key, house.clock()) if given.is_open else 0
    print(f"{given.key} is {'open' if given.is_open else 'closed'}; {told} people will be told")


def _proof(given: argparse.Namespace) -> None:
    house = _house()
    with transaction(house.engine) as db:
        row = registrations.by_code(db, given.code)
        if row is None:
            raise Unusable(f"{given.code}: no sign-up has this code")
        _print_proof(house, db, row)


def _print_proof(house: House, db: Session, row: Registration) -> None:
    print(f"{row.code}  {row.programme}  {row.village}  {row.state}")
    for kept in proof.load(db, house.keys, row.id, with_replaced=True):
        given, replaced = kept.given, "  (replaced later)" if kept.replaced_at else ""
        print(f"\n{given.at}  {kept.question}  by {given.by}  words {given.words}{replaced}")
        print(f"  asked: {given.asked or '(taken from the link)'}\n  answer: {given.value}")
