"""Reminders before funding ends and before arrears end a membership: when, to whom, what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import delete, select

from bot.stage import Stage, enlist, open_stage
from rules.registration import State
from storage import registrations
from storage.database import transaction
from storage.models import Contribution, Member, Timer
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import plain_text
from tests.on_stage import act, labels, last, said
from tests.people import WAYAN, Person, given, submission

BALI, WEST = ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Pontianak")
TODAY = date(2026, 11, 20)
IN_THE_WEST = "61.07.01.2001"
FUNDING, ARREARS = "🔔 Iuran", "⚠️"
HALF, FULL = "Rp8.400 sebulan", "Rp16.800 sebulan"
numbers = count(1)


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    """One stage for all, as every test has people of its own."""
    with open_stage(TODAY) as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """Friday 20 November 2026, ten in the morning in Bali, and nothing is due to anybody."""
    shared.clock.moment = datetime(2026, 11, 20, 2, tzinfo=UTC)
    with transaction(shared.house.engine) as db:
        db.exec(delete(Timer))
    return shared


def sign_up(stage: Stage, work: str = "petani", village: str = TEGAL_HARUM) -> str:
    """Somebody new, with what a finished sign-up leaves behind."""
    number = next(numbers)
    who, nik = f"worker{number}", f"517103120685{number:04}"
    act(stage, who, "halo")
    values = {"nik": nik, "name": WAYAN.name, "occupation": work}
    new = submission(
        Person(nik, WAYAN.name),
        {f"enrolment.{name}": given(value) for name, value in values.items()},
        programme="denpasar" if village == TEGAL_HARUM else "bengkayang",
        village=village,
        typed_by=stage.chat(who).id,
    )
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())
    return who


def pay(stage: Stage, who: str, months: int) -> None:
    """Write down the first so many months of a membership; what is said of that is read."""
    enlist(stage, who, f"{stage.chat(who).id:011}", TODAY.isoformat(), str(months))
    stage.pass_time(timedelta(0))
    with transaction(stage.house.engine) as db:
        db.exec(delete(Timer).where(Timer.kind == "working"))  # the yearly question


def member(stage: Stage, months: int = 2, work: str = "petani") -> str:
    """Somebody new who is a member since today, with so many months paid."""
    who = sign_up(stage, work)
    pay(stage, who, months)
    return who


def until(stage: Stage, moment: str, zone: ZoneInfo = BALI) -> list[tuple[str, str]]:
    """Let it become this moment in the village; who is told what then."""
    span = datetime.fromisoformat(moment).replace(tzinfo=zone) - stage.clock()
    assert span > timedelta(0), moment
    return [(whom, plain_text(call)) for whom, call in stage.pass_time(span)]


def only_told(told: list[tuple[str, str]]) -> str:
    [(_, text)] = told
    return text


def test_four_reminders_are_said_at_eight_in_the_village_each_once(stage: Stage) -> None:
    who = member(stage)
    days = {
        "2026-12-01": (FUNDING, "31 Desember 2026"),
        "2026-12-24": (FUNDING, "31 Desember 2026"),
        "2027-03-01": (ARREARS, "31 Maret 2027"),
        "2027-03-24": (ARREARS, "31 Maret 2027"),
    }
    for day, (kind, last_day) in days.items():
        assert until(stage, f"{day} 07:59") == []
        [(whom, text)] = until(stage, f"{day} 08:00")
        assert whom == who
        assert text.startswith(kind)
        assert WAYAN.name in text
        assert last_day in text
        assert until(stage, f"{day} 23:59") == []
    assert until(stage, "2027-12-31 12:00") == []


def test_eight_oclock_is_that_of_the_village_not_of_the_bot(stage: Stage) -> None:
    pay(stage, sign_up(stage, village=IN_THE_WEST), 2)
    assert until(stage, "2026-12-01 07:59", WEST) == []
    assert only_told(until(stage, "2026-12-01 08:00", WEST)).startswith(FUNDING)


def test_a_reminder_leads_to_the_own_cover_and_to_paying_on_alone(stage: Stage) -> None:
    who = member(stage)
    until(stage, "2026-12-01 08:00")
    assert labels(last(stage, who)) == ["🛡 Manfaat saya", "Lanjut bayar sendiri"]
    assert f"{WAYAN.name} terlindungi" in said(stage, who, "[Manfaat saya]")[0]
    until(stage, "2026-12-24 08:00")
    assert HALF in said(stage, who, "[Lanjut bayar sendiri]")[0]


def test_more_months_paid_move_the_reminders(stage: Stage) -> None:
    who = member(stage)
    only_told(until(stage, "2026-12-01 08:00"))
    pay(stage, who, 4)
    assert until(stage, "2027-01-28 23:59") == []
    assert "28 Februari 2027" in only_told(until(stage, "2027-01-29 08:00"))
    pay(stage, who, 6)
    assert until(stage, "2027-03-31 07:59") == []
    assert "30 April 2027" in only_told(until(stage, "2027-03-31 08:00"))


def test_arrears_that_are_paid_begin_the_round_anew(stage: Stage) -> None:
    who = member(stage, 1)
    until(stage, "2026-11-23 08:00")
    assert ARREARS in only_told(until(stage, "2027-01-29 08:00"))
    pay(stage, who, 5)
    text = only_told(until(stage, "2027-03-01 08:00"))
    assert text.startswith(FUNDING)
    assert "31 Maret 2027" in text


def test_the_price_is_that_of_the_month_after_for_this_kind_of_work(stage: Stage) -> None:
    prices = (
        ("2026-11-23", HALF, HALF),  # December 2026
        ("2026-12-01", FULL, HALF),  # January 2027
        ("2027-01-01", FULL, HALF),  # February 2027
        ("2027-01-29", FULL, HALF),  # March 2027
        ("2027-03-01", FULL, FULL),  # April 2027
    )
    farmer, driver = sign_up(stage), sign_up(stage, "ojek")
    for months, (day, of_farmer, of_driver) in enumerate(prices, start=1):
        pay(stage, farmer, months)
        pay(stage, driver, months)
        told = dict(until(stage, f"{day} 08:00"))
        assert of_farmer in told[farmer], day
        assert of_driver in told[driver], day


def test_what_is_owed_is_the_price_of_all_the_months_in_arrears(stage: Stage) -> None:
    farmer, driver = member(stage, 1), member(stage, 1, "ojek")
    until(stage, "2026-11-23 08:00")
    told = dict(until(stage, "2027-01-29 08:00"))
    assert "Rp25.200 untuk 2 bulan" in told[farmer]  # December 2026 and January 2027
    assert "Rp16.800 untuk 2 bulan" in told[driver]
    told = dict(until(stage, "2027-02-21 08:00"))
    assert "Rp42.000 untuk 3 bulan" in told[farmer]
    assert "Rp25.200 untuk 3 bulan" in told[driver]


def test_work_in_own_words_pays_the_price_of_most(stage: Stage) -> None:
    member(stage, work="tukang ojek pangkalan")
    assert FULL in only_told(until(stage, "2026-12-01 08:00"))


def test_a_bot_that_was_down_says_it_late_and_once(stage: Stage) -> None:
    member(stage)
    assert "31 Desember 2026" in only_told(until(stage, "2026-12-05 15:00"))
    assert until(stage, "2026-12-24 07:59") == []
    only_told(until(stage, "2026-12-24 08:00"))


def test_who_missed_both_reminders_hears_one(stage: Stage) -> None:
    member(stage)
    only_told(until(stage, "2026-12-31 20:00"))
    assert until(stage, "2027-02-28 23:59") == []
    assert only_told(until(stage, "2027-03-01 08:00")).startswith(ARREARS)


def test_nothing_is_said_of_a_day_that_has_passed(stage: Stage) -> None:
    member(stage)
    assert until(stage, "2027-01-01 00:00") == []
    assert only_told(until(stage, "2027-03-01 08:00")).startswith(ARREARS)
    assert until(stage, "2027-04-01 00:00") == []
    with transaction(stage.house.engine) as db:
        assert db.exec(select(Timer).where(Timer.kind == "reminder")).all() == []


@pytest.mark.parametrize(
    ("written_down", "day"),
    [("2026-11-20 12:00", "2026-11-23"), ("2026-11-26 12:00", "2026-11-27")],
)
def test_months_written_down_late_are_reminded_of_on_the_next_morning_that_is_due(
    stage: Stage, written_down: str, day: str
) -> None:
    who = sign_up(stage)
    until(stage, written_down)
    pay(stage, who, 1)
    assert until(stage, f"{day} 07:59") == []
    assert "30 November 2026" in only_told(until(stage, f"{day} 08:00"))
    assert until(stage, "2027-01-28 23:59") == []


def test_months_written_down_on_their_last_day_are_not_reminded_of_after_it(stage: Stage) -> None:
    who = sign_up(stage)
    until(stage, "2026-11-30 12:00")
    pay(stage, who, 1)
    assert until(stage, "2027-01-28 23:59") == []
    assert only_told(until(stage, "2027-01-29 08:00")).startswith(ARREARS)


def test_who_is_no_member_any_more_hears_nothing(stage: Stage) -> None:
    who, other = member(stage), member(stage)
    with transaction(stage.house.engine) as db:
        [left] = registrations.of_person(db, stage.chat(who).id)
        db.get_one(Member, left.id).ended_on = date(2026, 11, 25)
        [over] = registrations.of_person(db, stage.chat(other).id)
        over.state = State.ENDED
    assert until(stage, "2026-12-01 08:00") == []
    assert until(stage, "2027-12-31 12:00") == []


def test_who_never_paid_a_month_hears_nothing(stage: Stage) -> None:
    member(stage)
    with transaction(stage.house.engine) as db:
        for month in db.exec(select(Contribution)).all():
            db.delete(month)
    assert until(stage, "2027-12-31 12:00") == []
