"""Logs that hold no token, no NIK, no telephone number and no value that somebody typed."""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow
from sqlalchemy.exc import InterfaceError, OperationalError
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict
from telegram.error import BadRequest, TelegramError

from bot.redaction import Redact, one_line, redactor

LONGEST = 8_000  # characters of one text in a line
TOO_LONG = 100_000  # of a text that is not even looked at
FRAMES, CHAIN = 30, 10

# Their messages tell of the network or of Telegram; a refusal alone may quote what was sent.
PLAIN_SPEAKERS = (httpx.NetworkError, httpx.TimeoutException, RedisAway, RedisSlow, TelegramError)
OUR_ROOMS = ("bot", "storage", "conversations", "rules")
# Libraries that log what they received: of a line of theirs the words are kept, not the values.
TALKERS = ("telegram", "httpx", "httpcore", "PIL", "python_multipart", "multipart")
QUIET = (*TALKERS, "uvicorn.access", "alembic")
_IN_A_TASK = re.compile(r"exception=.*", re.DOTALL)  # asyncio writes a task with its exception


class Redacting(ProcessorFormatter):
    """Writes a record as one JSON object or as text, redacted, and never fails on one.

    Python's own exceptions quote the value that they stumbled over, which may be a name; of those
    only the kind and the frames are written, and of an `extra` nothing.
    """

    def __init__(self, form: str = "text", secrets: Iterable[str] = ()) -> None:
        self._redact = redactor(secrets)
        write = _as_json if form == "json" else _as_text
        super().__init__(processors=[self._entry, write])

    def format(self, record: logging.LogRecord) -> str:
        """The record as written; one whose arguments do not fit tells its kind alone."""
        try:
            return super().format(record)
        except Exception as error:
            kind = type(error).__name__
            words = f"a line of the log could not be written ({kind}): {_template(record)}"
            plain = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname}
            return super().format(logging.makeLogRecord({**plain, "msg": words}))

    def _entry(self, _logger: object, _method: str, given: EventDict) -> EventDict:
        record: logging.LogRecord = given["_record"]
        foreign = record.name.partition(".")[0] in TALKERS
        event = _template(record) if foreign else str(given["event"])
        entry: EventDict = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": self._clean(record.name),
            "event": self._clean(_IN_A_TASK.sub("exception=[hidden]", event)),
        }
        info = given.get("exc_info")
        if isinstance(info, tuple) and info[1] is not None:
            entry["error"] = list(_told(info[1], self._clean))
        return entry

    def _clean(self, text: str) -> str:
        if len(text) > TOO_LONG:
            return f"[{len(text)} characters left out]"
        clean = one_line(self._redact(text))
        return clean if len(clean) <= LONGEST else f"{clean[:LONGEST]} [cut]"


def _told(error: BaseException, clean: Redact) -> Iterator[dict[str, Any]]:
    """Of each exception that led to this one, the cause first: `kind`, `frames`, perhaps `says`."""
    for one in reversed(list(_led_to(error))):
        frames = traceback.extract_tb(one.__traceback__)[-FRAMES:]
        kind = type(one)
        entry: dict[str, Any] = {
            "kind": clean(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")),
            "frames": [clean(f"{at.filename}:{at.lineno} {at.name}") for at in frames],
        }
        if says := _says(one):
            entry["says"] = clean(says)
        yield entry


def _led_to(error: BaseException) -> Iterator[BaseException]:
    """The exception, the members of a group, and what they came of; each once."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < CHAIN:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        came_of = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        waiting += [came_of] if came_of else []
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()


def _says(error: BaseException) -> str:
    """What an exception says, where that cannot be a value somebody typed; else ""."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return str(error.orig).partition("\n")[0]
    if isinstance(error, PLAIN_SPEAKERS) and not isinstance(error, BadRequest):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if type(error).__module__.partition(".")[0] in OUR_ROOMS else ""


def _template(record: logging.LogRecord) -> str:
    """The words of a record without its values."""
    return record.msg if isinstance(record.msg, str) else type(record.msg).__name__


def _as_json(_logger: object, _method: str, entry: EventDict) -> str:
    return json.dumps(entry)


def _as_text(_logger: object, _method: str, entry: EventDict) -> str:
    lines = ["{at} {level} {logger}: {event}".format(**entry)]
    for error in entry.get("error", ()):
        lines += ["Traceback:", *(f"  {frame}" for frame in error["frames"])]
        lines.append(": ".join(filter(None, (error["kind"], error.get("says", "")))))
    return "\n".join(lines)


def set_up(level: str, form: str = "text", secrets: Iterable[str] = ()) -> None:
    """Log to standard error; the HTTP library logs addresses, which hold the token."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(form, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # A handler that cannot write would print the record with its values instead.
    logging.raiseExceptions = False
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def catch_the_rest() -> None:
    """From now on also warnings, and exceptions that nobody caught, go through the log."""
    log = logging.getLogger(__name__)
    logging.captureWarnings(True)

    def uncaught(error: BaseException | None, where: str) -> None:
        if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
            log.critical("nobody caught an exception in %s", where, exc_info=error)

    sys.excepthook = lambda _kind, error, _frames: uncaught(error, "the process")
    threading.excepthook = lambda thread: uncaught(thread.exc_value, "a thread")
