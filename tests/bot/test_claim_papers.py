"""The papers of a claim: ticked and returned, photographed, and who hears of it."""

import pytest
from sqlmodel import select

from bot import attachments, claim_views
from bot.house import House
from bot.replies import Call
from bot.stage import Stage
from rules.claims import State
from storage import claim_papers, photos, staff
from storage.database import transaction
from storage.models import ClaimPhoto
from tests.claims_on_stage import (
    AT_WORK,
    CASE,
    JKK_CASE,
    follow,
    hear,
    news,
    now_at,
    the_claim,
    told,
    verify,
    village,
)
from tests.on_stage import act, forge, labels, last, said
from tests.played import played
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

PAPERS = (*CASE, "[📄 Berkas 0/9]")
MINE = ("/klaim", "[📄 Berkas (kurang 9)]")
COMPLETE, MISSING = ("jkm", State.COMPLETE), ("jkm", State.PAPERS_MISSING)


def verified_and_followed(house: House) -> Stage:
    """A verified death that two heirs follow."""
    stage = village(house)
    told(stage)
    verify(stage)
    follow(stage, "wife", "child")
    return stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, verified_and_followed)


def states(stage: Stage) -> dict[str, str]:
    with transaction(stage.house.engine) as db:
        kept = claim_papers.of_claim(db, stage.house.keys, the_claim(stage).id)
        return {key: paper.state for key, paper in kept.items()}


def checklist(stage: Stage) -> list[str]:
    with transaction(stage.house.engine) as db:
        one = claim_views.Opened(stage.house, db, db.merge(the_claim(stage)), stage.clock())
        return [paper.key for paper in one.checklist() if paper.where != ("bpjs",)]


def test_the_last_paper_accepted_completes_the_claim_and_everybody_is_told(stage: Stage) -> None:
    act(stage, "officer", *PAPERS)
    heard: list[tuple[str, Call]] = []
    for at, _ in enumerate(checklist(stage), 1):
        assert now_at(stage) != COMPLETE, at
        heard = stage.do("officer", "[✅ Diterima]")
    assert now_at(stage) == COMPLETE
    assert news(heard) == {"wife", "child"}
    assert any("Giliran Anda" in text for text in hear(heard, "colleague"))
    assert not any("Giliran Anda" in text for text in hear(heard, "officer"))
    assert the_claim(stage).complete_on is not None


def test_a_paper_that_is_not_certain_holds_nothing_up(stage: Stage) -> None:
    verify(stage, cause=AT_WORK)
    act(stage, "officer", *JKK_CASE, "[📄 Berkas 0/13]")
    for _ in range(13):
        stage.do("officer", "[✅ Diterima]")
    assert now_at(stage) == ("jkk", State.DEAD), "an accident goes on by its second report"


def test_one_that_is_sent_back_tells_the_family_why(stage: Stage) -> None:
    act(stage, "officer", *PAPERS, "[↩️ Kembalikan]")
    heard = stage.do("officer", "[Foto tidak terbaca]")
    assert now_at(stage) == MISSING
    for whom in ("wife", "child"):
        [text] = hear(heard, whom)
        assert "Alasan: Kartu atau nomor peserta BPJS: Foto tidak terbaca" in text
    assert "Foto tidak terbaca" in said(stage, "wife", *MINE)[0]


def test_the_second_one_that_is_sent_back_tells_its_own_reason(stage: Stage) -> None:
    act(stage, "officer", *PAPERS, "[↩️ Kembalikan]", "[Foto tidak terbaca]", "[↩️ Kembalikan]")
    heard = stage.do("officer", "KTP sudah tidak berlaku, pakai yang baru")
    [text] = hear(heard, "wife")
    assert "KTP peserta: KTP sudah tidak berlaku, pakai yang baru" in text
    assert "Foto tidak terbaca" not in text


def test_of_the_family_who_notes_a_paper_is_not_told_of_it_but_the_others_are(
    stage: Stage,
) -> None:
    act(stage, "wife", *MINE)
    heard = stage.do("wife", "[✅ Sudah ada]")
    assert now_at(stage) == MISSING
    assert news(heard) == {"child"}
    assert states(stage) == {"member_card": "have"}


