"""Each scenario of `make faults` in its small size; no time is judged here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import clear, one_engine
from tests.faults import (
    absent,
    budgets,
    crowds,
    database_away,
    disk_full,
    many_people,
    migrations,
    redis_away,
    stops,
    telegram_answers,
)
from tests.faults.nemesis import Postgres, postgres
from tests.long_run import LONG, sizes


@pytest.fixture
def database(tables: str) -> str:
    """A PostgreSQL database in which nothing is stored."""
    clear(one_engine(tables))
    return tables


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server that may be stopped."""
    with postgres(tmp_path_factory.mktemp("server")) as server:
        yield server


def test_four_messages_at_once_are_answered_in_order_by_two_bots(
    database: str, tmp_path: Path
) -> None:
    assert many_people.play(database, tmp_path, people=20).broken == []


@pytest.mark.parametrize("bots", [1, 2])
def test_one_invitation_is_one_office_whoever_uses_it_at_the_same_moment(
    database: str, tmp_path: Path, bots: int
) -> None:
    where = database if bots > 1 else ""
    assert many_people.one_code(where, tmp_path, 50, bots).broken == []


def test_whatever_happens_to_redis_nothing_is_lost_or_doubled(
    database: str, tmp_path: Path
) -> None:
    assert redis_away.play(database, tmp_path, people=3, faults=5, every=0.4).broken == []


def test_a_database_that_crashes_loses_and_doubles_nothing(
    own_server: Postgres, tmp_path: Path
) -> None:
    assert database_away.crashes(own_server, tmp_path, people=2, times=1).broken == []


def test_polling_goes_on_after_a_crash_of_the_database(
    own_server: Postgres, tmp_path: Path
) -> None:
    assert database_away.crashes_while_polling(own_server, tmp_path, times=1).broken == []


def test_what_is_to_leave_the_chat_does_so_whatever_happens_to_the_database(
    own_server: Postgres, tmp_path: Path
) -> None:
    assert database_away.crash_while_sending(own_server, tmp_path).broken == []


@pytest.mark.parametrize(
    "hooked", [True, pytest.param(False, marks=LONG)], ids=["webhook", "polling"]
)
def test_a_database_that_only_reads_for_a_while_loses_and_doubles_nothing(
    own_server: Postgres, tmp_path: Path, hooked: bool
) -> None:
    assert database_away.reads_only(own_server, tmp_path, hooked, seconds=1.0).broken == []


def test_locks_and_missing_connections_lose_nothing(database: str, tmp_path: Path) -> None:
    assert database_away.held(database, tmp_path, seconds=0.3).broken == []


@pytest.mark.long
def test_a_bot_stops_though_nothing_answers_and_the_next_one_goes_on(
    database: str, tmp_path: Path
) -> None:
    assert stops.while_nothing_answers(database, tmp_path).broken == []


def test_no_bad_answer_of_telegram_loses_anything_or_holds_others_up(tmp_path: Path) -> None:
    assert telegram_answers.play(tmp_path, telegram_answers.FEW).broken == []


def test_an_sqlite_file_that_cannot_grow_acknowledges_nothing_and_goes_on_later(
    tmp_path: Path,
) -> None:
    assert disk_full.sqlite(tmp_path, times=1).broken == []


@pytest.mark.long
def test_a_postgresql_whose_disk_is_full_does_the_same(tmp_path: Path) -> None:
    found = disk_full.postgresql(tmp_path, times=1)
    if found is None:
        pytest.skip("no small disk can be mounted without root (2026-11-29)")
    assert found.broken == []


def test_sixty_notices_go_out_once_each_within_telegrams_limits(
    database: str, tmp_path: Path
) -> None:
    assert crowds.notices(database, tmp_path, many=60, talking=0).broken == []


@pytest.mark.parametrize("people", sizes(16, 60))
def test_redis_that_goes_and_comes_back_breaks_no_limit_and_doubles_no_notice(
    database: str, tmp_path: Path, people: int
) -> None:
    assert budgets.play(database, tmp_path, people, away=(1.2, 0.3)).broken == []


def test_a_flood_is_told_once_and_capped_and_slows_nobody(database: str, tmp_path: Path) -> None:
    found = crowds.flood(database, tmp_path, flooders=1, messages=100, others=1, pause=0.05)
    assert found.broken == []


def test_who_blocks_the_bot_is_not_written_to_again_until_the_start(tmp_path: Path) -> None:
    assert crowds.blocked(tmp_path, people=6).broken == []


def test_a_bot_that_was_down_goes_on_by_text_and_after_a_day_by_start(tmp_path: Path) -> None:
    assert absent.down(tmp_path).broken == []


@pytest.mark.parametrize(
    "lived", [pytest.param(False, marks=LONG), True], ids=["empty", "lived-in"]
)
def test_a_migration_that_was_killed_is_taken_again(
    postgresql: str, tmp_path: Path, lived: bool
) -> None:
    files = migrations.sqlite_files(tmp_path / "file", lived)
    assert migrations.killed(files, every=40).broken == []
    databases = migrations.databases(postgresql, tmp_path / "server", lived)
    assert migrations.killed(databases, every=80).broken == []


def test_a_migration_that_fails_is_not_taken_for_one_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_text("no database" * 100)
    with pytest.raises(RuntimeError, match="failed before it was killed"):
        migrations.in_a_child(f"sqlite:///{tmp_path / 'damaged.db'}", 1_000)
