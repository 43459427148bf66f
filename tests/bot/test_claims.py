"""The officers of a claim: who handles it, what verifying it does, and two who do it at once."""

from datetime import timedelta

import pytest

from bot.house import House
from bot.stage import Stage
from rules.claims import State
from storage import followers
from storage.database import transaction
from tests.claims_on_stage import (
    ANEW,
    AT_WORK,
    CASE,
    HEIR,
    HEIR_PHONE,
    ILLNESS,
    JKK_CASE,
    TODAY,
    TRUE,
    VERIFY,
    facts,
    hear,
    named_an_heir,
    now_at,
    signed_up,
    step,
    the_claim,
    verify,
    village_of_a_death,
)
from tests.on_stage import act, forge, labels, last, said
from tests.steps import audited
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

REPORTED, VERIFIED = ("jkm", State.REPORTED), ("jkm", State.VERIFIED)


@pytest.fixture
def stage(house: House) -> Stage:
    """A death was told."""
    return village_of_a_death(house)


@pytest.mark.parametrize(
    ("who", "role"), [("officer", "village_officer"), ("kabupaten", "regency_officer")]
)
def test_an_officer_of_the_village_or_the_regency_verifies(
    stage: Stage, who: str, role: str
) -> None:
    heard = verify(stage, who)
    assert now_at(stage) == VERIFIED
    assert "dipastikan" in hear(heard, who)[0]
    assert audited(stage.house, "claim_moved")[-1].role == role
    assert {one.role for one in audited(stage.house, "saw_claim")} == {role}
    assert facts(stage)["heir"] == "wife"


@pytest.mark.parametrize("who", ["helper", "auditor", "stranger"])
def test_nobody_else_sees_claims(stage: Stage, who: str) -> None:
    act(stage, who, "halo")
    assert "hanya untuk petugas" in said(stage, who, CASE[0])[0]
    assert "bukan dari wilayah Anda" in forge(stage, who, f"open:claims:{the_claim(stage).id}")[0]
    assert now_at(stage) == REPORTED


def test_of_two_who_verify_at_once_one_does_and_the_other_sees_what_became_of_it(
    stage: Stage,
) -> None:
    way = (*CASE, VERIFY, ILLNESS, "[Hari ini]", "[Istri]", "[Tidak, atau tidak tahu]")
    act(stage, "colleague", *CASE, VERIFY, AT_WORK, "[Hari ini]", "[Anak]")
    act(stage, "colleague", "[Tidak, atau tidak tahu]")
    act(stage, "officer", *way, TRUE)
    before = the_claim(stage)
    [text] = said(stage, "colleague", TRUE)
    assert the_claim(stage).version == before.version
    assert facts(stage)["heir"] == "wife"
    assert "Dipastikan petugas desa" in text
    assert len(audited(stage.house, "claim_moved")) == 1


def test_a_page_that_is_out_of_date_takes_no_step(stage: Stage) -> None:
    act(stage, "colleague", *CASE)
    step(stage, "officer", "[❌ Tidak benar]", "orangnya masih sehat")
    [text] = said(stage, "colleague", VERIFY)
    assert "Kabar tidak benar" in text
    assert now_at(stage) == ("jkm", State.FALSE_REPORT)


def test_verifying_notes_the_death_and_ends_the_membership_after_ten_minutes(
    stage: Stage,
) -> None:
    verify(stage)
    row = signed_up(stage)
    assert (row.left_why, row.left_on, row.state) == ("died", TODAY, "active")
    heard = stage.pass_time(timedelta(minutes=11))
    assert signed_up(stage).state == "ended"
    assert any("meninggal" in text for text in hear(heard, "worker"))
    verify(stage, cause="[Kecelakaan, bukan karena kerja]")
    assert signed_up(stage).state == "ended", "the cause alone was put right"


def test_the_regency_verifies_but_the_village_notes_the_departure(stage: Stage) -> None:
    verify(stage, "kabupaten")
    assert signed_up(stage).left_why == ""


