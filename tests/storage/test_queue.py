"""The officers' queue on both databases: who holds what, and two thousand of them by pages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.house import House
from rules.conflicts import Officer
from rules.registration import State
from storage import own_card, proof, queue, registrations, staff
from storage.database import transaction
from storage.models import OwnCard, Registration
from storage.staff import Invited
from tests.conftest import opened, settings_for
from tests.people import MADE, WAYAN, given, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
VILLAGE = "51.71.03.2008"
KETUT, KOMANG = Officer(6_200_000_001), Officer(6_200_000_002)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def filed(house: House, count: int, *warnings: str, by: int = 6_100_000_001) -> list[str]:
    """Sign-ups, a minute apart; without other warnings than these."""
    ids = []
    with transaction(house.engine) as db:
        for n in range(count):
            new = submission(answers={}, typed_by=by)
            row = registrations.submit(db, house.keys, new, later(minutes=n))
            row.warnings = " ".join(warnings)
            ids.append(row.id)
    return ids


def taken(
    house: House, officer: Officer, at: datetime = NOW, this_round: queue.Round = queue.ANEW
) -> str:
    with transaction(house.engine) as db:
        row = queue.next_case(db, VILLAGE, officer, at, this_round)
        return row.id if row else ""


def page(house: House, officer: Officer, after: str = "", at: datetime = NOW) -> list[str]:
    with transaction(house.engine) as db:
        return [row.id for row in queue.clean(db, VILLAGE, officer, at, after)]


def stored(house: House, id: str) -> Registration:
    with transaction(house.engine) as db:
        return db.get_one(Registration, id)


def test_a_case_that_one_officer_has_open_is_not_offered_to_another(house: House) -> None:
    first, second = filed(house, 2)
    assert taken(house, KETUT) == first
    assert taken(house, KOMANG) == second
    assert taken(house, Officer(3)) == ""
    assert page(house, KOMANG) == [second]


def test_a_hold_makes_no_new_version_and_ends_after_five_minutes(house: House) -> None:
    [id] = filed(house, 1)
    before = stored(house, id).version
    assert taken(house, KETUT) == id
    assert stored(house, id).version == before
    assert taken(house, KOMANG, later(minutes=4, seconds=59)) == ""
    assert taken(house, KOMANG, later(minutes=5)) == id


def test_what_an_officer_holds_comes_first_and_comes_back_when_let_go(house: House) -> None:
    first, second = filed(house, 2)
    with transaction(house.engine) as db:
        assert queue.hold(db, [second], KETUT.person, NOW) == {second}
    assert taken(house, KETUT) == second
    with transaction(house.engine) as db:
        queue.release(db, KETUT.person)
    assert taken(house, KETUT) == first


def test_only_a_free_case_can_be_held(house: House) -> None:
    [id] = filed(house, 1)
    assert taken(house, KETUT) == id
    with transaction(house.engine) as db:
        assert queue.hold(db, [id], KOMANG.person, NOW) == set()
        assert queue.hold(db, [id], KETUT.person, NOW) == {id}


def test_what_is_passed_over_is_let_go_and_comes_last(house: House) -> None:
    first, second = filed(house, 2)
    assert taken(house, KETUT) == first
    with transaction(house.engine) as db:
        queue.pass_over(db, first, later(hours=1))
    assert taken(house, KOMANG) == second
    assert taken(house, KETUT) == first


def test_one_by_one_the_doubtful_come_before_the_clean_unless_those_are_wanted(
    house: House,
) -> None:
    [clean] = filed(house, 1)
    [doubtful] = filed(house, 1, "age_old")
    assert taken(house, KETUT, this_round=queue.Round(clean_first=True)) == clean
    assert taken(house, KOMANG) == doubtful


def test_what_was_put_off_does_not_come_again_in_the_same_round(house: House) -> None:
    [clean] = filed(house, 1)
    doubtful = tuple(filed(house, 2, "age_old"))
    assert taken(house, KETUT, this_round=queue.Round(put_off=doubtful)) == clean
    assert taken(house, KETUT, this_round=queue.Round(put_off=(*doubtful, clean))) == ""


def test_what_an_officer_had_better_leave_to_another_comes_last_and_in_no_batch(
    house: House,
) -> None:
    [typed] = filed(house, 1, by=KETUT.person)
    [other] = filed(house, 1)
    assert page(house, KETUT) == [other]
    with transaction(house.engine) as db:
        queue.release(db, KETUT.person)
        queue.pass_over(db, other, later(days=1))
    assert taken(house, KETUT) == other
    assert taken(house, KOMANG) == typed


@pytest.mark.parametrize("mine", ["nik", "kk"])
def test_the_own_and_the_familys_sign_up_are_in_no_batch(house: House, mine: str) -> None:
    [id] = filed(house, 1)
    my_nik = house.keys.index("nik", "x")
    officer = Officer(KETUT.person, frozenset({my_nik, b"x"}), frozenset({b"family", b"y"}))
    assert page(house, officer) == [id]
    with transaction(house.engine) as db:
        row = db.get_one(Registration, id)
        row.nik_hash = my_nik if mine == "nik" else row.nik_hash
        row.kk_hash = b"family" if mine == "kk" else None
    assert page(house, officer) == []


def test_officers_who_reach_at_once_never_hold_the_same(house: House) -> None:
    filed(house, 24)

    def reach(officer: int) -> list[str]:
        return page(house, Officer(officer))

    for moment in range(5):
        with ThreadPoolExecutor(4) as pool:
            pages = list(pool.map(reach, range(100 + moment * 10, 104 + moment * 10)))
        held = [id for ids in pages for id in ids]
        assert held
        assert len(held) == len(set(held))
        for n, ids in enumerate(pages):
            assert {stored(house, id).held_by for id in ids} <= {100 + moment * 10 + n}
        with transaction(house.engine) as db:
            for officer in range(100 + moment * 10, 104 + moment * 10):
                queue.release(db, officer)


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """The statements sent to the database while this lasts."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


