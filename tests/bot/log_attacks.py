"""Ways to slip a token, a NIK or a telephone number into a line of a log."""

import io
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import quote

import httpx
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.logs import Redacting
from bot.redaction import secrets_of
from bot.settings import GivenSettings

TOKEN = "987654321:AAbunga-kenanga_wangi0123456789abcd"
NIK = "5108064709880731"
NAME = "Ni Luh Kenanga Wulandari"
PASSWORD = "p@ss/w:rd #1 kembang"
HOOK = "kunci-rahasia_webhook-0123456789"
PATH = "jalan-yang-tak-ditebak"
KEY = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
OTHER_KEY = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8="
SETTINGS = GivenSettings(
    bot_token=SecretStr(TOKEN),
    database_url=f"postgresql://lindung:{quote(PASSWORD, safe='')}@db/lindung",
    lindung_keys=SecretStr(f"1:{KEY},index:{OTHER_KEY}"),
    webhook_url=f"https://bot.example.org/{PATH}",
    webhook_secret=SecretStr(HOOK),
)
FULL_WIDTH = NIK.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
BOLD = NIK.translate({ord("0") + digit: 0x1D7CE + digit for digit in range(10)})
SPELT_NIKS = (
    *(
        NIK,
        "5108 0647 0988 0731",
        "5108.0647.0988.0731",
        "510806-470988-0731",
        "5108_0647_0988_0731",
    ),
    *("5108, 0647, 0988, 0731", "5108/0647/0988/0731", "5108+0647+0988+0731", " ".join(NIK)),
    *("5108\u00a00647\u202f09880731", "5108\u200b0647\u200b09880731", "5108\n0647\r\n09880731"),
    *(FULL_WIDTH, BOLD, json.dumps(FULL_WIDTH), json.dumps(BOLD), quote(FULL_WIDTH)),
    *(ascii(FULL_WIDTH), str(FULL_WIDTH.encode()), quote("5108 0647 0988 0731"), f"NIK{NIK}xyz"),
    *(quote(quote("5108 0647 0988 0731")), "".join(f"&#{ord(c)};" for c in NIK)),
    *("".join(f"\\x{ord(c):x}" for c in NIK), "".join(f"&#x{ord(c):x};" for c in NIK)),
    *("".join(f"\\\\x{ord(c):x}" for c in NIK), "".join(f"\\\\u00{ord(c):x}" for c in NIK)),
    NIK.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)}),
)
SPELT_PHONES = (
    *("081355577901", "+6281355577901", "6281355577901", "006281355577901", "81355577901"),
    *("0813-5557-7901", "0813 5557 7901", "+62 813-5557-7901", "+62.813.5557.7901"),
    *("(0813) 5557-7901", "+62 (0)813 5557 7901", "(+62) 813 5557 7901", "62-813-5557-7901"),
    *("0813/5557/7901", "tel:+62813%205557%207901", "%2B62%20813%205557%207901", "0 813 5557 7901"),
    *(
        "\uff10\uff18\uff11\uff135557 7901",
        "whatsapp.com/send?phone=6281355577901",
        "hp081355577901",
    ),
    *("\\u002b6281355577901", "0813\u200b5557\u200b7901", "0813\u20115557\u20117901"),
)
SPELT_TOKENS = (
    *(TOKEN, f"https://api.telegram.org/bot{TOKEN}/getMe", quote(TOKEN, safe=""), f"bot{TOKEN}"),
    *(f"/file/bot{quote(TOKEN)}/photos/1.jpg", repr(TOKEN.encode()), TOKEN.partition(":")[2]),
    *(json.dumps({"url": f"bot{TOKEN}"}), quote(quote(TOKEN)), TOKEN.replace(":", "\\u003a")),
    *(
        "123456789:BBanother-bot_of-somebody-else01234",
        "bot123456789%3ABBanother-bot_of-somebody-else0",
    ),
)
SPELT_SECRETS = (
    *(
        HOOK,
        f"X-Telegram-Bot-Api-Secret-Token: {HOOK}",
        f"b'{HOOK}'",
        PATH,
        f"POST /{PATH} HTTP/1.1",
    ),
    *(KEY, OTHER_KEY, f"LINDUNG_KEYS=1:{KEY},index:{OTHER_KEY}", quote(KEY, safe=""), quote(KEY)),
    *(PASSWORD, quote(PASSWORD, safe=""), SETTINGS.database_url, f"postgresql://a:{PASSWORD}@db/x"),
    *(
        "redis://:sandi-lain@redis/0",
        "postgresql+psycopg://u:sandi-lain@h/d",
        "1:" + "A" * 43 + "=",
    ),
)
CANARIES = (
    *("6470988", "7098807", "135557", "5557790", "kenanga_wangi", "another-bot", HOOK, PATH),
    *(KEY[:20], OTHER_KEY[:20], "w:rd", "kembang", "sandi-lain", "A" * 30),
)
ALL = (*SPELT_NIKS, *SPELT_PHONES, *SPELT_TOKENS, *SPELT_SECRETS)


