"""What a machine is told of the bot's health, and what it costs to ask."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from bot.endpoints import Watched, routes, within
from bot.house import House
from bot.metrics import Metrics
from storage.database import open_engine, reading
from storage.pulse import answers, pulse


def watched(engine: Engine, house: House) -> Watched:
    """A process that is well, on a database."""

    def seen() -> Any:
        with reading(engine) as db:
            return pulse(db, house.clock())

    metrics = Metrics(seen)
    return Watched(lambda: answers(engine), lambda: False, lambda: True, metrics.written)


def ask(asked: Watched, *paths: str, method: str = "GET") -> list[httpx.Response]:
    """The answers of one process to these paths."""

    async def asking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Starlette(routes=routes(asked, patience=0.2)))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return [await client.request(method, path) for path in paths]

    return asyncio.run(asking())


def test_a_process_that_is_well_is_alive_ready_and_measured(house: House) -> None:
    alive, ready, metrics = ask(watched(house.engine, house), "/healthz", "/readyz", "/metrics")
    assert (alive.status_code, alive.text) == (200, "alive\n")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "missing": []})
    assert metrics.status_code == 200
    assert "lindung_database_up 1.0" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"draining": lambda: True}, ["stopping"]),
        ({"telegram": lambda: False}, ["telegram"]),
        ({"telegram": lambda: False, "draining": lambda: True}, ["telegram", "stopping"]),
    ],
)
def test_who_is_not_ready_says_what_is_missing(
    house: House, changed: dict[str, Callable[[], bool]], missing: list[str]
) -> None:
    alive, ready = ask(replace(watched(house.engine, house), **changed), "/healthz", "/readyz")
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "missing": missing})


def test_without_its_database_a_process_is_alive_and_not_ready(house: House) -> None:
    gone = open_engine("postgresql://lindung:sandi-rahasia@127.0.0.1:1/lindung")
    alive, ready, metrics = ask(watched(gone, house), "/healthz", "/readyz", "/metrics")
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["missing"]) == (503, ["database"])
    assert "lindung_database_up 0.0" in metrics.text
    assert "sandi-rahasia" not in alive.text + ready.text + metrics.text


def test_a_database_that_hangs_is_asked_once_and_holds_up_nothing() -> None:
    freed, asked = threading.Event(), list[int]()

    def hangs() -> None:
        asked.append(1)
        freed.wait()

    one = Watched(hangs, lambda: False, lambda: True, lambda: b"")
    alive, *ready = ask(one, "/healthz", "/readyz", "/readyz", "/readyz")
    freed.set()
    assert alive.status_code == 200
    assert [answer.json()["missing"] for answer in ready] == [["database"]] * 3
    assert asked == [1]


def test_after_it_hung_the_database_is_asked_again() -> None:
    freed, asked = threading.Event(), list[int]()

    def hangs_once() -> int:
        asked.append(1)
        if len(asked) == 1:
            freed.wait()
            raise OSError("late, and nobody waits for it")
        return len(asked)

    async def work() -> int:
        question = within(0.05, hangs_once)
        with pytest.raises(TimeoutError):
            await question()
        freed.set()
        while True:
            try:
                return await question()
            except (TimeoutError, OSError):
                await asyncio.sleep(0.01)

    assert asyncio.run(work()) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_done_there(house: House, method: str) -> None:
    answers = ask(watched(house.engine, house), "/healthz", "/readyz", "/metrics", method=method)
    assert [answer.status_code for answer in answers] == [405] * 3
