"""`lindung doctor`: looks at everything the bot stands on, and says what to do."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bot import check_database, check_redis, check_settings, check_telegram, checks, logs
from bot.checks import Finding, wrong
from bot.redaction import one_line, redactor, secrets_of
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lindung doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--keys-copy", type=Path, help="the copy of the keys, to be compared")
    parser.set_defaults(run=_doctor)


def findings(settings: Settings, copy: Path | None = None) -> Iterator[Finding]:
    """What every check found, without a secret in it."""
    redact = redactor(secrets_of(settings))
    for finding in _found(settings, copy):
        says, do = one_line(redact(finding.says)), redact(finding.do)
        yield Finding(finding.check, finding.state, says, do)


def _found(settings: Settings, copy: Path | None) -> Iterator[Finding]:
    yield from _each("settings", check_settings.checked(settings, copy))
    yield from _each("database", check_database.checked(settings))
    yield from _each("redis", check_redis.checked(settings))
    yield from _each("telegram", check_telegram.checked(settings))


def _each(check: str, found: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from found
    except Exception as error:
        # Whatever one check stumbles over, the others are needed all the more.
        says = f"could not be checked to the end ({type(error).__name__})"
        yield wrong(check, says, "compare what is set in .env with .env.example")


def _doctor(given: argparse.Namespace) -> int:
    """Print what was found; 1 where anything is wrong."""
    logs.set_up("ERROR")
    wrongs = 0
    for finding in _from_settings(given.keys_copy):
        wrongs += finding.state == "wrong"
        shown = json.dumps(checks.as_record(finding)) if given.json else checks.as_text(finding)
        print(shown, flush=True)
    return int(wrongs > 0)


def _from_settings(copy: Path | None) -> Iterator[Finding]:
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False):
            name = "_".join(map(str, problem["loc"])).upper()
            yield wrong(
                "settings", f"{name}: {problem['msg']}", "mend it in .env; see .env.example"
            )
        return
    yield from findings(settings, copy)
