"""Part two and the officer's own household: nobody rewrites a family card to decide on it."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from bot.play import shown
from bot.stage import Stage, appoint, open_stage
from storage import own_card, staff
from storage.database import transaction
from storage.models import Audit, Registration
from tests.forged.scenes import DAY, VILLAGE, signed_up

FAMILY, OTHER_FAMILY = "5171030101010009", "5171030101010008"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(DAY) as on_stage:
        for name in ("officer", "colleague"):
            appoint(on_stage, name, VILLAGE)
        appoint(on_stage, "regency", "51.71", "regency_officer")
        with transaction(on_stage.house.engine) as db:
            who = on_stage.chat("officer").id
            own_card.declare(db, on_stage.house.keys, who, "5171030303750042", FAMILY)
        on_stage.do("worker", "halo")
        signed_up(on_stage, "I Serumah Contoh", 1, warnings=("age_old",))
        yield on_stage


def row(stage: Stage) -> Registration:
    with transaction(stage.house.engine) as db:
        return db.exec(select(Registration)).one()


def said(stage: Stage, who: str, *what: str) -> str:
    """What is said to somebody after the last of these."""
    told = [stage.do(who, one) for one in what][-1]
    return "\n".join(shown(call) for whom, call in told if whom == who)


def family_card(stage: Stage, who: str, number: str) -> None:
    """Fill the family card in, and leave it at that."""
    stage.do(who, "/lengkapi")
    for _ in range(6):
        if "(KK)" in shown(stage.chat(who).said[-1]):
            break
        stage.do(who, "[Lewati]")
    stage.do(who, number)
    stage.do(who, "nanti")


def confirmed_by(stage: Stage, who: str) -> None:
    for what in ("/petugas", "[Satu per satu (1)]", "[Sahkan]", "[Ya, saya tahu]"):
        stage.do(who, what)


def test_an_officer_who_may_not_decide_may_not_rewrite_the_family_card(stage: Stage) -> None:
    family_card(stage, "worker", FAMILY)
    case = said(stage, "officer", "/petugas", "[Satu per satu (1)]")
    assert "keluarga serumah" in case
    before = row(stage).kk_hash
    stage.do("officer", "[📝 Lengkapi data]")
    family_card(stage, "officer", OTHER_FAMILY)
    assert row(stage).kk_hash == before
    confirmed_by(stage, "officer")
    assert row(stage).state == "pending"


def test_a_family_card_given_after_the_decision_marks_it_and_tells_the_regency(
    stage: Stage,
) -> None:
    confirmed_by(stage, "officer")
    assert (row(stage).state, row(stage).mark) == ("confirmed", "")
    stage.do("worker", "/lengkapi")
    family_card(stage, "worker", FAMILY)
    assert row(stage).mark == "family"
    assert "petugas yang serumah" in shown(stage.chat("regency").said[-1])
    with transaction(stage.house.engine) as db:
        found = db.exec(select(Audit).where(Audit.action == "conflict_found")).one()
    assert found.reason == "conflict=family"


def test_a_family_card_of_somebody_else_marks_nothing(stage: Stage) -> None:
    confirmed_by(stage, "officer")
    family_card(stage, "worker", OTHER_FAMILY)
    assert row(stage).mark == ""


def test_an_officer_whose_office_ended_completes_nothing_more(stage: Stage) -> None:
    for what in ("/petugas", "[Satu per satu (1)]", "[📝 Lengkapi data]"):
        stage.do("colleague", what)
    with transaction(stage.house.engine) as db:
        held = staff.offices_of(db, stage.chat("colleague").id)
        assert staff.end(db, held[0].id, stage.clock())
    assert "tidak berlaku" in said(stage, "colleague", "nanti")
    with transaction(stage.house.engine) as db:
        assert db.exec(select(Audit).where(Audit.action == "details")).all() == []
        assert db.exec(select(Audit).where(Audit.action == "refused_press")).all() != []