@cache
def _formatter(form: str) -> logging.Formatter:
    return Redacting(form, secrets_of(SETTINGS))


@contextmanager
def logged(form: str = "json") -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger, and what is written by a handler as `lindung serve` has it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(_formatter(form))
    log = logging.Logger("bot.attacked", logging.DEBUG)
    log.addHandler(handler)
    yield log, written


def named(log: logging.Logger, name: str) -> logging.Logger:
    """A logger of another name that writes to the same place."""
    other = logging.Logger(name, logging.DEBUG)
    other.handlers = log.handlers
    return other


def bare(text: str) -> str:
    """A text with every decimal digit as 0-9 and nothing between the digits."""
    plain = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", text)
    )
    return "".join(c for c in plain if c not in " ._-/,+()\u200b\u2011\n\r\\")


def leaked(text: str) -> list[str]:
    """The canaries that a line holds, however the digits are spaced."""
    return [one for one in CANARIES if one in text or bare(one) in bare(text)]


class Refused(Exception):
    """An exception of a library's own kind."""

    __module__ = "library.errors"


def nested(value: str) -> BaseException:
    try:
        try:
            raise ValueError(value)
        except ValueError as error:
            raise Refused(value) from error
    except Refused as error:
        error.add_note(value)
        return ExceptionGroup(value, [error, KeyError(value)])


def with_url(value: str) -> BaseException:
    request = httpx.Request("POST", "https://api.telegram.org/bot1/getMe")
    error = httpx.HTTPStatusError(
        f"404 for url {value}", request=request, response=httpx.Response(404)
    )
    error.__cause__ = httpx.ConnectError(f"cannot connect to {value}", request=request)
    error.__context__ = NetworkError(f"httpx.ReadError: {value}")
    return error


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


WAYS: dict[str, Callable[[logging.Logger, str], None]] = {
    "message": lambda log, value: log.error(value),
    "argument": lambda log, value: log.error("it was %s", value),
    "representation": lambda log, value: log.error("it was %r", value),
    "bytes": lambda log, value: log.error("it was %s", value.encode()),
    "mapping": lambda log, value: log.error("it was %(what)s", {"what": value}),
    "json": lambda log, value: log.error("it was %s", json.dumps({"a": [value]})),
    "object as message": lambda log, value: log.error({"text": value}),
    "too many arguments": lambda log, value: log.error("it was", value),
    "wrong argument": lambda log, value: log.error("it was %d", value),
    "extra": lambda log, value: log.error("it", extra={"what": value, "token": value}),
    "exception": lambda log, value: log.error("failed", exc_info=raised(ValueError(value))),
    "library's": lambda log, value: log.error("failed", exc_info=raised(Refused(value))),
    "os": lambda log, value: log.error("failed", exc_info=OSError(2, "No such file", value)),
    "nested": lambda log, value: log.error("failed", exc_info=nested(value)),
    "address": lambda log, value: log.error("failed", exc_info=with_url(value)),
    "exception as text": lambda log, value: log.error("failed: %s", with_url(value)),
    "task": lambda log, value: log.error(f"never retrieved\n<Task exception={KeyError(value)!r}>"),
    "stack": lambda log, value: log.error("it was %s", value, stack_info=True),
    "long": lambda log, value: log.error("%s", "x" * 7_990 + " " + value + " " + "y" * 9_000),
    "longer": lambda log, value: log.error("%s", "x" * 99_990 + " " + value),
    "child": lambda log, value: named(log, value).error("it"),
}
