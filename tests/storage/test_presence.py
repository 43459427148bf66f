"""Which processes are there: their locks end with them, and only then."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage.database import AWAY, open_engine, transaction
from storage.presence import (
    GRACE,
    POLLING,
    SENDING,
    OneOfMany,
    OnlyProcess,
    Presence,
    Taken,
    age_of_connections,
    alive,
    open_presence,
)
from tests.conftest import own_database, run_in

Open = Callable[[], Presence]
CUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture
def settled(postgresql: str) -> str:
    """A server that has been up for long, also where the test before let it crash."""
    engine = open_engine(postgresql)
    with engine.connect() as connection:
        time.sleep(max(0, GRACE - age_of_connections(connection)))
    engine.dispose()
    return postgresql


@pytest.fixture
def many(settled: str) -> Iterator[tuple[str, Open]]:
    """A PostgreSQL database, and what makes one more process on it."""
    address = own_database(settled)
    with ExitStack() as stack:

        def opened() -> Presence:
            engine = open_engine(address)
            stack.callback(engine.dispose)
            here = open_presence(engine)
            stack.callback(here.close)
            return here

        yield address, opened


def living(address: str, here: Presence, *others: int) -> set[int]:
    engine = open_engine(address)
    with transaction(engine) as db:
        found = alive(db, here, {here.number, *others})
    engine.dispose()
    return found


def test_of_many_processes_each_sees_the_others_until_they_end(many: tuple[str, Open]) -> None:
    address, opened = many
    first, second = opened(), opened()
    assert living(address, first, second.number, 12345) == {first.number, second.number}
    second.close()
    assert living(address, first, second.number) == {first.number}


def test_a_job_is_one_process_own_until_it_ends(many: tuple[str, Open]) -> None:
    _, opened = many
    first, second = opened(), opened()
    assert first.hold(POLLING)
    assert first.hold(POLLING), "asked again, it is held still"
    assert not second.hold(POLLING)
    assert second.hold(SENDING), "another job is free"
    first.close()
    assert second.hold(POLLING)


def test_nobody_polls_while_others_take_updates_by_webhook(many: tuple[str, Open]) -> None:
    _, opened = many
    first, second, third = opened(), opened(), opened()
    assert first.hold(POLLING, shared=True)
    assert second.hold(POLLING, shared=True)
    assert not third.hold(POLLING)


def test_a_job_that_is_asked_for_otherwise_is_let_go_first(many: tuple[str, Open]) -> None:
    address, opened = many
    first, second = opened(), opened()
    assert first.hold(SENDING, shared=True)
    assert second.hold(SENDING, shared=True)
    assert not first.hold(SENDING), "another has it, shared"
    assert second.hold(SENDING), "nobody has it any more"
    assert not first.hold(SENDING, shared=True)
    assert second.hold(SENDING, shared=True)
    assert first.hold(SENDING, shared=True)
    run_in(address, CUT)
    assert not first.beat()
    assert not second.beat()
    assert first.hold(SENDING, shared=True)
    assert second.hold(SENDING, shared=True)


def test_locks_that_were_lost_are_taken_anew(many: tuple[str, Open]) -> None:
    address, opened = many
    first, second = opened(), opened()
    assert first.hold(SENDING)
    assert first.beat()
    run_in(address, CUT)
    assert not first.beat()
    assert not second.beat()
    assert living(address, first, second.number) == {first.number, second.number}
    assert not second.hold(SENDING), "whoever held it holds it again"


def test_a_loss_that_shows_when_a_job_is_asked_for_is_mended_by_the_next_beat(
    many: tuple[str, Open],
) -> None:
    address, opened = many
    here = opened()
    run_in(address, CUT)
    with pytest.raises(AWAY):
        here.hold(POLLING)
    assert not here.hold(POLLING)
    assert not here.beat()
    assert here.beat()
    assert here.hold(POLLING)


def test_a_job_taken_by_another_meanwhile_is_gone(many: tuple[str, Open]) -> None:
    address, opened = many
    first, second = opened(), opened()
    assert first.hold(SENDING)
    run_in(address, "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE objid::bigint = 2")
    assert second.hold(SENDING)
    assert not first.beat()
    assert not first.hold(SENDING)


def test_who_lost_the_connection_has_no_new_job_until_it_is_there_again(
    many: tuple[str, Open],
) -> None:
    address, opened = many
    first = opened()
    run_in(address, CUT)
    with pytest.raises(AWAY):
        first.hold(SENDING)
    assert not first.hold(SENDING), "and nothing worse happens"
    assert not first.beat()
    assert first.hold(SENDING)


def test_where_all_lost_their_locks_nobody_is_thought_gone_at_once(many: tuple[str, Open]) -> None:
    address, opened = many
    first, second = opened(), opened()
    run_in(address, CUT)
    assert living(address, second, first.number) == {first.number, second.number}
    assert not second.beat()
    assert living(address, second, first.number) == {first.number, second.number}
    assert not first.beat()
    assert living(address, second, first.number) == {first.number, second.number}


def test_each_database_has_its_kind_of_presence(many: tuple[str, Open]) -> None:
    assert isinstance(many[1](), OneOfMany)


def crash(engine: Engine) -> None:
    """One of the server's processes is killed: it ends all others, and begins anew by itself."""
    with engine.connect() as connection:
        os.kill(connection.execute(text("SELECT pg_backend_pid()")).scalar_one(), signal.SIGKILL)
        with pytest.raises(AWAY):
            connection.execute(text("SELECT pg_sleep(60)"))


def test_who_starts_just_after_the_server_came_back_thinks_nobody_gone(postgresql: str) -> None:
    address = own_database(postgresql)
    engine = open_engine(address)
    crash(engine)
    while True:
        try:
            here = open_presence(engine)
            break
        except AWAY:
            time.sleep(0.05)
    assert living(address, here, 12345) == {here.number, 12345}, "it may be on its way"
    here.close()
    engine.dispose()


def test_an_sqlite_file_is_served_by_one_process_at_a_time(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'lindung.db'}")
    first = open_presence(engine)
    with pytest.raises(Taken):
        open_presence(engine)
    with transaction(engine) as db:
        db.exec(text("SELECT 1"))  # type: ignore[call-overload]
        assert alive(db, first, {first.number, 7}) == {first.number}
    first.close()
    second = open_presence(engine)
    assert second.number != first.number
    second.close()
    engine.dispose()


def test_a_stage_is_alone() -> None:
    here = OnlyProcess()
    assert here.hold(POLLING)
    assert here.beat()
    here.close()
