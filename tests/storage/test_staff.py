"""Invitations: once, a day, one number, five tries; offices end at once and are handed over."""

import random
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.house import House
from rules.permissions import ALLOWED, OF_A_VILLAGE, Action, Role
from storage import sealing, staff, timers
from storage.audit import Actor
from storage.database import transaction
from storage.models import Invitation, Staff, Timer
from storage.staff import Invited
from tests.conftest import TEGAL_HARUM
from tests.long_run import sizes
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
OTHER_VILLAGE = "51.71.03.2009"
KOMANG = (6_200_000_002, "Komang Contoh")
SPELT = string.ascii_letters + string.digits + "-_"
LETTERS = bytes(SPELT * 4, "ascii")


def invited(house: House, village: str = TEGAL_HARUM, **more: Any) -> str:
    """The token of a fresh invitation."""
    with transaction(house.engine) as db:
        return staff.invite(db, house.keys, Invited(village, PHONE, **more), NOW)


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


def test_fifty_who_use_one_token_at_once_are_one_officer(house: House) -> None:
    token = invited(house)
    people = [(6_200_000_100 + number, f"Petugas {number}") for number in range(50)]
    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(lambda who: accepted(house, token, who=who), people)) == 1
    assert len(officers(house)) == 1
    assert len(audited(house, "appointed")) == 1
    assert len(audited(house, "invitation_refused")) == 49


@pytest.mark.parametrize("tries", sizes(50_000, 1_000_000))
def test_a_million_guesses_hit_none_of_a_thousand_invitations(tmp_path: Path, tries: int) -> None:
    """The check of the real thing, a keyed hash among the stored ones, without a database."""
    index = sealing.keys_from_file(tmp_path / "keys").index
    real, guesses = random.Random(1), random.Random(2)
    stored = {index("invitation", _token(real)) for _ in range(1_000)}
    assert not any(index("invitation", _token(guesses)) in stored for _ in range(tries))
    assert index("invitation", _token(random.Random(1))) in stored, "the check finds what is there"


def _token(of: random.Random) -> str:
    """A token spelt as real ones are, in 43 letters of six bits."""
    return of.randbytes(43).translate(LETTERS).decode()


def test_a_token_with_one_letter_changed_opens_nothing(house: House) -> None:
    token = invited(house)
    stored = {bytes(row.token_hash) for row in all_of(house, Invitation)}
    near = {f"{token[:at]}{letter}{token[at + 1 :]}" for at in range(43) for letter in SPELT}
    hits = [one for one in near - {token} if house.keys.index("invitation", one) in stored]
    assert hits == []


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


def office_of(house: House, who: tuple[int, str] = KETUT, **more: Any) -> Staff:
    """The office of somebody who was invited and has accepted just now."""
    with transaction(house.engine) as db:
        token = staff.invite(db, house.keys, Invited(phone=PHONE, **more), NOW)
        taken = staff.accept(db, house.keys, token, PHONE, who, NOW)
        assert taken is not None
        return taken.office


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


@pytest.mark.parametrize("role", Role)
def test_an_office_allows_what_its_role_does_in_its_area_alone(house: House, role: Role) -> None:
    area = TEGAL_HARUM if role in OF_A_VILLAGE else "51.71"
    office_of(house, area=area, role=role)
    with transaction(house.engine) as db:
        for action in Action:
            allowed = staff.office_for(db, KETUT[0], action, TEGAL_HARUM) is not None
            assert allowed is (action in ALLOWED[role])
            assert staff.office_for(db, KETUT[0], action, "51.04.01.2001") is None


def test_one_person_holds_several_offices_and_each_ends_alone(house: House) -> None:
    helper = office_of(house, area=TEGAL_HARUM, role=Role.HELPER)
    officer = office_of(house, area=TEGAL_HARUM)
    assert helper.id != officer.id
    assert ended(house, officer.id)
    with transaction(house.engine) as db:
        assert [row.id for row in staff.offices_of(db, KETUT[0])] == [helper.id]
        assert staff.office_for(db, KETUT[0], Action.DECIDE, TEGAL_HARUM) is None


def test_an_invitation_gives_its_own_role_to_one_who_holds_another(house: House) -> None:
    officer = office_of(house, area=TEGAL_HARUM)
    office_of(house, area=OTHER_VILLAGE, role=Role.HELPER)
    with transaction(house.engine) as db:
        assert staff.office_for(db, KETUT[0], Action.DECIDE, OTHER_VILLAGE) is None
        assert staff.office_for(db, KETUT[0], Action.ENTER, OTHER_VILLAGE) is not None
    roles = {row.id: row.role for row in all_of(house, Staff)}
    assert len(roles) == 2
    assert roles[officer.id] == "village_officer", "the one from before stays"


