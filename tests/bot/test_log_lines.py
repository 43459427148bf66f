"""The form of a line: one record, its exceptions without values, and nothing forged."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from telegram.error import BadRequest

from bot import logs
from rules import nik
from tests.bot.log_attacks import NAME, NIK, Refused, logged, named, nested, raised


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
