"""Logs that hold no token, no NIK and no telephone number."""

import logging
import re
import traceback
from types import TracebackType

from rules import nik

TOKEN = re.compile(r"\b\d{6,}:[\w-]{6,}")
ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
PHONE = re.compile(r"(?<!\d)(?:\+?62|0)8\d{7,11}(?!\d)")


class Redacting(logging.Formatter):
    """A formatter whose lines, tracebacks included, pass through `redact`.

    Python's own exceptions quote the value that they stumbled over, which may be a name; of those
    only the kind is written.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line of the log, redacted, without line breaks from outside."""
        return redact(super().format(record))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 (the library's name)
        """The frames and the kind of each exception of the chain, the cause first."""
        parts: list[str] = []
        error = ei[1]
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"Traceback (most recent call last):\n{frames}{_kind(error)}")
            hidden = error.__suppress_context__
            error = error.__cause__ or (None if hidden else error.__context__)
        return "\n\nwhich led to\n\n".join(reversed(parts))


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    quotes = type(error).__module__ == "builtins" and not isinstance(error, OSError)
    return name if quotes else f"{name}: {error}"


def redact(line: str) -> str:
    """Take tokens, NIKs and telephone numbers out of a line."""
    return PHONE.sub("[phone]", nik.mask_digits(TOKEN.sub("[token]", line)))


def set_up(level: str) -> None:
    """Log to standard error; the HTTP library logs addresses, which hold the token."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "telegram", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
