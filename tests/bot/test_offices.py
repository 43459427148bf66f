"""Offices in the chat and on the command line: inviting, accepting, ending, handing over."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bot import cli, console, timers
from bot.stage import Stage, appoint, open_stage
from rules.permissions import Action, Role
from storage import staff
from storage.database import transaction
from storage.models import Invitation, Outbound, Staff, Timer
from storage.staff import Invited
from tests.conftest import TEGAL_HARUM, Bot
from tests.conversations.sayable import CATALOGUES
from tests.on_stage import act, forge, labels, said
from tests.steps import all_of, audited, picture, settle, told

DAY = date(2026, 11, 20)
OTHER_VILLAGE = "51.71.03.2009"
OUTSIDE = "51.04.01.2001"
LINK = re.compile(r"/start s_[\w-]{43}")
GOOD_NO_MORE = "Undangan ini sudah tidak berlaku"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(DAY) as on_stage:
        yield on_stage


@pytest.fixture
def officer(stage: Stage) -> str:
    """The name of a village officer on the stage."""
    appoint(stage, "petugas", TEGAL_HARUM)
    return "petugas"


@pytest.fixture
def regent(stage: Stage) -> str:
    """The name of a regency officer on the stage."""
    appoint(stage, "kabupaten", "51.71", Role.REGENCY_OFFICER)
    return "kabupaten"


def invites(stage: Stage, who: str, whom: str, *presses: str) -> str:
    """Somebody invites by the conversation; what the invited one is to open."""
    _, link = said(stage, who, "/kader", *presses, stage.chat(whom).phone)
    found = LINK.search(link)
    assert found is not None, link
    return found.group()


def accepts(stage: Stage, who: str, link: str) -> list[str]:
    """Somebody opens the invitation and shares the own number."""
    return said(stage, who, link, "(kontak)")


def offices(stage: Stage, who: str) -> list[tuple[str, str]]:
    with transaction(stage.house.engine) as db:
        held = staff.offices_of(db, stage.chat(who).id)
        return [(row.role, row.area) for row in held]


def ended(stage: Stage, who: str) -> None:
    """End all offices of somebody, as the operator does."""
    with transaction(stage.house.engine) as db:
        for row in staff.offices_of(db, stage.chat(who).id):
            assert staff.end(db, row.id, stage.clock())


def keyboard(stage: Stage, who: str) -> list[str]:
    """The home keyboard that somebody saw last."""
    for call in reversed(stage.chat(who).said):
        rows = call.get("reply_markup", {}).get("keyboard", [])
        if rows:
            return [button["text"] for row in rows for button in row]
    return []


# Inviting and accepting.


def test_an_officer_invites_a_helper_who_accepts_and_both_are_told(
    stage: Stage, officer: str
) -> None:
    link = invites(stage, officer, "kader", "[➕ Undang kader]")
    [asked] = said(stage, "kader", link)
    assert "kader Desa Tegal Harum" in asked
    heard = stage.do("kader", "(kontak)")
    assert offices(stage, "kader") == [("helper", TEGAL_HARUM)]
    assert any(who == "kader" and "Warga (saya kader)" in call["text"] for who, call in heard)
    assert any(who == officer and "sekarang kader" in call["text"] for who, call in heard)
    foot = [CATALOGUES["id"][f"home.{key}"] for key in ("enrol", "status", "help")]
    assert keyboard(stage, "kader") == foot, "a helper signs up and decides nothing"


def test_an_officer_of_a_village_can_invite_no_other_officer(stage: Stage, officer: str) -> None:
    [shown] = act(stage, officer, "/kader")
    assert "➕ Undang petugas" not in labels(shown)
    data = f"offices.list:invite.village_officer:{TEGAL_HARUM}"
    before = len(all_of(stage.house, Invitation))
    assert "sudah tidak berlaku" in forge(stage, officer, data)[0]
    assert len(all_of(stage.house, Invitation)) == before


def test_a_regency_officer_appoints_officers_of_the_villages_of_the_regency(
    stage: Stage, regent: str
) -> None:
    choosing = (OTHER_VILLAGE, "[➕ Undang petugas]")
    link = invites(stage, regent, "petugas", *choosing)
    accepts(stage, "petugas", link)
    assert offices(stage, "petugas") == [("village_officer", OTHER_VILLAGE)]
    invited = audited(stage.house, "invited")[-1]
    assert (invited.actor_id, invited.role) == (stage.chat(regent).id, "regency_officer")
    [outside] = said(stage, regent, "/kader", OUTSIDE)
    assert "di luar wilayah" in outside


def test_a_regency_officer_makes_nobody_a_regency_officer(stage: Stage, regent: str) -> None:
    [shown] = act(stage, regent, "/kader", "[Kota Denpasar · 1]")
    assert [label for label in labels(shown) if "Undang" in label] == []


def test_an_auditor_sees_who_holds_office_and_changes_nothing(stage: Stage, officer: str) -> None:
    appoint(stage, "pemeriksa", "51", Role.AUDITOR)
    [shown] = act(stage, "pemeriksa", "/kader", TEGAL_HARUM)
    assert "Petugas, petugas sejak" in shown["text"]
    assert [label for label in labels(shown) if "Undang" in label or "Akhiri" in label] == []


def test_an_invitation_works_for_the_invited_number_alone(stage: Stage, officer: str) -> None:
    link = invites(stage, officer, "kader", "[➕ Undang kader]")
    [refused] = accepts(stage, "orang", link)
    assert GOOD_NO_MORE in refused
    assert offices(stage, "orang") == []
    accepts(stage, "kader", link)
    assert offices(stage, "kader") == [("helper", TEGAL_HARUM)]
    [refused_row] = audited(stage.house, "invitation_refused")
    assert refused_row.actor_id == stage.chat("orang").id


@pytest.mark.parametrize("link", ["/start s_" + "a" * 43, "/start s_x"])
def test_a_guessed_link_asks_for_no_number_and_is_on_record(stage: Stage, link: str) -> None:
    [refused] = said(stage, "orang", link)
    assert GOOD_NO_MORE in refused
    assert len(audited(stage.house, "invitation_refused")) == 1


def test_a_used_link_and_one_of_yesterday_are_refused(stage: Stage, officer: str) -> None:
    used = invites(stage, officer, "kader", "[➕ Undang kader]")
    late = invites(stage, officer, "lain", "[➕ Undang kader]")
    accepts(stage, "kader", used)
    assert GOOD_NO_MORE in said(stage, "kader", used)[0]
    stage.clock.moment = stage.clock.moment.replace(day=21, hour=3)
    assert GOOD_NO_MORE in said(stage, "lain", late)[0]
    assert offices(stage, "kader") == [("helper", TEGAL_HARUM)]
    assert offices(stage, "lain") == []


def test_an_invitation_taken_by_the_holder_of_another_office_widens_nothing(
    stage: Stage, officer: str, regent: str
) -> None:
    link = invites(stage, regent, officer, OTHER_VILLAGE, "[➕ Undang kader]")
    accepts(stage, officer, link)
    assert offices(stage, officer) == [
        ("village_officer", TEGAL_HARUM),
        ("helper", OTHER_VILLAGE),
    ]
    with transaction(stage.house.engine) as db:
        office = staff.office_for(db, stage.chat(officer).id, Action.DECIDE, OTHER_VILLAGE)
        assert office is None


def test_accepting_what_one_holds_already_changes_nothing(stage: Stage, officer: str) -> None:
    for _ in range(2):
        accepts(stage, "kader", invites(stage, officer, "kader", "[➕ Undang kader]"))
    assert len(all_of(stage.house, Staff)) == 2
    assert len(audited(stage.house, "appointed")) == 2


def test_only_an_office_with_a_desk_has_a_digest(stage: Stage, officer: str) -> None:
    for role, area in ((Role.HELPER, TEGAL_HARUM), (Role.REGENCY_OFFICER, "51.71")):
        appoint(stage, str(role), area, role)
    timers.begin(stage.house)
    with transaction(stage.house.engine) as db:
        [office] = staff.offices_of(db, stage.chat(officer).id)
    assert [row.key for row in all_of(stage.house, Timer) if row.kind == "digest"] == [office.id]


@pytest.mark.parametrize("role", [Role.HELPER, Role.REGENCY_OFFICER, Role.AUDITOR])
def test_who_holds_no_desk_hears_what_the_own_office_is_for(stage: Stage, role: Role) -> None:
    area = TEGAL_HARUM if role == Role.HELPER else "51.71"
    appoint(stage, "orang", area, role)
    [answer] = said(stage, "orang", "/petugas")
    assert "memutuskan" in answer
    assert "diundang" not in answer


# Ending.


def test_an_officer_ends_a_helper_at_once_and_the_helper_is_told(
    stage: Stage, officer: str
) -> None:
    appoint(stage, "kader", TEGAL_HARUM, Role.HELPER)
    act(stage, officer, "/kader", "[⛔ Akhiri: Kader]")
    heard = stage.do(officer, "[Ya, akhiri]")
    assert offices(stage, "kader") == []
    assert any(who == "kader" and "sudah berakhir" in call["text"] for who, call in heard)
    [change] = audited(stage.house, "dismissed")
    assert (change.actor_id, change.role) == (stage.chat(officer).id, "village_officer")


def test_the_last_officer_of_a_village_is_ended_only_after_a_warning(
    stage: Stage, officer: str, regent: str
) -> None:
    [warning] = said(stage, regent, "/kader", TEGAL_HARUM, "[⛔ Akhiri: Petugas]")
    assert "satu-satunya" in warning
    act(stage, regent, "[Ya, akhiri]")
    assert offices(stage, officer) == []


def test_nobody_ends_the_own_office(stage: Stage, officer: str) -> None:
    with transaction(stage.house.engine) as db:
        [own] = staff.offices_of(db, stage.chat(officer).id)
    [shown] = act(stage, officer, "/kader")
    assert [label for label in labels(shown) if "Akhiri" in label] == []
    act(stage, officer, "[🔁 Serahkan: petugas]")
    forge(stage, officer, f"offices.end:yes:{own.id}")
    assert offices(stage, officer) != []


def test_a_helper_ended_by_somebody_else_meanwhile_is_said_to_be(
    stage: Stage, officer: str
) -> None:
    appoint(stage, "kader", TEGAL_HARUM, Role.HELPER)
    appoint(stage, "petugas dua", TEGAL_HARUM)
    for who in (officer, "petugas dua"):
        act(stage, who, "/kader", "[⛔ Akhiri: Kader]")
    act(stage, officer, "[Ya, akhiri]")
    act(stage, "petugas dua", "[Ya, akhiri]")
    assert len(audited(stage.house, "dismissed")) == 1


ON_THE_WAY = {
    "the list": ("/kader",),
    "the number of a helper": ("/kader", "[➕ Undang kader]"),
    "the last word": ("/kader", "[⛔ Akhiri: Kader]"),
    "the number of a successor": ("/kader", "[🔁 Serahkan: petugas]"),
}


@pytest.mark.parametrize("place", sorted(ON_THE_WAY))
def test_after_an_office_ended_every_press_is_refused_and_on_record(
    stage: Stage, officer: str, place: str
) -> None:
    appoint(stage, "kader", TEGAL_HARUM, Role.HELPER)
    [shown] = act(stage, officer, *ON_THE_WAY[place])
    for number in range(len(labels(shown))):
        appoint(stage, officer, TEGAL_HARUM)
        [shown] = act(stage, officer, *ON_THE_WAY[place])
        ended(stage, officer)
        before = picture(stage.house)
        [refused] = said(stage, officer, f"[{labels(shown)[number]}]")
        assert "hanya untuk petugas" in refused
        assert picture(stage.house) == before
        assert len(audited(stage.house, "refused_press")) == number + 1


@pytest.mark.parametrize("place", ["the number of a helper", "the number of a successor"])
def test_a_number_typed_after_the_office_ended_invites_nobody(
    stage: Stage, officer: str, place: str
) -> None:
    appoint(stage, "kader", TEGAL_HARUM, Role.HELPER)
    act(stage, officer, *ON_THE_WAY[place])
    ended(stage, officer)
    before = len(all_of(stage.house, Invitation))
    said(stage, officer, "0812 3456 789")
    assert len(all_of(stage.house, Invitation)) == before


@pytest.mark.parametrize("role", ["", Role.HELPER])
def test_who_may_not_see_offices_sees_none(stage: Stage, officer: str, role: str) -> None:
    if role:
        appoint(stage, "orang", TEGAL_HARUM, role)
    for does in ("/kader", "[forged]"):
        forged = f"offices.list:invite.helper:{TEGAL_HARUM}"
        answers = said(stage, "orang", does) if does[0] == "/" else forge(stage, "orang", forged)
        assert "Petugas, petugas sejak" not in "".join(answers)
    assert len(audited(stage.house, "refused_press")) == 1


# Handing over.


def test_an_office_goes_over_when_the_successor_accepts_and_both_are_told(
    stage: Stage, officer: str
) -> None:
    link = invites(stage, officer, "pengganti", "[🔁 Serahkan: petugas]")
    assert offices(stage, officer) == [("village_officer", TEGAL_HARUM)]
    [asked] = said(stage, "pengganti", link)
    assert "menggantikan" in asked
    heard = stage.do("pengganti", "(kontak)")
    assert offices(stage, officer) == []
    assert offices(stage, "pengganti") == [("village_officer", TEGAL_HARUM)]
    assert len([who for who, _ in heard if who == officer]) == 1, "told once"
    with transaction(stage.house.engine) as db:
        [now] = staff.offices_of(db, stage.chat("pengganti").id)
    assert [row.key for row in all_of(stage.house, Timer) if row.kind == "digest"] == [now.id]


# By HTTP.


def test_of_phones_that_share_the_invited_number_one_accepts(bot: Bot) -> None:
    number = "+6281299988877"
    phones = [bot.phone(f"Ketut {n}", number=number) for n in range(6)]
    with transaction(bot.house.engine) as db:
        token = staff.invite(db, bot.house.keys, Invited(TEGAL_HARUM, number), bot.house.clock())
    for phone in phones:
        phone.start(f"s_{token}")
    for phone in phones:
        told(phone, "Anda diundang")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda phone: phone.tap(phone.reply_keyboard[0]), phones))
    settle(bot)
    assert len(all_of(bot.house, Staff)) == 1
    assert len(audited(bot.house, "invitation_refused")) == 5
    refused = [phone for phone in phones if GOOD_NO_MORE in phone.transcript()]
    assert len(refused) == 5


# On the command line.


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own for the commands, without a token."""
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "DATABASE_URL", "LINDUNG_KEYS", "OPERATOR_CHAT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LINDUNG_HOME", str(tmp_path / "data"))
    return tmp_path


