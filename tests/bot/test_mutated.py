"""Bodies that are spoilt on the way: taken once, told to nobody, and in nobody's way."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import worker
from bot.demo.server import serve
from bot.house import House
from bot.logs import Redacting
from bot.replies import Call
from bot.webhook import parsed
from bot.worker import Failure, Nothing, Sent
from storage.database import transaction
from storage.models import Inbound
from storage.presence import OnlyProcess
from tests.bot.test_webhook import HEADER, hook_settings
from tests.conftest import TOKEN, Bot, opened, run_bot, settings_for
from tests.faults.bots import wait_until_it_listens
from tests.long_run import sizes
from tests.mutated import CANARY, bodies, whole
from tests.own_logs import logs_as_before
from tests.steps import act, all_of
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

TRACES = (CANARY[:20], CANARY[-16:], CANARY[-8:])


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, as `lindung serve` writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Redacting("json"))
    with logs_as_before() as root:
        root.addHandler(handler)
        root.setLevel("DEBUG")
        yield written


@pytest.mark.parametrize("many", sizes(40, 500))
def test_a_spoilt_body_is_taken_and_the_next_person_is_served(tmp_path: Path, many: int) -> None:
    with serve(port=0, token=TOKEN) as server, logged() as log:
        settings = settings_for(tmp_path / "home", "", server, **hook_settings())
        with opened(settings) as house, run_bot(settings, house):
            bot = Bot(house, server, settings)
            wait_until_it_listens(settings.webhook_listen)
            with httpx.Client(headers=HEADER) as telegram:
                answers = {
                    body[:200]: telegram.post(settings.webhook_url, content=body).status_code
                    for body in bodies(1, many)
                }
            act(bot.phone("Agus"), "halo")
    assert {body: code for body, code in answers.items() if code not in (200, 413)} == {}
    assert not any(trace in log.getvalue() for trace in TRACES)
    assert "cannot be stored" not in log.getvalue()


def test_spoilt_updates_in_a_batch_do_not_end_the_polling(tmp_path: Path) -> None:
    with serve(port=0, token=TOKEN) as server, logged() as log:
        settings = settings_for(tmp_path / "home", "", server)
        with opened(settings) as house, run_bot(settings, house):
            for body in bodies(3, 60):
                if can_be_handed_out(raw := parsed(body)):
                    server.state.requeue(raw)
            phone = server.phones.add("Agus")
            act(phone, "halo")
            act(phone, "halo")
            assert len(all_of(house, Inbound)) > 30
    assert not any(trace in log.getvalue() for trace in TRACES)


def can_be_handed_out(raw: Any) -> bool:
    """Whether the stand-in can write it down."""
    try:
        json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def serve_all(house: House) -> list[Call]:
    """Serve what is open as `bot/turns.py` does, without its pauses; all that is replied."""
    here, calls = OnlyProcess(), list[Call]()
    for lane in worker.open_lanes(house):
        while not isinstance(served := one_step(here, house, lane), Nothing):
            if served is not None:
                json.dumps(served.calls)
                calls += served.calls
                with transaction(house.engine) as db:
                    worker.sent(house, db, [Sent(served)])
    return calls


def one_step(here: OnlyProcess, house: House, lane: int) -> Any:
    """What came of one step in a lane; None where it failed."""
    try:
        with transaction(house.engine) as db:
            return worker.serve(here, house, db, [lane])[0]
    except Exception as error:
        with transaction(house.engine) as db:
            worker.failed(here, house, db, [Failure(lane, type(error).__qualname__)])


@pytest.mark.both_databases
@pytest.mark.parametrize("many", sizes(80, 1_000))
def test_what_spoilt_bodies_leave_is_done_or_dead(house: House, many: int) -> None:
    for number, body in enumerate(bodies(2, many)):
        with transaction(house.engine) as db:
            worker.store(house, db, [[parsed(body)]])
        if number % 50 == 49:
            serve_all(house)
    serve_all(house)
    left = [row for row in all_of(house, Inbound) if row.state not in ("done", "dead")]
    assert left == []
    served = worker.take(house, OnlyProcess(), whole(8_000_000))
    assert served.calls, "the next one is served"


@pytest.mark.parametrize("start", ["[", '{"a": ', '{"update_id": 7, "message": '])
def test_a_body_just_below_what_can_be_read_is_stored(house: House, start: str) -> None:
    end = "}" if start.startswith("{") else "]"
    for depth in range(800, 1_000):
        body = start * depth + "1" + end * depth
        with transaction(house.engine) as db:
            [stored] = worker.store(house, db, [[parsed(body.encode())]])
        assert stored.new or start.endswith('"message": ')
    serve_all(house)
    assert {row.state for row in all_of(house, Inbound)} == {"dead"}
