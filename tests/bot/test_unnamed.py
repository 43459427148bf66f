"""What the morning brings: villages that named nobody, offers that end today, cards that lie."""

from datetime import UTC, date, datetime, timedelta

from bot import timers
from bot.replies import Call
from bot.stage import Stage, appoint, enlist
from rules import areas
from rules.registration import State
from storage import programmes, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from tests.bot.test_overview import line_of, pending
from tests.bot.test_overview import stage as stage
from tests.bot.test_waiting import PEOPLE, joined, row_of, withdraw
from tests.conftest import TEGAL_HARUM
from tests.on_stage import said
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

OTHER_VILLAGE = "51.71.03.2009"
GIANYAR_VILLAGE = "51.04.01.2001"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)  # eight in the morning in Bali


def morning(stage: Stage, day: datetime = MONDAY) -> list[tuple[str, Call]]:
    """Let it be that morning; who is told what. What is due before is said before."""
    timers.begin(stage.house)
    stage.pass_time(timedelta(0))
    stage.clock.moment = day - timedelta(minutes=1)
    stage.pass_time(timedelta(0))
    return stage.pass_time(timedelta(minutes=2))


def of(name: str, told_now: list[tuple[str, Call]]) -> list[str]:
    return [call["text"] for whom, call in told_now if whom == name]


def test_on_monday_the_villages_that_named_nobody_are_told_how_to_begin(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    appoint(stage, "helper", TEGAL_HARUM, "helper")
    appoint(stage, "other", OTHER_VILLAGE)
    appoint(stage, "elsewhere", GIANYAR_VILLAGE)
    appoint(stage, "regency", "51.71", "regency_officer")
    appoint(stage, "auditor", "51.71", "auditor")
    pending(stage, "a", 0, OTHER_VILLAGE)
    said_now = morning(stage)
    [kind_word] = of("officer", said_now)
    assert "Desa Tegal Harum belum ada pendaftaran" in kind_word
    assert "<b>2</b> kursi" in kind_word
    assert not any("belum ada pendaftaran" in text for text in of("other", said_now))
    assert of("elsewhere", said_now) == of("helper", said_now) == of("auditor", said_now) == []
    desa = sum(village.kind == "desa" for village in areas.villages("51.71"))
    [count] = of("regency", said_now)
    assert f"<b>{desa - 1}</b> desa yang belum mengusulkan" in count
    [page] = said(stage, "regency", "[🏘 Lihat daftarnya]")
    assert "Kota Denpasar" in page


def test_the_kind_word_comes_once_a_week_until_somebody_is_named(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    assert len(of("officer", morning(stage))) == 1
    assert of("officer", stage.pass_time(timedelta(days=6, hours=23))) == []
    row = pending(stage, "a", 0)
    week_later = morning(stage, MONDAY + timedelta(days=7))
    assert not any("belum ada pendaftaran" in text for text in of("officer", week_later))
    with transaction(stage.house.engine) as db:
        change = Change("withdrawn", "registration", row.id)
        row = registrations.by_id(db, row.id) or row
        by = (Actor(row.person_id, "worker"), change)
        assert registrations.change_state(db, row, State.WITHDRAWN, by, stage.clock())
    [again] = of("officer", morning(stage, MONDAY + timedelta(days=14)))
    assert "belum ada pendaftaran" in again


def test_nothing_is_said_of_a_programme_that_is_closed(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    appoint(stage, "regency", "51.71", "regency_officer")
    assert len(of("officer", morning(stage))) == 1
    with transaction(stage.house.engine) as db:
        programmes.set_open(db, "denpasar", False, stage.clock())
    later = morning(stage, MONDAY + timedelta(days=7))
    assert of("officer", later) == of("regency", later) == []
    [page] = said(stage, "regency", "/kursi")
    assert line_of(page, "Desa yang belum") == "Desa yang belum mengusulkan siapa pun: 0"


def test_the_morning_names_offers_that_end_today_and_cards_beside_them(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    for place, name in enumerate(("a", "b", "c")):
        joined(stage, name, PEOPLE[place])
    enlist(stage, "b", "12345678901", "2026-11-20", "1")
    withdraw(stage, "a")
    timers.begin(stage.house)
    until = row_of(stage, "c").offered_until
    assert until is not None
    days = (stage.house.day(until, TEGAL_HARUM) - date(2026, 11, 20)).days
    mornings = [of("officer", stage.pass_time(timedelta(days=1))) for _ in range(days)]
    *before, last_day = mornings
    assert ["Kartu yang masih di desa: <b>1</b>"[:24] in "".join(one) for one in before] == [
        (date(2026, 11, 21) + timedelta(days=n)).weekday() == 0 for n in range(len(before))
    ]
    [digest] = last_day
    assert "Tawaran kursi yang habis hari ini: <b>1</b>" in digest
    assert "Kartu yang masih di desa: <b>1</b>" in digest
    [page] = said(stage, "officer", "[💺 Kursi dan antrean]")
    assert "Ditawari kursi, belum menjawab: 1" in page
