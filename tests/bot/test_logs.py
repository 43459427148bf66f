"""Attacks on the logs: every way found to slip a token, a NIK or a number into a line."""

import io
import json
import logging
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from telegram.error import BadRequest, NetworkError

from bot import logs
from bot.logs import Redacting
from bot.redaction import secrets_of
from bot.settings import GivenSettings
from rules import nik

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


@contextmanager
def logged(form: str = "json") -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger, and what is written by a handler as `lindung serve` has it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Redacting(form, secrets_of(SETTINGS)))
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


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("way", WAYS)
def test_nothing_slips_through(way: str, form: str) -> None:
    for value in ALL:
        with logged(form) as (log, written):
            WAYS[way](log, value)
        line = written.getvalue()
        assert leaked(line) == [], (value, line)
        assert line


@given(
    st.sampled_from(ALL), st.sampled_from(ALL), st.text(max_size=30), st.sampled_from(list(WAYS))
)
def test_nothing_slips_through_among_other_text(one: str, two: str, noise: str, way: str) -> None:
    with logged() as (log, written):
        WAYS[way](log, f"{noise} {one} {noise} {two} {noise}")
    line = written.getvalue()
    assert leaked(line) == [], line


@given(st.from_regex(r"[1-9][0-9]{15}", fullmatch=True), st.text(" .-_\u00a0\u200b", max_size=3))
def test_any_nik_however_spaced_is_hidden(number: str, gap: str) -> None:
    with logged() as (log, written):
        log.warning("nomor: %s", gap.join(number))
    assert "[nik]" in written.getvalue()
    assert number[4:12] not in bare(json.loads(written.getvalue())["event"])


@given(
    st.sampled_from(["0", "62", "+62", "+62 ", "0062", "+62 0", "+62-(0)"]),
    st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", " - "]),
)
def test_any_telephone_number_however_spelt_is_hidden(start: str, number: str, gap: str) -> None:
    spelt = start + gap.join((number[:3], number[3:7], number[7:]))
    with logged() as (log, written):
        log.warning("nomor: %s.", spelt)
    assert json.loads(written.getvalue())["event"] in ("nomor: [phone].", "nomor: [nik].")


@given(st.text())
def test_a_line_of_text_cannot_be_forged_nor_broken(typed: str) -> None:
    with logged("text") as (log, written):
        log.warning("it was %s", typed)
    assert len(written.getvalue().splitlines()) == 1
    written.getvalue().encode()  # no half surrogate is left
    assert written.getvalue().rstrip("\n").isprintable() or not typed.isprintable()


FORGED = "x\r\n2026-01-01T00:00:00Z CRITICAL bot: forged \x1b[2J\x85\u2028\u202e\x00\ud800"


@pytest.mark.parametrize("form", ["json", "text"])
def test_controls_are_escaped(form: str) -> None:
    with logged(form) as (log, written):
        log.warning("it was %s", FORGED)
    line = written.getvalue().removesuffix("\n")
    assert line.isprintable()
    assert "forged" in line


@given(st.text(), st.text())
def test_a_json_line_is_one_object_with_the_same_keys(name: str, typed: str) -> None:
    with logged() as (log, written):
        named(log, name).error("it was %s", typed, exc_info=Refused(typed))
    line = written.getvalue()
    assert line.count("\n") == 1
    assert list(json.loads(line)) == ["at", "level", "logger", "event", "error"]


def test_an_exception_tells_its_kinds_and_frames_the_cause_first_and_no_values() -> None:
    with logged() as (log, written):
        log.error("failed", exc_info=raised(nested(NAME)))
    assert NAME not in written.getvalue()
    error = json.loads(written.getvalue())["error"]
    kinds = ["ValueError", "library.errors.Refused", "KeyError", "ExceptionGroup"]
    assert [one["kind"] for one in error] == kinds
    assert error[0]["frames"][0].split("/")[-1].endswith(" nested")
    assert all(set(one) == {"kind", "frames"} for one in error)


