"""Settings: what stands in `.env.example`, and what a wrong one is told."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import cli
from bot.settings import GivenSettings, Settings

ROOT = Path(__file__).parents[2]


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_as_it_stands_is_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    copied = Settings()
    assert copied.model_dump() == GivenSettings().model_dump()


NEAR = ["http://127.0.0.1:8081/bot", "https://api.example.org/bot"]
FAR = ["http://example.org/bot", "http://127.0.0.1.example.org/bot", "api.example.org/bot"]


@pytest.mark.parametrize("address", NEAR)
def test_another_server_may_be_far_and_encrypted_or_on_this_machine(address: str) -> None:
    settings = GivenSettings(telegram_base_url=address)
    assert settings.telegram_base_url == address
    assert GivenSettings(webhook_url=address).webhook_url == address


@pytest.mark.parametrize("address", FAR)
@pytest.mark.parametrize("name", ["telegram_base_url", "webhook_url"])
def test_plain_http_to_another_machine_is_refused(name: str, address: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https://"):
        GivenSettings(**{name: address})


@pytest.mark.parametrize("place", ["127.0.0.1:8080", "0.0.0.0:80", "[::1]:8443", ""])
def test_a_place_to_listen_is_a_host_and_a_port(place: str) -> None:
    assert GivenSettings(webhook_listen=place).webhook_listen == place


@pytest.mark.parametrize("place", ["8080", "localhost", "localhost:", "localhost:http"])
def test_any_other_place_to_listen_is_refused(place: str) -> None:
    with pytest.raises(ValidationError, match="webhook_listen"):
        GivenSettings(webhook_listen=place)


def test_a_secret_is_not_shown_with_the_settings() -> None:
    settings = GivenSettings(bot_token="123456:canary", webhook_secret="canary")
    assert "canary" not in repr(settings)


def test_a_database_that_is_away_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:sandi@127.0.0.1:1/none")
    assert cli.main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("the database cannot be reached")
    assert "sandi" not in said
    assert said.count("\n") == 1
