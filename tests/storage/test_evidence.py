"""The chain of evidence on both databases: what a forger without a key does is found."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from bot.house import House
from rules.registration import State
from storage import chain, evidence, proof, registrations, verification
from storage.audit import Change
from storage.database import transaction
from storage.evidence import Fact
from storage.models import Answer, Evidence, Registration
from storage.sealing import Keyring, new_keys, read_keys
from tests.people import MADE, given
from tests.storage.frozen import (
    DAY,
    LATER,
    NOW,
    OFFICER,
    accepted,
    confirm,
    forged,
    found,
    found_anywhere,
    frozen,
    put_back,
    rows_of,
    whats,
)


def records(house: House, id: str, keys: Keyring | None = None) -> list[evidence.Record]:
    with transaction(house.engine) as db:
        return evidence.load(db, keys or house.keys, id)


def test_a_confirmation_freezes_every_answer_with_its_proof_then_the_decision(house: House) -> None:
    id = frozen(house)
    *answers, decision = records(house, id)
    assert {one.subject for one in answers} == {
        *(f"enrolment.{name}" for name in ("nik", "name", "residence", "occupation")),
        *("enrolment.work", "enrolment.able", "desk.attest"),
    }
    [work] = [one.fact for one in answers if one.subject == "enrolment.work" and one.fact]
    kept = given("over_5_years")
    assert {**work.values, "row": ""} == {
        **{name: str(value) for name, value in vars(kept).items()},
        "row": "",
    }
    assert decision.fact is not None
    assert decision.fact.values["state"] == State.CONFIRMED
    assert (decision.by, decision.at) == (OFFICER, NOW)
    assert found(house, id) == found_anywhere(house) == []


def test_what_is_frozen_lies_open_in_no_table(house: House) -> None:
    frozen(house)
    with transaction(house.engine) as db:
        everything = str(db.execute(select(*Evidence.__table__.columns)).all())  # type: ignore[attr-defined]
    assert "petani" not in everything
    assert "5171031206850001" not in everything


def test_a_chain_after_an_undo_goes_on_with_a_new_freeze(house: House) -> None:
    id = frozen(house)
    before = records(house, id)
    with transaction(house.engine) as db:
        row = db.get_one(Registration, id)
        by = (OFFICER, Change("undo", "registration", id))
        registrations.change_state(db, row, State.PENDING, by, LATER)
        evidence.append(db, house.keys, id, Fact("decision", "undone"), OFFICER, LATER)
        confirm(house, db, row, LATER)
    after = records(house, id)
    assert after[: len(before)] == before
    assert len(after) == 2 * len(before) + 1
    assert found(house, id) == []


def test_later_facts_are_appended_with_their_day(house: House) -> None:
    id = frozen(house)
    accepted(house, id)
    *_, card, months = records(house, id)
    assert card.fact == Fact("card", "accepted", DAY, {"card": "•••••••8901"})
    values = {"months": "2026-12 2027-01", "by": "programme"}
    assert months.fact == Fact("months", "paid", DAY, values)
    assert found(house, id) == []


def test_of_many_who_append_at_once_each_has_its_place(house: House) -> None:
    id = frozen(house)
    length = len(records(house, id))

    def one(number: int) -> None:
        with transaction(house.engine) as db:
            evidence.append(db, house.keys, id, Fact("paper", f"p{number}"), OFFICER, NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(24)))
    after = records(house, id)[length:]
    assert sorted(record.subject for record in after) == sorted(f"p{n}" for n in range(24))
    assert found(house, id) == []


def test_of_many_who_begin_a_chain_at_once_one_does(house: House) -> None:
    id = frozen(house)
    for table in ("evidence", "evidence_head"):
        forged(house, f"DELETE FROM {table}")  # noqa: S608

    def one(number: int) -> None:
        with transaction(house.engine) as db:
            evidence.append(db, house.keys, id, Fact("paper", f"p{number}"), OFFICER, NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(12)))
    assert [record.seq for record in records(house, id)] == list(range(1, 13))
    assert found(house, id) == []


def test_a_record_taken_out_is_missed(house: House) -> None:
    id = frozen(house)
    forged(house, "DELETE FROM evidence WHERE seq = 3")
    assert whats(found(house, id)) == [("missing", 3)]


def test_records_cut_off_are_missed(house: House) -> None:
    id = frozen(house)
    length = len(records(house, id))
    forged(house, "DELETE FROM evidence WHERE seq > :seq", seq=length - 2)
    assert whats(found(house, id)) == [("cut", length - 1)]


def test_a_chain_that_is_gone_is_missed(house: House) -> None:
    id = frozen(house)
    forged(house, "DELETE FROM evidence")
    assert whats(found(house, id)) == [("cut", 1)]
    forged(house, "DELETE FROM evidence_head")
    assert whats(found(house, id)) == whats(found_anywhere(house)) == [("nothing", 0)]


def test_a_head_that_is_gone_is_missed(house: House) -> None:
    id = frozen(house)
    forged(house, "DELETE FROM evidence_head")
    assert whats(found(house, id)) == [("head_gone", 0)]


def test_records_in_another_order_are_found(house: House) -> None:
    id = frozen(house)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        forged(house, "UPDATE evidence SET seq = :new WHERE seq = :old", old=old, new=new)
    assert {seq for _, seq in whats(found(house, id))} >= {2, 3}


def test_records_swapped_between_two_people_are_found(house: House) -> None:
    one, other = frozen(house), frozen(house, MADE)
    for old, new in ((one, "nobody"), (other, one), ("nobody", other)):
        statement = "UPDATE evidence SET registration_id = :new WHERE registration_id = :old"
        forged(house, f"{statement} AND seq = 4", old=old, new=new)
    for id in (one, other):
        assert ("content", 4) in whats(found(house, id))


def test_whole_chains_swapped_between_two_people_are_found(house: House) -> None:
    one, other = frozen(house), frozen(house, MADE)
    for table in ("evidence", "evidence_head"):
        for old, new in ((one, "nobody"), (other, one), ("nobody", other)):
            renamed = "SET registration_id = :new WHERE registration_id = :old"
            forged(house, f"UPDATE {table} {renamed}", old=old, new=new)
    assert found(house, one)
    assert found(house, other)


def test_what_is_appended_without_the_key_is_found(house: House) -> None:
    id = frozen(house)
    stranger = replace(house, keys=read_keys(new_keys()))
    with transaction(stranger.engine) as db:
        evidence.append(db, stranger.keys, id, Fact("months", "paid", DAY), OFFICER, NOW)
    length = len(records(house, id))
    assert {what for what, _ in whats(found(house, id))} >= {"head"}
    assert length in {seq for _, seq in whats(found(house, id))}


def test_a_copy_of_an_old_record_at_the_end_is_found(house: House) -> None:
    id = frozen(house)
    rows = rows_of(house, "evidence", id)
    put_back(house, "evidence", [{**rows[2], "seq": len(rows) + 1}])
    assert len(rows) + 1 in {seq for _, seq in whats(found(house, id))}
    assert ("added", len(rows) + 1) in whats(found(house, id))


def test_a_head_that_was_altered_is_not_made_good_by_who_appends(house: House) -> None:
    id = frozen(house)
    length = len(records(house, id))
    forged(house, "DELETE FROM evidence WHERE seq = :seq", seq=length)
    forged(house, "UPDATE evidence_head SET count = :count", count=length - 1)
    accepted(house, id)
    assert ("broken", length) in whats(found(house, id))


def test_a_chain_without_its_end_is_not_made_good_by_who_appends(house: House) -> None:
    id = frozen(house)
    length = len(records(house, id))
    forged(house, "DELETE FROM evidence WHERE seq > :seq", seq=length - 2)
    accepted(house, id)
    assert ("broken", length - 1) in whats(found(house, id))


def test_a_chain_holds_when_contents_are_deleted(house: House) -> None:
    id = frozen(house)
    accepted(house, id)
    forged(house, "UPDATE evidence SET content_sealed = NULL WHERE seq IN (1, 2, 9)")
    assert found(house, id) == []
    with transaction(house.engine) as db:
        [checked] = verification.check(db, house.keys, [id])
    assert checked.erased == 3
    assert [one.seq for one in records(house, id) if one.fact is None] == [1, 2, 9]


def test_a_chain_holds_when_contents_are_sealed_with_another_key(house: House) -> None:
    id = frozen(house)
    other = read_keys(new_keys()).keys[1]
    keys = Keyring({**house.keys.keys, 2: other}, house.keys.index_key)
    with transaction(house.engine) as db:
        for row in db.exec(select(Evidence)):
            assert row.content_sealed is not None
            opened = chain.unseal(keys, row.registration_id, row.seq, row.content_sealed)
            row.content_sealed = chain.seal(keys, row.registration_id, row.seq, opened)
        for answer in db.exec(select(Answer)):
            for place in ("value", "asked"):
                sealed = getattr(answer, f"{place}_sealed")
                plain = keys.open(f"answer.{place}", answer.id, sealed)
                setattr(answer, f"{place}_sealed", keys.seal(f"answer.{place}", answer.id, plain))
    fresh = Keyring({2: other}, house.keys.index_key)
    with transaction(house.engine) as db:
        assert verification.verify(db, fresh, id) == []
        evidence.append(db, fresh, id, Fact("paper", "kk"), OFFICER, NOW)
        assert verification.verify(db, fresh, id) == []


def test_the_file_speaks_from_the_chain_where_the_proof_was_changed(house: House) -> None:
    id = frozen(house)
    before = records(house, id)
    with transaction(house.engine) as db:
        row = db.exec(select(Answer).where(Answer.question == "enrolment.work")).one()
        lie = house.keys.seal_json(proof.VALUE, row.id, {"value": "stopped", "about": ""})
        here = col(Answer.question) == "enrolment.work"
        db.exec(update(Answer).where(here).values(value_sealed=lie))
    [problem] = found(house, id)
    assert (problem.what, problem.subject) == ("proof", "enrolment.work")
    assert records(house, id) == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM answer WHERE question = 'enrolment.able'",
        "UPDATE answer SET given_by = 1 WHERE question = 'enrolment.able'",
        "UPDATE answer SET words = 'x' WHERE question = 'enrolment.able'",
        "UPDATE answer SET rules = 'x' WHERE question = 'enrolment.able'",
        "UPDATE answer SET question = 'x' WHERE question = 'enrolment.able'",
        "UPDATE answer SET given_at = '2026-12-01 02:00:00.000001' WHERE question LIKE '%.able'",
        "UPDATE answer SET value_sealed = asked_sealed WHERE question = 'enrolment.able'",
    ],
)
def test_a_row_of_the_proof_that_was_changed_is_named(house: House, statement: str) -> None:
    id = frozen(house)
    assert forged(house, statement) == 1
    assert [(one.what, one.subject) for one in found(house, id)] == [("proof", "enrolment.able")]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM contribution WHERE month > '2026-12-15'",
        "UPDATE contribution SET paid_by = 'self' WHERE month > '2026-12-15'",
        "UPDATE contribution SET received_on = '2026-11-01' WHERE month > '2026-12-15'",
    ],
)
def test_months_that_are_not_those_of_the_chain_are_found(house: House, statement: str) -> None:
    id = frozen(house)
    accepted(house, id)
    assert forged(house, statement) == 1
    assert whats(found(house, id)) == [("months", 0)]


def test_evidence_of_nobody_is_found(house: House) -> None:
    frozen(house)
    forged(house, "UPDATE evidence_head SET registration_id = 'nobody'")
    problems = found_anywhere(house)
    assert {(one.registration_id, one.what) for one in problems} >= {("nobody", "unknown")}


def test_a_sign_up_that_nobody_confirmed_needs_no_evidence(house: House) -> None:
    id = frozen(house)
    with transaction(house.engine) as db:
        db.get_one(Registration, id).state = State.PENDING
    for table in ("evidence", "evidence_head"):
        forged(house, f"DELETE FROM {table}")  # noqa: S608
    assert found(house, id) == found_anywhere(house) == []


def test_the_head_of_a_printed_file_is_found_again_after_more_was_appended(house: House) -> None:
    id = frozen(house)
    printed = records(house, id)[-1].link[:16]
    accepted(house, id, now=NOW + timedelta(days=2))
    with transaction(house.engine) as db:
        [checked] = verification.check(db, house.keys, [id])
    assert checked.has_link(printed)
    assert not checked.has_link(bytes(16))
