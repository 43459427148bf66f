"""Corrections of a member on both databases: on record, of one version, no card of two people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.house import House
from rules.coverage import Ledger
from rules.registration import State
from storage import audit, corrections, members
from storage.audit import Actor
from storage.corrections import Correction
from storage.database import transaction
from storage.members import Acceptance, Recorded
from storage.models import Audit, Contribution, Member, Registration
from tests.people import MADE, submission
from tests.steps import all_of
from tests.storage.test_members import (
    ACCEPTED,
    DAY,
    KPJ,
    NOW,
    OTHER_KPJ,
    ledger,
    paid,
    recorded,
    signed_up,
    state_of,
)

CORRECTOR = Actor(6_200_000_002, "village_officer")
LATER = NOW + timedelta(days=3)
THIRD_KPJ = "10987654321"
OTHER_DAY = date(2026, 12, 3)


def member(house: House, new: Acceptance = ACCEPTED) -> Registration:
    row = signed_up(house)
    assert recorded(house, row, new).changed
    return row


def mended(house: House, row: Registration, kpj: str = "", day: date | None = None) -> Recorded:
    new = Correction(kpj, day)
    with transaction(house.engine) as db:
        return corrections.mend(db, house.keys, row, new, CORRECTOR, LATER)


def taken_back(house: House, row: Registration, month: date) -> Recorded:
    with transaction(house.engine) as db:
        return corrections.take_back(db, house.keys, row, month, CORRECTOR, LATER)


def known_of(house: House, row: Registration) -> tuple[str, date, int]:
    """The card, the day and the version of a member."""
    with transaction(house.engine) as db:
        one = db.get_one(Member, row.id)
        version = db.get_one(Registration, row.id).version
        return members.kpj(house.keys, one), one.active_from, version


def trace(house: House, row: Registration) -> list[Audit]:
    """The audit of a sign-up since it became a member."""
    with transaction(house.engine) as db:
        history = audit.history(db, "registration", row.id)
    return [one for one in history if one.at == LATER]


@pytest.mark.parametrize(
    ("kpj", "day", "parts", "reason"),
    [
        (OTHER_KPJ, None, ("card",), "card"),
        ("", OTHER_DAY, ("active_from",), "active_from 2026-12-01 to 2026-12-03"),
        (
            OTHER_KPJ,
            OTHER_DAY,
            ("card", "active_from"),
            "card, active_from 2026-12-01 to 2026-12-03",
        ),
        (KPJ, OTHER_DAY, ("active_from",), "active_from 2026-12-01 to 2026-12-03"),
    ],
)
def test_a_card_and_a_day_are_mended_and_on_record_without_the_number(
    house: House, kpj: str, day: date | None, parts: tuple[str, ...], reason: str
) -> None:
    row = member(house)
    _, _, version = known_of(house, row)
    result = mended(house, row, kpj, day)
    assert (result, result.changed) == (Recorded(mended=parts), True)
    assert known_of(house, row) == (kpj or KPJ, day or DAY, version + 1)
    [change] = trace(house, row)
    assert (change.action, change.reason) == ("mended", reason)
    assert (change.actor_id, change.role) == (CORRECTOR.id, CORRECTOR.role)
    assert ledger(house, row) == Ledger(day or DAY, ACCEPTED.months)


def test_since_when_a_sign_up_is_in_its_state_stays(house: House) -> None:
    row = member(house)
    mended(house, row, OTHER_KPJ)
    with transaction(house.engine) as db:
        assert db.get_one(Registration, row.id).changed_at == NOW
        assert db.get_one(Member, row.id).changed_at == LATER
    assert state_of(house, row) == State.ACTIVE


def test_the_mended_card_is_sealed_and_found_by_its_hash(house: House) -> None:
    row = member(house)
    mended(house, row, OTHER_KPJ)
    [one] = all_of(house, Member)
    assert one.kpj_hash == house.keys.index("kpj", OTHER_KPJ)
    assert OTHER_KPJ.encode() not in one.kpj_sealed + one.kpj_hash


def test_what_is_right_already_changes_nothing(house: House) -> None:
    row = member(house)
    before = known_of(house, row)
    for kpj, day in (("", None), (KPJ, None), (KPJ, DAY)):
        result = mended(house, row, kpj, day)
        assert (result, result.changed) == (Recorded(), False)
    assert (known_of(house, row), trace(house, row)) == (before, [])


def test_a_card_of_somebody_else_is_refused_and_all_stays(house: House) -> None:
    row, other = member(house), signed_up(house, new=submission(MADE))
    recorded(house, other, replace(ACCEPTED, kpj=OTHER_KPJ))
    before = known_of(house, row)
    assert mended(house, row, OTHER_KPJ, OTHER_DAY) == Recorded("card_taken")
    assert (known_of(house, row), trace(house, row)) == (before, [])


def test_after_a_refused_card_the_same_transaction_goes_on(house: House) -> None:
    row, other = member(house), signed_up(house, new=submission(MADE))
    recorded(house, other, replace(ACCEPTED, kpj=OTHER_KPJ))
    with transaction(house.engine) as db:
        for kpj, refused in ((OTHER_KPJ, "card_taken"), (THIRD_KPJ, "")):
            new = Correction(kpj)
            result = corrections.mend(db, house.keys, row, new, CORRECTOR, LATER)
            assert result.refused == refused
    assert known_of(house, row)[0] == THIRD_KPJ


def test_of_many_who_mend_to_one_card_one_does(house: House) -> None:
    rows = []
    for number in range(6):
        rows.append(signed_up(house))
        recorded(house, rows[-1], replace(ACCEPTED, kpj=f"1111111111{number}"))
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda row: mended(house, row, KPJ), rows))
    assert sorted(result.refused for result in results) == ["", *["card_taken"] * 5]


def test_a_day_after_the_first_paid_month_is_refused(house: House) -> None:
    row = member(house)
    before = known_of(house, row)
    assert mended(house, row, OTHER_KPJ, date(2027, 1, 1)) == Recorded("month_before_active", DAY)
    assert known_of(house, row) == before
    assert mended(house, row, "", date(2026, 12, 31)).changed


def test_of_a_member_without_a_month_any_day_may_be_right(house: House) -> None:
    row = member(house, Acceptance(KPJ, DAY))
    assert mended(house, row, "", date(2027, 1, 4)) == Recorded(mended=("active_from",))


def test_who_is_no_member_is_not_mended(house: House) -> None:
    assert mended(house, signed_up(house), OTHER_KPJ) == Recorded("not_confirmed")
    gone = member(house)
    with transaction(house.engine) as db:
        db.get_one(Registration, gone.id).state = State.ENDED
    assert mended(house, gone, OTHER_KPJ) == Recorded("not_confirmed")
    assert taken_back(house, gone, date(2027, 2, 1)) == Recorded("not_confirmed")
    assert len(all_of(house, Contribution)) == 3


def test_the_last_month_is_taken_back_and_on_record(house: House) -> None:
    row = member(house)
    _, _, version = known_of(house, row)
    result = taken_back(house, row, date(2027, 2, 1))
    assert (result, result.changed) == (Recorded(taken_back=ACCEPTED.months[-1]), True)
    assert ledger(house, row) == Ledger(DAY, ACCEPTED.months[:-1])
    assert known_of(house, row) == (KPJ, DAY, version + 1)
    [change] = trace(house, row)
    assert change.action == "month_taken_back"
    assert change.reason == "2027-02 by programme received 2026-12-01"
    assert (change.actor_id, change.role) == (CORRECTOR.id, CORRECTOR.role)


def test_a_month_that_is_not_the_last_stays(house: House) -> None:
    row = member(house)
    for month in (date(2027, 1, 1), date(2027, 3, 1)):
        assert taken_back(house, row, month) == Recorded("not_last", month)
    assert (ledger(house, row), trace(house, row)) == (Ledger(DAY, ACCEPTED.months), [])


def test_of_many_who_take_the_same_month_back_one_does(house: House) -> None:
    row, last = member(house), date(2027, 2, 1)
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: taken_back(house, row, last), range(6)))
    assert sorted(result.refused for result in results) == ["", *["not_last"] * 5]
    assert ledger(house, row) == Ledger(DAY, ACCEPTED.months[:-1])


def test_all_months_can_be_taken_back_and_a_right_one_be_written_down(house: House) -> None:
    row = member(house)
    for one in reversed(ACCEPTED.months):
        assert taken_back(house, row, one.month).changed
    assert ledger(house, row) == Ledger(DAY, ())
    assert taken_back(house, row, DAY) == Recorded("not_last", DAY)
    right = paid(12, payer="self")
    assert recorded(house, row, Acceptance(months=right)).added == right
    assert state_of(house, row) == State.ACTIVE