def test_the_audit_names_who_invited_by_which_role(house: House) -> None:
    by = Actor(KOMANG[0], Role.REGENCY_OFFICER)
    with transaction(house.engine) as db:
        staff.invite(db, house.keys, Invited(TEGAL_HARUM, PHONE, role=Role.HELPER), NOW, by)
    invited(house)
    operators, ours = sorted(audited(house, "invited"), key=lambda row: row.actor_id)
    assert (ours.actor_id, ours.role, ours.to_state) == (KOMANG[0], "regency_officer", "helper")
    assert (operators.actor_id, operators.role) == (0, "operator")


def test_with_an_office_ends_what_it_has_invited_to(house: House) -> None:
    officer = office_of(house, area=TEGAL_HARUM)
    token = invited(house, role=Role.HELPER, made_by=officer.id, inviter_id=KETUT[0])
    assert ended(house, officer.id)
    with transaction(house.engine) as db:
        assert staff.invitation(db, house.keys, token, NOW) is None
    assert not accepted(house, token, who=KOMANG)
    assert officers(house) == []


def test_nobody_invites_himself(house: House) -> None:
    regent = office_of(house, area="51.71", role=Role.REGENCY_OFFICER)
    token = invited(house, made_by=regent.id, inviter_id=KETUT[0])
    assert not accepted(house, token)
    assert officers(house) == []


def handing_over(house: House, row: Staff, **more: Any) -> str:
    return invited(house, row.area, role=Role(row.role), replaces=row.id, **more)


def test_an_office_is_handed_over_in_the_moment_the_successor_accepts(house: House) -> None:
    before = office_of(house, area=TEGAL_HARUM)
    with transaction(house.engine) as db:
        timers.set_timer(db, "digest", before.id, NOW)
    token = handing_over(house, before, made_by=before.id, inviter_id=KETUT[0])
    assert officers(house) == [KETUT[0]], "until then it is held by whoever hands it over"
    assert accepted(house, token, who=KOMANG)
    assert officers(house) == [KOMANG[0]]
    assert all_of(house, Timer) == []
    (change,) = audited(house, "handed_over")
    assert (change.actor_id, change.role, change.reason) == (
        KETUT[0],
        "village_officer",
        f"office {before.id}",
    )


def test_an_office_that_ended_cannot_be_handed_over_any_more(house: House) -> None:
    before = office_of(house, area=TEGAL_HARUM)
    by_officer = handing_over(house, before, made_by=before.id)
    by_operator = handing_over(house, before)
    assert ended(house, before.id)
    assert not accepted(house, by_officer, who=KOMANG)
    assert not accepted(house, by_operator, who=KOMANG)
    assert officers(house) == []


def test_two_successors_invited_at_once_are_one(house: House) -> None:
    before = office_of(house, area=TEGAL_HARUM)
    tokens = [handing_over(house, before, made_by=before.id) for _ in range(8)]
    people = [(6_200_000_200 + number, f"Pengganti {number}") for number in range(8)]
    pairs = list(zip(tokens, people, strict=True))
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(accepted, house, token, PHONE, who) for token, who in pairs]
        taken = [one.result() for one in tries]
    assert sum(taken) == 1
    assert len(officers(house)) == 1
    assert len(audited(house, "handed_over")) == 1


def test_an_office_that_is_ended_and_handed_over_at_once_has_one_end(house: House) -> None:
    before = office_of(house, area=TEGAL_HARUM)
    token = handing_over(house, before, made_by=before.id)
    with ThreadPoolExecutor(2) as pool:
        taken = pool.submit(accepted, house, token, PHONE, KOMANG)
        gone = pool.submit(ended, house, before.id)
        assert taken.result() is not gone.result()
    assert len(officers(house)) == taken.result()
    assert len(audited(house, "handed_over") + audited(house, "dismissed")) == 1


def test_offices_are_listed_by_area(house: House) -> None:
    office_of(house, area=TEGAL_HARUM)
    office_of(house, area="51.71", role=Role.AUDITOR)
    office_of(house, area="51.04.01.2001", role=Role.HELPER)
    with transaction(house.engine) as db:
        found = {code: len(staff.all_offices(db, code)) for code in ("", "51", "51.71", "51.7")}
    assert found == {"": 3, "51": 3, "51.71": 2, "51.7": 0}


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
        told(officer, "Tugas Anda sebagai petugas desa sudah selesai")
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