def test_a_complete_claim_is_incomplete_again_by_one_that_is_sent_back(stage: Stage) -> None:
    act(stage, "officer", *PAPERS, *["[✅ Diterima]"] * 8)
    assert now_at(stage) == COMPLETE
    row = the_claim(stage)
    forge(stage, "colleague", f"paper.ask:returned:{row.id}.1.{row.version}")
    heard = stage.do("colleague", "[Namanya berbeda dengan KTP]")
    assert now_at(stage) == MISSING
    assert news(heard) == {"wife", "child"}


def test_a_photo_is_wanted_in_the_turn_that_it_came_in(stage: Stage) -> None:
    act(stage, "wife", *MINE, "(foto)")
    with transaction(stage.house.engine) as db:
        [row] = db.exec(select(ClaimPhoto)).all()
        assert (row.paper, row.state) == ("member_card", "wanted")
        assert photos.file_id(stage.house.keys, row) == "f"
    assert states(stage) == {"member_card": "have"}


def test_a_fifth_photo_of_a_paper_is_declined_in_words(stage: Stage) -> None:
    act(stage, "wife", *MINE)
    for _ in range(photos.MOST_OF_PAPER):
        act(stage, "wife", "(foto)")
        row = the_claim(stage)
        assert (
            "Berkas 1 dari 9" in forge(stage, "wife", f"paper.ask:no:{row.id}.1.{row.version}")[0]
        )
    assert f"{photos.MOST_OF_PAPER} foto" in said(stage, "wife", "(foto)")[0]
    with transaction(stage.house.engine) as db:
        assert len(db.exec(select(ClaimPhoto)).all()) == photos.MOST_OF_PAPER


def test_a_photo_of_a_paper_that_was_accepted_makes_nothing_doubtful(stage: Stage) -> None:
    act(stage, "wife", *MINE)
    act(stage, "officer", *PAPERS, "[✅ Diterima]")
    act(stage, "wife", "(foto)")
    assert states(stage) == {"member_card": "accepted"}
    with transaction(stage.house.engine) as db:
        assert db.exec(select(ClaimPhoto)).all() == []


def sent_file(stage: Stage, who: str, *does: str) -> Call:
    act(stage, who, *does[:-1])
    told = stage.do(who, does[-1])
    return next(call for _, call in told if call["method"] == "sendDocument")


@pytest.mark.parametrize(
    ("who", "way"),
    [
        ("wife", ("/klaim", "[📎 Bukti pendaftaran]")),
        ("officer", (*CASE, "[📎 Lihat bukti]")),
        ("kabupaten", (*CASE, "[📎 Lihat bukti]")),
    ],
)
def test_the_file_goes_to_family_and_offices(stage: Stage, who: str, way: tuple[str, ...]) -> None:
    call = attachments.resolve(stage.house, sent_file(stage, who, *way))
    assert call["document"].input_file_content.startswith(b"%PDF")
    assert call["protect_content"] is True


def test_the_file_is_refused_where_the_office_has_ended_in_between(stage: Stage) -> None:
    call = sent_file(stage, "officer", *CASE, "[📎 Lihat bukti]")
    with transaction(stage.house.engine) as db:
        for office in staff.offices_of(db, stage.chat("officer").id):
            assert staff.end(db, office.id, stage.clock())
    refused = attachments.resolve(stage.house, call)
    assert refused["method"] == "sendMessage"
    assert "tidak bisa dibuka" in refused["text"]


def test_the_pages_of_a_paper_lead_to_the_next_and_back(stage: Stage) -> None:
    act(stage, "wife", *MINE)
    assert "Berkas 2 dari 9" in said(stage, "wife", "[➡️ Berikutnya]")[0]
    assert "Dipastikan petugas desa" in said(stage, "wife", "[⬅️ Ke klaim]")[0]
    assert "📄 Berkas (kurang 9)" in labels(last(stage, "wife"))
