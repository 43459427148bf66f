"""`lindung letters`: dead letters are listed and shown without anything personal, and replayed."""

from pathlib import Path

import pytest

from bot import cli
from bot.demo.phone import Phone
from bot.letters_cli import shape
from storage.database import transaction
from storage.models import Inbound, StoredSession
from tests.conftest import TEGAL_HARUM, Bot
from tests.people import WAYAN
from tests.steps import act, all_of, audited, link, settle, spoil_session, told

APOLOGY = "Maaf, ada gangguan di pihak kami"
WORK_ASKED = "KTP dan tempat tinggalnya di mana?"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite: the commands leave their connections to the end of the process."""
    return f"sqlite:///{tmp_path / 'lindung.db'}"


@pytest.fixture
def lindung(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Lindung":
    monkeypatch.setenv("LINDUNG_HOME", str(bot.settings.lindung_home))
    monkeypatch.setenv("DATABASE_URL", bot.settings.database)
    return Lindung(capsys)


class Lindung:
    """The command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        self._capsys.readouterr()
        assert cli.main(["letters", *arguments]) == int(fails)
        said = self._capsys.readouterr()
        return said.err if fails else said.out


def dead_letter(bot: Bot) -> tuple[Phone, Inbound, bytes]:
    """Somebody whose name came to nothing, the letter, and the form as it was before the bug."""
    phone = bot.phone("Wayan")
    for what in (link(TEGAL_HARUM), "[Saya sendiri]", "[Setuju]", WAYAN.nik):
        act(phone, what)
    settle(bot)
    with transaction(bot.house.engine) as db:
        good = db.get_one(StoredSession, (phone.user_id, "enrolment")).state_sealed
    spoil_session(bot.house, phone.user_id, "nothing of ours")
    phone.send(WAYAN.name)
    told(phone, APOLOGY)
    settle(bot)
    return phone, next(row for row in all_of(bot.house, Inbound) if row.state == "dead"), good


def test_a_letter_is_listed_shown_without_its_values_and_replayed(
    bot: Bot, lindung: Lindung
) -> None:
    assert lindung("list") == ""
    phone, row, good = dead_letter(bot)
    id = str(row.update_id)
    listed, shown = lindung("list"), lindung("show", id)
    assert listed == f"{id}  {row.received_at:%Y-%m-%d %H:%M:%S} UTC  message  KeyError  5 tries\n"
    assert f"  text: text of {len(WAYAN.name)}" in shown.splitlines()
    for personal in (WAYAN.name, WAYAN.nik, "Wayan", str(phone.user_id), "private"):
        assert personal not in listed + shown
    assert audited(bot.house, "opened_letter") == []
    with transaction(bot.house.engine) as db:
        db.get_one(StoredSession, (phone.user_id, "enrolment")).state_sealed = good
    assert lindung("replay", id).startswith("1 to be served again")
    told(phone, WORK_ASKED)
    assert lindung("list") == ""


def test_who_opens_a_letter_is_on_record(bot: Bot, lindung: Lindung) -> None:
    _, row, _ = dead_letter(bot)
    assert WAYAN.name in lindung("show", str(row.update_id), "--open")
    records = [(one.actor_id, one.object_id) for one in audited(bot.house, "opened_letter")]
    assert records == [(0, str(row.update_id))]


def test_a_replay_before_the_bug_is_mended_fails_again_and_harms_nobody(
    bot: Bot, lindung: Lindung
) -> None:
    phone, row, _ = dead_letter(bot)
    assert lindung("replay", "--all").startswith("1 to be")
    told(phone, APOLOGY, times=2)
    settle(bot)
    assert str(row.update_id) in lindung("list")


def test_what_is_no_dead_letter_is_neither_shown_nor_replayed(bot: Bot, lindung: Lindung) -> None:
    phone = bot.phone("Made")
    act(phone, "halo")
    settle(bot)
    id = str(phone.last_update["update_id"])
    for command in ("show", "replay"):
        for number in (id, "77"):
            assert "no dead letter" in lindung(command, number, fails=True)
    assert lindung("replay", "--all").startswith("0 to be")
    assert len(phone.bot_messages) == 1


def test_the_form_of_an_update_holds_nothing_of_what_was_written() -> None:
    raw = {"update_id": 7, "message": {"I Wayan": [1, "x"] * 9, "ok": True, "none": None}}
    assert list(shape(raw)) == [
        "update_id: number of 1",
        "message: object of 3",
        "  a name of 7: list of 18",
        "    1: number of 1",
        "    2: text of 1",
        "    3: number of 1",
        "  ok: yes or no",
        "  none: nothing",
    ]
