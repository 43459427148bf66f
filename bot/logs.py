"""Logs that hold no token, no NIK and no telephone number."""

import logging
import re

from rules import nik

TOKEN = re.compile(r"\b\d{6,}:[\w-]{6,}")
PHONE = re.compile(r"(?<!\d)(?:\+?62|0)8\d{7,11}(?!\d)")


class Redacting(logging.Formatter):
    """A formatter whose lines, tracebacks included, pass through `redact`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of the log, redacted, without line breaks from outside."""
        return redact(super().format(record))


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