PHONE = ("--phone", "+6281200000001")


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (("--village", "5171032008"), "Officer of Desa Tegal Harum"),
        (("--role", "helper", "--area", TEGAL_HARUM), "Helper of Desa Tegal Harum"),
        (("--role", "regency_officer", "--area", "51.71"), "Regency officer of Kota Denpasar"),
        (("--role", "auditor", "--area", "51"), "Auditor of Provinsi Bali"),
    ],
)
def test_the_operator_invites_to_every_office(
    home: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], printed: str
) -> None:
    assert cli.main(["staff", "invite", *given, *PHONE]) == 0
    shown = capsys.readouterr().out
    assert printed in shown
    assert LINK.search(shown)


@pytest.mark.parametrize(
    "given",
    [
        ("--role", "helper", "--area", "51.71"),
        ("--role", "auditor", "--area", TEGAL_HARUM),
        ("--role", "regency_officer", "--area", "99.99"),
        ("--role", "regency_officer", "--area", ""),
        ("--area", "51.71.03.9999"),
    ],
)
def test_an_office_is_of_an_area_of_its_kind(
    home: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    assert cli.main(["staff", "invite", *given, *PHONE]) == 1
    assert "no such" in capsys.readouterr().err


def test_the_operator_lists_ends_and_hands_over_offices(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        token = staff.invite(db, house.keys, Invited(TEGAL_HARUM, PHONE[1]), house.clock())
        who = (6_300_000_001, "Ketut Contoh")
        taken = staff.accept(db, house.keys, token, PHONE[1], who, house.clock())
        assert taken is not None
        office = taken.office.id
    assert cli.main(["staff", "list", "--area", "51.71"]) == 0
    assert office in capsys.readouterr().out
    assert cli.main(["staff", "list", "--area", "51.04"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["staff", "hand-over", office, *PHONE]) == 0
    assert LINK.search(capsys.readouterr().out)
    assert cli.main(["staff", "end", office]) == 0
    assert len(all_of(house, Outbound)) == 1, "the person will be told"
    for command in (["end", office], ["hand-over", office, *PHONE]):
        assert cli.main(["staff", *command]) == 1
    assert "nobody holds this office" in capsys.readouterr().err
