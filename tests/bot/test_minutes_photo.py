"""The photo of the minutes: seen from a person's page and from the history, on record."""

from datetime import date

import pytest
from sqlmodel import select

from bot.house import House
from bot.stage import Stage, appoint
from storage import minutes
from storage.audit import Actor
from storage.database import transaction
from storage.minutes import Record
from storage.models import Audit, Registration
from tests.bot.test_open_cards import row
from tests.forged.scenes import CASE, VILLAGE, signed_up
from tests.on_stage import forge, labels, last, over
from tests.played import played

PAGE = ("/cari", "Ragu")
SEE = "[📷 Lihat foto]"


def with_minutes(house: House) -> Stage:
    """A confirmed sign-up with minutes and a photo; an officer, an auditor, and others."""
    on_stage = over(house)
    appoint(on_stage, "officer", VILLAGE)
    appoint(on_stage, "auditor", "51.71", "auditor")
    appoint(on_stage, "regency", "51.71", "regency_officer")
    appoint(on_stage, "helper", VILLAGE, "helper")
    appoint(on_stage, "elsewhere", "51.71.03.2009")
    on_stage.do("worker", "halo")
    signed_up(on_stage, "I Ragu Contoh", 2, warnings=("age_old",))
    for what in (*CASE, "[Sahkan]", "[Ya, saya tahu]"):
        on_stage.do("officer", what)
    with transaction(house.engine) as db:
        new = Record(VILLAGE, "12/BA/XI/2026", date(2026, 11, 18), "the-file")
        who = Actor(on_stage.chat("officer").id, "village_officer")
        assert minutes.record(db, house.keys, new, None, who, on_stage.clock()) == 1
    return on_stage


@pytest.fixture
def stage(house: House) -> Stage:
    """The same, played once."""
    return played(house, with_minutes)


def photos(stage: Stage, who: str, *does: str) -> list[dict[str, object]]:
    """The photos sent to somebody after the last."""
    for what in does:
        told = stage.do(who, what)
    return [call for _, call in told if call["method"] == "sendPhoto"]


def on_record(stage: Stage, action: str) -> list[tuple[int, str]]:
    with transaction(stage.house.engine) as db:
        rows = db.exec(select(Audit).where(Audit.action == action).order_by(Audit.id)).all()
        return [(one.actor_id, one.role) for one in rows]


def test_the_officer_sees_the_photo_from_the_page_which_stays_open(stage: Stage) -> None:
    [photo] = photos(stage, "officer", *PAGE, SEE)
    assert (photo["photo"], photo["protect_content"]) == ("the-file", True)
    assert "12/BA/XI/2026" in str(photo["caption"])
    assert len(photos(stage, "officer", SEE)) == 1
    assert on_record(stage, "saw_minutes") == [(stage.chat("officer").id, "village_officer")] * 2
    stage.do("officer", "[Ada perubahan]")
    assert "Apa yang terjadi" in last(stage, "officer")["text"]


def test_who_reads_the_audit_sees_the_photo_from_the_history(stage: Stage) -> None:
    code = row(stage).code
    for what in ("/kursi", "[📜 Riwayat satu pendaftaran]", code):
        stage.do("auditor", what)
    assert "📷 Lihat foto berita acara" in labels(last(stage, "auditor"))
    [photo] = photos(stage, "auditor", "[📷 Lihat foto berita acara]")
    assert photo["protect_content"] is True
    assert on_record(stage, "saw_minutes") == [(stage.chat("auditor").id, "auditor")]


@pytest.mark.parametrize("who", ["worker", "stranger", "helper", "elsewhere"])
def test_a_forged_press_shows_nobody_else_the_photo(stage: Stage, who: str) -> None:
    stage.do(who, "halo")
    said = forge(stage, who, f"open:minutes_photo:{row(stage).id}")
    assert "sudah tidak berlaku" in said[-1]
    assert on_record(stage, "saw_minutes") == []
    assert [one for one, _ in on_record(stage, "refused_press")] == [stage.chat(who).id]


def test_minutes_without_a_photo_offer_none(stage: Stage) -> None:
    with transaction(stage.house.engine) as db:
        found = db.exec(select(Registration)).one()
        kept = minutes.of_registration(db, found)
        assert kept is not None
        kept.photo_sealed = None
        db.add(kept)
    for what in PAGE:
        stage.do("officer", what)
    assert SEE[1:-1] not in labels(last(stage, "officer"))
    assert "tidak punya foto" in forge(stage, "officer", f"open:minutes_photo:{found.id}")[-1]
