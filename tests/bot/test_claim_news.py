"""What is said of a claim unasked: at what hour, when a state is late, and when nobody listens."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.house import House
from bot.stage import Stage
from rules.claims import State
from storage import claims
from storage.claims import Moved, Pen
from storage.database import transaction
from storage.models import Claim
from tests.claims_on_stage import (
    ILLNESS,
    OFFICER,
    TODAY,
    Told,
    follow,
    hear,
    news,
    now_at,
    signed_up,
    step,
    the_claim,
    verify,
    village_of_a_death,
)
from tests.on_stage import said
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

LATE = "lebih lama dari seharusnya"
PAST_DUE = "melewati batas waktunya"
PAST_THE_YEAR = timedelta(days=305)  # when a member is asked whether there is work still
CALL = "Belum ada keluarga yang mengikuti"


@pytest.fixture
def stage(house: House) -> Stage:
    """A death was told; the wife follows."""
    return village_of_a_death(house)


def until(stage: Stage, moment: datetime) -> Told:
    return stage.pass_time(moment - stage.clock.moment)


def is_late(stage: Stage) -> Told:
    """The present state passes its limit; what is said by then."""
    due = the_claim(stage).due_at
    assert due is not None
    return until(stage, due + timedelta(hours=10))


def test_several_heirs_are_each_told_and_who_did_it_is_not(stage: Stage) -> None:
    follow(stage, "wife", "child", "officer")
    heard = verify(stage)
    assert news(heard) == {"wife", "child"}
    assert "Dipastikan petugas desa" in hear(heard, "wife")[0]
    assert hear(heard, "wife") == hear(heard, "child")


@pytest.mark.parametrize(
    ("hour", "morning"),
    [
        (13, datetime(2026, 11, 20, 23, tzinfo=UTC)),
        (17, datetime(2026, 11, 20, 23, tzinfo=UTC)),
        (22, datetime(2026, 11, 20, 23, tzinfo=UTC)),
    ],
)
def test_news_waits_at_night_for_the_morning_of_the_village(
    stage: Stage, hour: int, morning: datetime
) -> None:
    follow(stage, "wife")
    stage.clock.moment = datetime(2026, 11, 20, hour, tzinfo=UTC)
    assert news(verify(stage)) == set()
    assert news(until(stage, morning - timedelta(seconds=1))) == set()
    assert news(until(stage, morning + timedelta(seconds=1))) == {"wife"}


def test_a_late_state_is_told_to_village_and_regency_then_to_the_operator(stage: Stage) -> None:
    follow(stage, "wife")
    verify(stage)
    first = is_late(stage)
    for whom in ("officer", "colleague", "kabupaten"):
        assert any(PAST_DUE in text for text in hear(first, whom)), whom
    assert not any(PAST_DUE in text for text in hear(first, "operator"))
    assert any(LATE in text for text in hear(first, "wife"))
    second = is_late(stage)
    for whom in ("kabupaten", "operator"):
        assert any(PAST_DUE in text for text in hear(second, whom)), whom
    for whom in ("officer", "colleague"):
        assert not any(PAST_DUE in text for text in hear(second, whom)), whom
    assert any(LATE in text for text in hear(second, "wife"))
    assert the_claim(stage).late == 2


@pytest.mark.parametrize("who", ["helper", "auditor", "worker"])
def test_nobody_without_the_office_hears_of_a_late_claim(stage: Stage, who: str) -> None:
    verify(stage)
    assert not any(PAST_DUE in text for text in hear(is_late(stage), who))


def test_a_claim_that_went_on_is_not_late_any_more(stage: Stage) -> None:
    follow(stage, "wife")
    verify(stage)
    is_late(stage)
    step(stage, "officer", "[✅ Berkas lengkap]")
    assert the_claim(stage).late == 0
    assert any(PAST_DUE in text for text in hear(is_late(stage), "officer"))


def test_a_family_hears_within_five_working_days_that_nothing_moved(stage: Stage) -> None:
    follow(stage, "wife")
    verify(stage)
    step(stage, "officer", "[✅ Berkas lengkap]")
    step(stage, "officer", "[📨 Sudah diajukan]", "[Belum ada]")
    with transaction(stage.house.engine) as db:
        row = db.get_one(Claim, the_claim(stage).id)
        row.due_at = None
    heard = until(stage, datetime(2026, 11, 27, 1, tzinfo=UTC))
    assert any("kami masih memantau" in text for text in hear(heard, "wife"))


def test_where_nobody_follows_the_officers_are_asked_to_call(stage: Stage) -> None:
    verify(stage)
    heard = is_late(stage)
    for whom in ("officer", "colleague"):
        assert any(CALL in text for text in hear(heard, whom))
    assert not any(CALL in text for text in hear(heard, "kabupaten"))


def test_where_somebody_follows_nobody_need_call(stage: Stage) -> None:
    verify(stage)
    follow(stage, "wife")
    assert not any(CALL in text for text in hear(is_late(stage), "officer"))


def test_a_claim_that_is_over_is_never_late(stage: Stage) -> None:
    follow(stage, "wife")
    step(stage, "officer", "[❌ Tidak benar]", "orangnya masih sehat")
    assert now_at(stage) == ("jkm", State.FALSE_REPORT)
    heard = stage.pass_time(timedelta(days=60))
    assert not any("laim" in text for text in hear(heard, "wife") + hear(heard, "kabupaten"))


def test_a_rejection_tells_the_reason_and_the_way_to_object(stage: Stage) -> None:
    follow(stage, "wife")
    verify(stage)
    step(stage, "officer", "[✅ Berkas lengkap]")
    step(stage, "officer", "[📨 Sudah diajukan]", "JKM/0123/XI/2026")
    heard = step(stage, "kabupaten", "[⛔ Ditolak BPJS]", "iuran bulan Oktober belum masuk")
    [text] = hear(heard, "wife")
    assert "Alasan: iuran bulan Oktober belum masuk" in text
    assert "JKM/0123/XI/2026" in said(stage, "wife", "/klaim")[0]


def test_reminders_of_the_sign_up_rest_and_come_back_after_a_false_report(stage: Stage) -> None:
    heard = stage.pass_time(PAST_THE_YEAR)
    assert not any("masih bekerja" in text for text in hear(heard, "worker"))
    step(stage, "officer", "[❌ Tidak benar]", "orangnya masih sehat")
    heard = stage.pass_time(timedelta(days=2))
    assert any("masih bekerja" in text for text in hear(heard, "worker"))
    assert signed_up(stage).state == "active"


def test_a_step_that_somebody_else_took_first_tells_nobody_twice(stage: Stage) -> None:
    follow(stage, "wife")
    with transaction(stage.house.engine) as one:
        mine = one.get_one(Claim, the_claim(stage).id)
        one.expunge(mine)
    assert news(verify(stage, cause=ILLNESS)) == {"wife"}
    with transaction(stage.house.engine) as db:
        pen = Pen(stage.house.keys, OFFICER, stage.clock())
        assert not claims.move(
            db, pen, db.merge(mine, load=False), Moved(State.FALSE_REPORT, TODAY)
        )
    assert news(stage.pass_time(timedelta(0))) == set()
