"""The family's way in: the code with the own number, the pause after wrong ones, the counter."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.attachments import FORGET
from bot.house import House
from bot.stage import Stage
from storage import claim_codes, followers
from storage.claims import change
from storage.database import transaction
from storage.models import Audit, Claim
from tests.claims_on_stage import (
    CASE,
    HEIR,
    follow,
    hear,
    step,
    the_claim,
    told,
    verify,
    village,
)
from tests.on_stage import act, forge, labels, last, said
from tests.played import played
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

WRONG = "Kode dan nomor ini tidak cocok"
PAUSED = "kode baru bisa dicoba lagi"
MAKE = (*CASE, "[🔑 Beri kode]", "[🔑 Ya, buat kode]")


def verified_with_an_heir(house: House) -> Stage:
    """A verified death of which the wife was noted with the number of her phone."""
    stage = village(house)
    told(stage)
    verify(stage)
    number = stage.chat("wife").phone
    act(stage, "officer", *CASE, "[👪 Ahli waris]", "[Istri]", HEIR, number)
    return stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, verified_with_an_heir)


def code(stage: Stage) -> str:
    """The officer makes a code."""
    act(stage, "officer", *MAKE)
    return stage.claim_code


def bound(stage: Stage) -> list[int]:
    with transaction(stage.house.engine) as db:
        return [one.person_id for one in followers.followers(db, the_claim(stage).id)]


def try_wrong(stage: Stage, who: str) -> str:
    act(stage, who, "/klaim", "00000-00000")
    return said(stage, who, "(kontak)")[0]


def test_code_and_own_number_open_the_claim(stage: Stage) -> None:
    given = code(stage)
    act(stage, "wife", "/klaim", given)
    first, page = said(stage, "wife", "(kontak)")
    assert WRONG not in first
    assert "Dipastikan petugas desa" in page
    assert bound(stage) == [stage.chat("wife").id]


@pytest.mark.parametrize("typed", ["{0}-{1}", "{0} {1}", " {0} - {1}"])
@pytest.mark.parametrize("lower", [False, True])
def test_a_code_is_known_again_without_a_command(stage: Stage, typed: str, lower: bool) -> None:
    given = code(stage)
    while not any(map(str.isdigit, given)):  # one in fifty
        given = code(stage)
    text = typed.format(*given.split("-"))
    act(stage, "wife", "halo", text.casefold() if lower else text, "(kontak)")
    assert bound(stage) == [stage.chat("wife").id]


@pytest.mark.parametrize("typed", ["mohon bantu", "rumah sakit", "7QK2M X9T4", "5171031206850001"])
def test_other_words_are_no_code(stage: Stage, typed: str) -> None:
    act(stage, "wife", "halo")
    assert not any("kode klaim" in text.casefold() for text in said(stage, "wife", typed))


def test_the_code_leaves_the_officers_chat_and_cannot_be_passed_on(stage: Stage) -> None:
    act(stage, "officer", *MAKE[:-1])
    made = [call for _, call in stage.do("officer", MAKE[-1]) if FORGET in call]
    assert [call["protect_content"] for call in made] == [True]
    assert stage.claim_code in made[0]["text"]


def test_without_an_heir_no_code_is_made(house: House) -> None:
    stage = village(house)
    told(stage)
    verify(stage)
    act(stage, "officer", *CASE)
    assert "🔑 Beri kode" not in labels(last(stage, "officer"))
    row = the_claim(stage)
    forge(stage, "officer", f"claims.case:code:{row.id}.{row.version}")
    assert the_claim(stage).code_hash is None


def test_anothers_contact_a_typed_number_and_anothers_account_open_nothing(stage: Stage) -> None:
    given = code(stage)
    act(stage, "wife", given, stage.chat("wife").phone)
    act(stage, "wife", "(kontak orang lain)")
    act(stage, "stranger", given, "(kontak)")
    assert bound(stage) == []


def test_a_wrong_code_and_the_code_of_another_number_are_answered_alike(stage: Stage) -> None:
    given = code(stage)
    act(stage, "stranger", given)
    right = said(stage, "stranger", "(kontak)")
    act(stage, "nobody", "00000-00000")
    assert said(stage, "nobody", "(kontak)") == right
    assert right[0].startswith(WRONG)


def test_a_pause_follows_the_third_wrong_code_and_says_until_when(stage: Stage) -> None:
    given = code(stage)
    assert PAUSED not in try_wrong(stage, "wife")
    assert PAUSED not in try_wrong(stage, "wife")
    assert "pada 20/11 10.01" in try_wrong(stage, "wife")
    act(stage, "wife", given)
    assert PAUSED in said(stage, "wife", "(kontak)")[0]
    assert bound(stage) == []
    stage.pass_time(claim_codes.PAUSES[0])
    act(stage, "wife", given, "(kontak)")
    assert bound(stage) == [stage.chat("wife").id]


def test_who_is_bound_is_never_shut_out_by_wrong_codes(stage: Stage) -> None:
    follow(stage, "wife")
    for _ in range(5):
        act(stage, "wife", "/klaim", "[➕ Klaim lain]", "00000-00000", "(kontak)")
    assert "Dipastikan petugas desa" in said(stage, "wife", "/klaim")[0]


def test_many_wrong_codes_alarm_the_operator_once(stage: Stage) -> None:
    heard = []
    for number in range(claim_codes.ALARM + 3):
        act(stage, f"guesser{number}", "00000-00000")
        heard += hear(stage.do(f"guesser{number}", "(kontak)"), "operator")
    assert len(heard) == 1
    assert "banyak kode klaim yang salah" in heard[0]
    with transaction(stage.house.engine) as db:
        alarms = db.exec(select(Audit).where(Audit.action == "claim_code_alarm")).all()
    assert len(alarms) == 1


def test_a_lost_code_or_another_phone_is_answered_at_the_counter(stage: Stage) -> None:
    code(stage)
    act(stage, "child", "/klaim", "00000-00000")
    assert "Datang ke kantor desa" in said(stage, "child", "(kontak)")[0]
    act(stage, "officer", *CASE, "[📱 Sambung HP]")
    assert "Dipastikan petugas desa" in said(stage, "child", "(undangan)")[0]
    assert bound(stage) == [stage.chat("child").id]
    assert "sudah tidak berlaku" in said(stage, "stranger", "(undangan)")[0]


def test_a_new_code_ends_the_one_before(stage: Stage) -> None:
    before, now = code(stage), code(stage)
    act(stage, "wife", before, "(kontak)")
    assert bound(stage) == []
    act(stage, "wife", now, "(kontak)")
    assert bound(stage) == [stage.chat("wife").id]


def test_the_sum_is_told_to_a_bound_heir_and_to_an_office_alone(stage: Stage) -> None:
    follow(stage, "wife")
    step(stage, "officer", "[✅ Berkas lengkap]")
    step(stage, "officer", "[📨 Sudah diajukan]", "[Belum ada]")
    step(stage, "kabupaten", "[👍 Disetujui]")
    act(stage, "officer", *CASE, "[💰 Sudah dibayar]", "[Hari ini]", "42.000.000")
    heard = stage.do("officer", "[✅ Benar, catat]")
    assert not any("42.000.000" in text for text in hear(heard, "wife")), "only who asks is told"
    assert "42.000.000" in said(stage, "wife", "/klaim", "[💰 Berapa santunannya?]")[0]
    row = the_claim(stage)
    for whom in ("stranger", "worker", "helper", "auditor"):
        act(stage, whom, "halo")
        for data in (f"claims.case:sum:{row.id}.{row.version}", f"open:claim:{row.id}"):
            assert not any("Rp" in text for text in forge(stage, whom, data))
    shown = forge(stage, "kabupaten", f"claims.case:sum:{row.id}.{row.version}")
    assert "42.000.000" in shown[0]


def test_a_code_of_a_claim_that_changed_meanwhile_is_not_made(stage: Stage) -> None:
    act(stage, "officer", *CASE, "[🔑 Beri kode]")
    with transaction(stage.house.engine) as db:
        assert change(db, db.get_one(Claim, the_claim(stage).id), stage.clock(), late=1)
    stage.pass_time(timedelta(0))
    act(stage, "officer", "[🔑 Ya, buat kode]")
    assert the_claim(stage).code_hash is None
