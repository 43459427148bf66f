"""The same told again, and very much told by one account."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.house import House
from bot.stage import Stage
from storage import evidence, reports, sessions
from storage.database import transaction
from storage.models import Claim, Person
from tests.claims_on_stage import CASE, follow, signed_up, verify, village
from tests.on_stage import act, labels, last, said
from tests.people import WAYAN
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

ENOUGH = "Dari akun ini sudah ada beberapa kabar hari ini"
FORM = ("[Lewati]", "[Hari ini]", "[Sakit atau karena usia]", "[Istri]", "Ni Made Contoh")


@pytest.fixture
def stage(house: House) -> Stage:
    return village(house)


def tell(stage: Stage, who: str, name: str = WAYAN.name) -> list[str]:
    """Tell a death; the answer to who told it."""
    return said(stage, who, "/meninggal", "Tegal Harum", name, *FORM, "(kontak)", "[Benar, kirim]")


def told(stage: Stage) -> int:
    with transaction(stage.house.engine) as db:
        return len(db.exec(select(Claim)).all())


def test_the_officers_page_names_who_told_it_again_and_the_list_holds_it_once(
    stage: Stage,
) -> None:
    for whom in ("wife", "child"):
        tell(stage, whom)
    act(stage, "officer", CASE[0])
    assert [text for text in labels(last(stage, "officer")) if "JKM" in text] == [CASE[1][1:-1]]
    [text] = said(stage, "officer", CASE[1])
    assert f"Dikabarkan oleh: Ni Made Contoh · ••••{stage.chat('wife').phone[-3:]}" in text
    assert f"Juga dikabarkan oleh: Ni Made Contoh · ••••{stage.chat('child').phone[-3:]}" in text
    assert text.count("Juga dikabarkan") == 1


def test_of_many_who_told_it_again_the_newest_are_named(stage: Stage) -> None:
    for number in range(8):
        tell(stage, f"neighbour{number}")
    [text] = said(stage, "officer", *CASE)
    assert text.count("Juga dikabarkan oleh") == 5
    assert f"••••{stage.chat('neighbour7').phone[-3:]}" in text


def test_what_was_told_again_takes_nothing_from_the_evidence_of_a_claim(stage: Stage) -> None:
    tell(stage, "wife")
    verify(stage)
    id, keys = signed_up(stage).id, stage.house.keys
    with transaction(stage.house.engine) as db:
        before = len(evidence.load(db, keys, id))
    tell(stage, "child")
    with transaction(stage.house.engine) as db:
        assert len(evidence.load(db, keys, id)) == before
    assert told(stage) == 2


def test_the_family_sees_the_claim_that_was_told_first_alone(stage: Stage) -> None:
    tell(stage, "wife")
    verify(stage)
    with transaction(stage.house.engine) as db:
        first = db.exec(select(Claim)).one().id
    follow(stage, "child")
    tell(stage, "neighbour")
    page = said(stage, "child", "/klaim")[0]
    assert "Dipastikan petugas desa" in page
    with transaction(stage.house.engine) as db:
        assert len(reports.told_again(db, stage.house.keys, db.get_one(Claim, first))) == 1


def test_an_account_tells_of_five_people_a_day_and_of_no_more(stage: Stage) -> None:
    for number in range(reports.MOST_TOLD):
        assert ENOUGH not in tell(stage, "teller", f"I Ketut Rekaan {'abcdef'[number]}")[0]
    [text] = said(stage, "teller", "/meninggal")
    assert text.startswith(ENOUGH)
    assert "kantor desa" in text
    assert ENOUGH in said(stage, "teller", "/kecelakaan")[0]
    assert told(stage) == reports.MOST_TOLD
    assert ENOUGH not in tell(stage, "wife")[0]
    stage.pass_time(timedelta(hours=24))
    assert ENOUGH not in tell(stage, "teller")[0]


def test_a_form_that_was_open_when_it_was_enough_is_not_sent_either(stage: Stage) -> None:
    act(stage, "teller", "/meninggal", "Tegal Harum", WAYAN.name, *FORM, "(kontak)")
    with transaction(stage.house.engine) as db:
        kept = sessions.load(db, stage.house.keys, stage.chat("teller").id, "death")
    assert kept is not None
    act(stage, "teller", "[Benar, kirim]")
    for number in range(reports.MOST_TOLD - 1):
        tell(stage, "teller", f"I Ketut Rekaan {'abcdef'[number]}")
    with transaction(stage.house.engine) as db:
        row = db.get_one(Person, stage.chat("teller").id)
        row.slot, row.turn = "death", kept.turn
        sessions.save(db, stage.house.keys, row, kept, stage.clock())
    assert ENOUGH in said(stage, "teller", "Benar, kirim")[0]
    assert told(stage) == reports.MOST_TOLD


@pytest.mark.parametrize("who", ["officer", "kabupaten"])
def test_an_officer_tells_of_as_many_as_there_are(stage: Stage, who: str) -> None:
    for number in range(reports.MOST_TOLD + 2):
        assert ENOUGH not in tell(stage, who, f"I Ketut Rekaan {'abcdefgh'[number]}")[0]
    assert told(stage) == reports.MOST_TOLD + 2


def test_a_helper_is_no_officer(stage: Stage) -> None:
    for number in range(reports.MOST_TOLD):
        tell(stage, "helper", f"I Ketut Rekaan {'abcdef'[number]}")
    assert ENOUGH in said(stage, "helper", "/meninggal")[0]