def test_the_heir_named_at_sign_up_may_follow_without_being_noted_again(stage: Stage) -> None:
    named_an_heir(stage)
    verify(stage)
    keys = stage.house.keys
    with transaction(stage.house.engine) as db:
        [heir] = followers.heirs(db, the_claim(stage).id)
        assert (followers.name(keys, heir), followers.phone(keys, heir)) == (HEIR, HEIR_PHONE)
    assert HEIR in said(stage, "officer", *CASE)[0]


@pytest.mark.parametrize(
    ("said_then", "noted"), [("spouse", "Istri"), ("child", "Anak"), ("other", "Orang lain")]
)
def test_the_heir_named_at_sign_up_is_what_was_named_then(
    stage: Stage, said_then: str, noted: str
) -> None:
    named_an_heir(stage, heir_relation=said_then)
    verify(stage)
    assert f"{HEIR} ({noted})" in said(stage, "officer", *CASE)[0]


@pytest.mark.parametrize("missing", ["heir_name", "heir_phone"])
def test_an_heir_who_was_named_by_half_is_not_noted(stage: Stage, missing: str) -> None:
    named_an_heir(stage, **{missing: "skip"})
    verify(stage)
    with transaction(stage.house.engine) as db:
        assert followers.heirs(db, the_claim(stage).id) == []


def test_a_wrong_cause_is_put_right_both_ways(stage: Stage) -> None:
    verify(stage, cause=AT_WORK)
    assert now_at(stage) == ("jkk", State.DEAD)
    assert "F3 KK1" in said(stage, "officer", *JKK_CASE)[0]
    verify(stage, case=JKK_CASE[1])
    assert now_at(stage) == VERIFIED
    assert "F3 KK1" not in said(stage, "officer", *CASE)[0]
    verify(stage, "colleague", cause=AT_WORK)
    assert now_at(stage) == ("jkk", State.DEAD)
    assert signed_up(stage).left_why == "died"


def test_a_cause_cannot_be_put_right_once_the_branch_has_the_papers(stage: Stage) -> None:
    verify(stage)
    step(stage, "officer", "[✅ Berkas lengkap]")
    assert ANEW[1:-1] not in labels(last(stage, "officer"))
    row = the_claim(stage)
    forge(stage, "officer", f"claims.case:verify:{row.id}.{row.version}")
    assert now_at(stage) == ("jkm", State.COMPLETE)


def test_a_button_of_an_older_page_is_good_as_long_as_nothing_has_changed(stage: Stage) -> None:
    act(stage, "officer", *CASE)
    act(stage, "officer", "/cari")
    assert "Apa sebab meninggalnya" in said(stage, "officer", VERIFY)[0]


def test_a_button_of_an_older_page_opens_the_page_anew_after_a_change(stage: Stage) -> None:
    act(stage, "officer", *CASE)
    row = the_claim(stage)
    old = f"claims.case:verify:{row.id}.{row.version}"
    verify(stage, "colleague")
    act(stage, "officer", "/cari")
    [text] = forge(stage, "officer", old)
    assert "Dipastikan petugas desa" in text
    assert now_at(stage) == VERIFIED


def test_whose_death_it_is_can_be_said_while_nobody_knows(stage: Stage) -> None:
    with transaction(stage.house.engine) as db:
        row = db.merge(the_claim(stage))
        row.registration_id = None
    act(stage, "officer", *CASE, "[🔎 Siapa orangnya?]")
    assert "Tidak ada yang cocok" in said(stage, "officer", "Zzz")[0]
    assert "Ini yang cocok" in said(stage, "officer", "Wayan")[0]
    code = signed_up(stage).code
    act(stage, "officer", f"[I Wayan Contoh · {code} ✅]")
    assert the_claim(stage).registration_id == signed_up(stage).id
    assert audited(stage.house, "claim_person")[0].reason == signed_up(stage).id


def test_numbers_are_shown_in_a_pop_up_and_on_record(stage: Stage) -> None:
    named_an_heir(stage)
    verify(stage)
    act(stage, "officer", *CASE)
    [(_, call)] = stage.do("officer", "[☎️ Lihat nomor]")
    assert (call["method"], call["show_alert"]) == ("answerCallbackQuery", True)
    assert HEIR_PHONE in call["text"]
    assert len(audited(stage.house, "saw_phone")) == 1