def test_a_ring_of_exceptions_and_a_deep_one_end() -> None:
    one, two = ValueError(NAME), KeyError(NAME)
    one.__cause__, two.__cause__ = two, one

    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise Refused(NAME)

    with logged() as (log, written):
        log.error("ring", exc_info=one)
        try:
            deep(300)
        except Refused:
            log.exception("deep")
    ring, far = map(json.loads, written.getvalue().splitlines())
    assert [entry["kind"] for entry in ring["error"]] == ["KeyError", "ValueError"]
    assert len(far["error"][0]["frames"]) == logs.FRAMES


def refused_by_pydantic() -> ValidationError:
    class Form(BaseModel):
        age: int

    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"age": NAME})
    return refused.value


def a_double() -> IntegrityError:
    detail = f"duplicate key value violates a rule\nDETAIL: Key (name)=({NAME}) already exists."
    return IntegrityError("INSERT", {"name": NAME}, Exception(detail))


@pytest.mark.parametrize(
    "error", [refused_by_pydantic, a_double, lambda: BadRequest(f"tag {NAME}")]
)
def test_what_a_library_quotes_is_not_written(error: Callable[[], BaseException]) -> None:
    with logged() as (log, written):
        log.error("failed", exc_info=error())
    assert NAME not in written.getvalue()


def test_what_helps_at_night_is_written() -> None:
    away = Exception(f"connection refused\nDETAIL: {NAME}")
    with logged("text") as (log, written):
        log.error("away", exc_info=OperationalError("SELECT", {}, away))
        log.error("full", exc_info=OSError(28, "No space left on device", f"/{NAME}"))
        log.error("wrong", exc_info=nik.NikError("wrong_length"))
    text = written.getvalue()
    assert NAME not in text
    for said in ("OperationalError: connection refused", "No space left", "NikError: wrong_length"):
        assert said in text


def test_of_a_library_that_logs_what_it_received_the_words_are_kept_alone() -> None:
    with logged() as (log, written):
        library = named(log, "telegram.Bot")
        library.critical("Error while parsing updates! Received data was %r", [{"text": NAME}])
    assert NAME not in written.getvalue()
    assert "Error while parsing updates" in written.getvalue()


def test_a_line_of_the_web_server_shows_no_secret() -> None:
    config = uvicorn.Config("x:y", log_config=None)
    assert config.access_log
    with logged() as (log, written):
        access = named(log, "uvicorn.access")
        path = f"/{PATH}?phone=%2B62813%205557%207901&t={quote(TOKEN)}"
        access.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:54321", "POST", path, "1.1", 200)
    assert leaked(written.getvalue()) == []
    assert '127.0.0.1:54321 - \\"POST /[secret]' in written.getvalue()


def test_an_object_that_cannot_be_written_costs_its_line_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError(NIK)

    with logged() as (log, written):
        log.error(Broken())
        log.error("it was %s", Broken())
        log.error("next")
    lines = [json.loads(line)["event"] for line in written.getvalue().splitlines()]
    assert lines[0].endswith("(RuntimeError): Broken")
    assert lines[1].endswith("(RuntimeError): it was %s")
    assert lines[2] == "next"
    assert capfd.readouterr().err == ""


def test_what_nobody_caught_goes_through_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    with logged() as (log, written):
        root = logging.getLogger("bot.logs")
        root.addHandler(log.handlers[0])
        try:
            logs.catch_the_rest()
            sys.excepthook(ValueError, raised(ValueError(NAME)), None)
            thread = threading.Thread(target=lambda: int(NAME))
            thread.start()
            thread.join()
            sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        finally:
            root.removeHandler(log.handlers[0])
            logging.captureWarnings(False)
    entries: list[dict[str, Any]] = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [entry["error"][0]["kind"] for entry in entries] == ["ValueError", "ValueError"]
    assert NAME not in written.getvalue()


@pytest.mark.parametrize(
    "said",
    [
        *("update 812345678 failed", "the outbox holds 12 rows, 3 of them due", "2026-12-01 10:30"),
        *(
            "connect to 192.168.0.1:5432",
            'x.py:128 take, HTTP/1.1" 200',
            "Python/3.11.7 httpx/0.28",
        ),
    ],
)
def test_what_is_no_secret_stays_readable(said: str) -> None:
    with logged() as (log, written):
        log.warning("%s", said)
    assert json.loads(written.getvalue())["event"] == said