def many(house: House, count: int) -> None:
    with transaction(house.engine) as db:
        for n in range(count):
            id = f"{n:A>16}"
            row = Registration(
                id=id,
                code=f"{n}",
                programme="denpasar",
                village=VILLAGE,
                state=State.PENDING,
                person_id=1,
                whom="self",
                nik_hash=str(n).encode(),
                nik_sealed=b"",
                name_sealed=b"",
                created_at=NOW,
                changed_at=NOW,
                queued_at=later(seconds=n // 3),
            )
            db.add(row)


def test_two_thousand_are_gone_through_page_by_page_each_as_short_as_the_first(
    house: House,
) -> None:
    many(house, 2000)
    seen: list[str] = []
    costs = set()
    with statements(house) as sent:
        while True:
            sent.clear()
            ids = page(house, KETUT, seen[-1] if seen else "")
            if not ids:
                break
            costs.add(len([one for one in sent if one.lstrip()[:6] in ("SELECT", "UPDATE")]))
            assert not any("GROUP BY" in one for one in sent)
            assert not any("count(" in one.casefold() for one in sent)
            seen += ids
    assert len(seen) == len(set(seen)) == 2000
    assert max(costs) - min(costs) <= 1  # the first page looks up no last one


def test_the_next_page_is_found_by_the_index_of_the_queue(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL reads a table of this size as a whole, rightly."""
    with opened(settings_for(tmp_path)) as house:
        _is_by_index(house)


def _is_by_index(house: House) -> None:
    many(house, 50)
    with statements(house) as sent:
        page(house, KETUT, f"{20:A>16}")
    query = next(one for one in sent if "ORDER BY" in one)
    values = ("x",) * query.count("?")
    with house.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    said = " ".join(str(row) for row in plan)
    assert "registration_clean" in said
    assert "TEMP B-TREE" not in said


def test_the_work_of_a_whole_page_is_read_as_it_stands_now(house: House) -> None:
    with transaction(house.engine) as db:
        ids = []
        for person, work in ((WAYAN, "petani"), (MADE, "penjual jamu")):
            answers = {"enrolment.occupation": given(work)}
            row = registrations.submit(db, house.keys, submission(person, answers), NOW)
            ids.append(row.id)
        changed = {"enrolment.occupation": given("nelayan", at="2026-12-01T03:00:00+00:00")}
        proof.store(db, house.keys, ids[0], changed, NOW)
    with transaction(house.engine) as db:
        work_now = queue.occupations(db, house.keys, ids)
    assert work_now == {ids[0]: "nelayan", ids[1]: "penjual jamu"}


def test_of_an_own_card_only_hashes_are_kept_and_a_later_office_needs_none(house: House) -> None:
    nik, kk = WAYAN.nik, "5171030101010009"
    with transaction(house.engine) as db:
        for village, phone in ((VILLAGE, "+628"), ("51.71.03.2009", "+628")):
            token = staff.invite(db, house.keys, Invited(village, phone), NOW)
            assert staff.accept(db, house.keys, token, phone, (KETUT.person, "Ketut"), NOW)
            if village == VILLAGE:
                assert own_card.of(db, KETUT.person) == KETUT
                own_card.declare(db, house.keys, KETUT.person, nik, kk)
        found = own_card.of(db, KETUT.person)
        rows = list(db.exec(select(OwnCard)))
    hashes = house.keys.index("nik", nik), house.keys.index("kk", kk)
    assert found == Officer(KETUT.person, frozenset(hashes[:1]), frozenset(hashes[1:]))
    assert nik.encode() not in repr(rows).encode()


def test_a_card_declared_anew_joins_the_ones_before(house: House) -> None:
    with transaction(house.engine) as db:
        for kk in ("5171030101010009", "5171030101010017", "5171030101010017"):
            own_card.declare(db, house.keys, KETUT.person, WAYAN.nik, kk)
    with transaction(house.engine) as db:
        found = own_card.of(db, KETUT.person)
    assert (len(found.niks), len(found.kks)) == (1, 2)
