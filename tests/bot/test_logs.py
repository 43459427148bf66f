"""Attacks on the logs: no way found slips a token, a NIK or a number into a line."""

import json
from collections.abc import Sequence
from urllib.parse import quote

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.log_attacks import ALL, NIK, PATH, TOKEN, WAYS, bare, leaked, logged, named

LENGTHY = ("long", "longer")  # as many values as there are would take seconds
TRIES = [
    *(pytest.param(way, ALL[::5] if way in LENGTHY else ALL, id=way) for way in WAYS),
    *(pytest.param(way, ALL, id=f"{way}-all", marks=pytest.mark.long) for way in LENGTHY),
]


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(("way", "values"), TRIES)
def test_nothing_slips_through(way: str, values: Sequence[str], form: str) -> None:
    for value in values:
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


@pytest.mark.parametrize("escape", ["\\x{:x}", "\\u00{:x}", "&#{:d};"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_nik_that_was_escaped_more_than_once_is_hidden(escape: str, times: int) -> None:
    spelt = "".join(escape.format(ord(digit)) for digit in NIK)
    for _ in range(times - 1):
        spelt = spelt.replace("\\", "\\\\")
    with logged() as (log, written):
        log.warning("it was %s", spelt)
    assert "[nik]" in written.getvalue()


def test_a_line_of_the_web_server_shows_no_secret() -> None:
    config = uvicorn.Config("x:y", log_config=None)
    assert config.access_log
    with logged() as (log, written):
        access = named(log, "uvicorn.access")
        path = f"/{PATH}?phone=%2B62813%205557%207901&t={quote(TOKEN)}"
        access.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:54321", "POST", path, "1.1", 200)
    assert leaked(written.getvalue()) == []
    assert '127.0.0.1:54321 - \\"POST /[secret]' in written.getvalue()


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
