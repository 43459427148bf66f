"""Invitations: once, a day, one number, five tries; and an office ends at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.house import House
from rules.permissions import Action
from storage import staff
from storage.database import transaction
from storage.models import Invitation, Staff
from storage.staff import Invited
from tests.conftest import TEGAL_HARUM
from tests.people import WAYAN
from tests.steps import (
    Clock,
    act,
    all_of,
    appoint,
    audited,
    clocked_bot,
    confirm,
    filed,
    open_card,
    picture,
    settle,
    told,
)

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
PHONE, OTHER_PHONE = "+6281200000001", "+6281200000002"
KETUT = (6_200_000_001, "Ketut Contoh")
KOMANG = (6_200_000_002, "Komang Contoh")


def invited(house: House, village: str = TEGAL_HARUM) -> str:
    """The token of a fresh invitation."""
    with transaction(house.engine) as db:
        return staff.invite(db, house.keys, Invited(village, PHONE), NOW)


def accepted(
    house: House,
    token: str,
    phone: str = PHONE,
    who: tuple[int, str] = KETUT,
    at: datetime = NOW,
) -> bool:
    """Whether the invitation let this person in."""
    with transaction(house.engine) as db:
        return staff.accept(db, house.keys, token, phone, who, at) is not None


def officers(house: House) -> list[int]:
    with transaction(house.engine) as db:
        return [row.person_id for row in staff.all_offices(db, TEGAL_HARUM)]


def test_an_invitation_works_once(house: House) -> None:
    token = invited(house)
    assert accepted(house, token)
    assert not accepted(house, token)
    assert not accepted(house, token, who=KOMANG)
    assert officers(house) == [KETUT[0]]


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=24, microseconds=-1)])
def test_an_invitation_holds_for_24_hours(house: House, age: timedelta) -> None:
    assert accepted(house, invited(house), at=NOW + age)
    assert officers(house) == [KETUT[0]]


@pytest.mark.parametrize("age", [timedelta(hours=24), timedelta(days=400)])
def test_after_24_hours_an_invitation_is_dead(house: House, age: timedelta) -> None:
    assert not accepted(house, invited(house), at=NOW + age)
    assert officers(house) == []


def test_an_invitation_is_for_the_invited_number_alone(house: House) -> None:
    token = invited(house)
    assert not accepted(house, token, OTHER_PHONE)
    assert officers(house) == []
    assert accepted(house, token)


@pytest.mark.parametrize("wrong", [4, 5])
def test_an_invitation_dies_after_five_wrong_tries(house: House, wrong: int) -> None:
    token = invited(house)
    for _ in range(wrong):
        assert not accepted(house, token, OTHER_PHONE)
    assert accepted(house, token) is (wrong < 5)


def test_wrong_tries_on_one_invitation_leave_the_others_alone(house: House) -> None:
    first, second = invited(house), invited(house)
    for _ in range(9):
        accepted(house, first, OTHER_PHONE)
    assert accepted(house, second)


def test_a_guessed_token_opens_nothing(house: House) -> None:
    invited(house)
    for token in ("", "x", "a" * 43, "' OR 1=1 --", "\u202e"):
        assert not accepted(house, token), token
    assert officers(house) == []


def test_thirty_who_use_one_token_at_once_are_one_officer(house: House) -> None:
    token = invited(house)
    people = [(6_200_000_100 + number, f"Petugas {number}") for number in range(30)]
    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(lambda who: accepted(house, token, who=who), people)) == 1
    assert len(officers(house)) == 1
    assert len(audited(house, "appointed")) == 1
    assert len(audited(house, "invitation_refused")) == 29


def test_thirty_wrong_tries_at_once_count_no_more_than_five(house: House) -> None:
    token = invited(house)
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(lambda _: accepted(house, token, OTHER_PHONE), range(30)))
    (row,) = all_of(house, Invitation)
    assert row.attempts == 5
    assert not accepted(house, token)


def test_neither_token_nor_number_nor_name_stands_in_a_table(house: House) -> None:
    token = invited(house)
    assert accepted(house, token)
    with house.engine.connect() as connection:
        rows = [
            repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
            for table in ("invitation", "staff", "audit")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]
    stored = "\n".join(rows)
    assert TEGAL_HARUM in stored
    for secret in (token, token[:16], PHONE, PHONE[3:], KETUT[1]):
        assert secret not in stored


def test_tokens_are_long_and_differ(house: House) -> None:
    tokens = {invited(house) for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)
    assert all(len(f"s_{token}") <= 64 for token in tokens), "a start link takes 64 characters"


def test_who_holds_the_office_already_gets_no_second_one(house: House) -> None:
    for _ in range(2):
        assert accepted(house, invited(house))
    assert officers(house) == [KETUT[0]]
    assert len(all_of(house, Staff)) == 1


def test_an_office_of_one_village_is_none_of_another(house: House) -> None:
    assert accepted(house, invited(house))
    with transaction(house.engine) as db:
        assert staff.office_for(db, KETUT[0], Action.DECIDE, TEGAL_HARUM) is not None
        assert staff.office_for(db, KETUT[0], Action.DECIDE, "51.71.03.2009") is None
        assert staff.office_for(db, KOMANG[0], Action.DECIDE, TEGAL_HARUM) is None


def ended(house: House, id: str) -> bool:
    with transaction(house.engine) as db:
        return staff.end(db, id, NOW + timedelta(days=1))


def test_an_office_ends_once_and_is_kept_on_record(house: House) -> None:
    assert accepted(house, invited(house))
    (row,) = all_of(house, Staff)
    assert [ended(house, row.id), ended(house, row.id), ended(house, "nobody")] == [
        True,
        False,
        False,
    ]
    assert officers(house) == []
    (row,) = all_of(house, Staff)
    assert row.ended_at == NOW + timedelta(days=1)
    assert len(audited(house, "dismissed")) == 1


def test_who_was_dismissed_can_be_invited_again(house: House) -> None:
    assert accepted(house, invited(house))
    assert ended(house, all_of(house, Staff)[0].id)
    assert accepted(house, invited(house))
    assert officers(house) == [KETUT[0]]


@pytest.mark.parametrize("presses", [["Tolak"], ["Sahkan", "Ya, saya tahu"]])
def test_an_ended_office_has_no_power_at_the_next_turn(tmp_path: Path, presses: list[str]) -> None:
    with clocked_bot(tmp_path, Clock()) as bot:
        officer = appoint(bot)
        filed(bot, bot.phone("Wayan"))
        open_card(officer, WAYAN.name)
        for press in presses[:-1]:
            act(officer, f"[{press}]")
        assert ended(bot.house, all_of(bot.house, Staff)[0].id)
        settle(bot)
        before = picture(bot.house)
        officer.press(presses[-1])
        told(officer, "hanya untuk petugas desa yang diundang")
        settle(bot)
        assert picture(bot.house) == before


def test_an_ended_office_takes_no_decision_back(tmp_path: Path) -> None:
    with clocked_bot(tmp_path, Clock()) as bot:
        officer = appoint(bot)
        filed(bot, bot.phone("Wayan"))
        confirm(officer)
        assert ended(bot.house, all_of(bot.house, Staff)[0].id)
        settle(bot)
        before = picture(bot.house)
        officer.press("Urungkan")
        told(officer, "sudah tidak berlaku")
        settle(bot)
        assert picture(bot.house) == before
