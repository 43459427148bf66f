"""Claim codes: they open a claim only with an heir's number; whoever guesses has to wait."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from rules.claims import Kind
from storage import claim_codes, claims, followers
from storage.audit import Actor
from storage.claim_codes import ALARM, FREE_TRIES, LENGTH, LETTERS, LINK_VALID_FOR, PAUSES
from storage.claims import Pen, Report
from storage.followers import NewHeir
from storage.models import Claim, ClaimAlarm, ClaimLink, ClaimLock
from storage.sealing import Keyring

NOW = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
HEIR, OTHER = 6_000_000_003, 6_000_000_004
NUMBER, ANOTHER = "+6281200000001", "+6281200000002"
UNKNOWN = "Z" * LENGTH
TABLES = (ClaimAlarm, ClaimLink, ClaimLock)


@pytest.fixture
def officer(keys: Keyring) -> Pen:
    return Pen(keys, Actor(6_000_000_002, "village_officer"), NOW)


@pytest.fixture
def claim(db: Session, officer: Pen) -> Claim:
    new = Report(Kind.JKM, "51.71.03.2008", date(2026, 11, 30), NOW, HEIR, {"name": "Wayan"})
    row = claims.report(db, officer, new)
    followers.note(db, officer, row, NewHeir("wife", "Ni Made Contoh", NUMBER))
    return row


def by(pen: Pen, person: int, after: timedelta = timedelta(0)) -> Pen:
    return replace(pen, by=Actor(person, "heir"), now=NOW + after)


def test_a_code_has_fifty_bits_and_only_its_keyed_hash_is_kept(
    db: Session, officer: Pen, claim: Claim
) -> None:
    code = claim_codes.make(db, officer, claim)
    letters = claim_codes.read(code)
    assert len(LETTERS) ** LENGTH == 2**50
    assert len(letters) == LENGTH
    assert claim.code_hash == officer.keys.index("claim_code", letters)
    assert letters.encode() not in claim.code_hash


@pytest.mark.parametrize("typed", ["{0}-{1}", "{0}{1}", " {0} - {1} ", "{0}.{1}"])
def test_a_code_is_read_however_it_is_typed(
    db: Session, officer: Pen, claim: Claim, typed: str
) -> None:
    first, last = claim_codes.make(db, officer, claim).split("-")
    spelt = typed.format(first.lower(), last)
    assert claim_codes.read(spelt) == first + last


def test_letters_that_look_alike_are_one() -> None:
    assert claim_codes.read("oil10-oil10") == "0111001110"
    assert claim_codes.read("ABCDE") == ""
    assert claim_codes.read("ABCDE-FGHJ!") == ""


def test_code_and_number_together_bind_the_account(db: Session, officer: Pen, claim: Claim) -> None:
    code = claim_codes.read(claim_codes.make(db, officer, claim))
    tried = claim_codes.enter(db, by(officer, HEIR), code, NUMBER)
    assert tried.claim is not None
    assert followers.follows(db, HEIR, claim.id)


def test_a_new_code_ends_the_one_before(db: Session, officer: Pen, claim: Claim) -> None:
    old = claim_codes.read(claim_codes.make(db, officer, claim))
    new = claim_codes.read(claim_codes.make(db, officer, claim))
    assert claim_codes.enter(db, by(officer, HEIR), old, NUMBER).claim is None
    assert claim_codes.enter(db, by(officer, HEIR), new, NUMBER).claim is not None


def test_unknown_codes_and_others_numbers_end_alike(
    db: Session, officer: Pen, claim: Claim
) -> None:
    code = claim_codes.read(claim_codes.make(db, officer, claim))
    asked: list[list[str]] = []
    engine = db.get_bind()
    for person, (typed, number) in enumerate(
        [(code, ANOTHER), (UNKNOWN, NUMBER), (UNKNOWN, ANOTHER)], OTHER
    ):
        statements: list[str] = []
        db.flush()

        def note(*given: object, into: list[str] = statements) -> None:
            into.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", note)
        tried = claim_codes.enter(db, by(officer, person), typed, number)
        db.flush()
        event.remove(engine, "before_cursor_execute", note)
        assert tried == claim_codes.Tried()
        asked.append(statements)
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) >= 4


def test_the_pause_grows_with_every_wrong_code(db: Session, officer: Pen, claim: Claim) -> None:
    code = claim_codes.read(claim_codes.make(db, officer, claim))
    at = timedelta(0)
    for pause in (*(FREE_TRIES - 1) * [None], *PAUSES, PAUSES[-1]):
        tried = claim_codes.enter(db, by(officer, OTHER, at), UNKNOWN, NUMBER)
        assert tried.locked_until == (NOW + at + pause if pause else None)
        if pause:
            # Not even the right code is looked at meanwhile.
            early = by(officer, OTHER, at + pause - timedelta(seconds=1))
            assert claim_codes.enter(db, early, code, NUMBER).claim is None
            at += pause
    assert claim_codes.enter(db, by(officer, OTHER, at), code, NUMBER).claim is not None


def test_guessing_shuts_no_other_account_out(db: Session, officer: Pen, claim: Claim) -> None:
    code = claim_codes.read(claim_codes.make(db, officer, claim))
    for _ in range(FREE_TRIES + 1):
        claim_codes.enter(db, by(officer, OTHER), UNKNOWN, NUMBER)
    assert claim_codes.enter(db, by(officer, HEIR), code, NUMBER).claim is not None
    assert followers.follows(db, HEIR, claim.id)


def test_wrong_tries_are_forgotten_after_a_week(db: Session, officer: Pen) -> None:
    for _ in range(FREE_TRIES):
        claim_codes.enter(db, by(officer, OTHER), UNKNOWN, NUMBER)
    later = claim_codes.FORGET + timedelta(minutes=2)
    tried = claim_codes.enter(db, by(officer, OTHER, later), UNKNOWN, NUMBER)
    assert tried.locked_until is None


def test_what_counts_no_more_is_forgotten(db: Session, officer: Pen, claim: Claim) -> None:
    claim_codes.make_link(db, officer, claim)
    for _ in range(FREE_TRIES):
        claim_codes.enter(db, by(officer, OTHER), UNKNOWN, NUMBER)
    claim_codes.prune(db, NOW + claim_codes.FORGET)
    assert [len(db.exec(select(table)).all()) for table in TABLES] == [0, 1, 1]
    claim_codes.prune(db, NOW + claim_codes.FORGET + timedelta(hours=1))
    assert [len(db.exec(select(table)).all()) for table in TABLES] == [0, 0, 0]


def test_many_wrong_codes_in_an_hour_raise_one_alarm(db: Session, officer: Pen) -> None:
    tries = [
        claim_codes.enter(db, by(officer, OTHER + number), UNKNOWN, NUMBER).alarm
        for number in range(ALARM + 20)
    ]
    assert tries.index(True) == ALARM - 1
    assert sum(tries) == 1
    next_hour = timedelta(minutes=31)
    later = claim_codes.enter(db, by(officer, OTHER - 1, next_hour), UNKNOWN, NUMBER)
    assert not later.alarm


def test_a_link_of_the_counter_binds_once_and_not_for_long(
    db: Session, officer: Pen, claim: Claim
) -> None:
    keys = officer.keys
    token = claim_codes.make_link(db, officer, claim)
    assert claim_codes.use_link(db, keys, token, HEIR, NOW) is not None
    assert claim_codes.use_link(db, keys, token, OTHER, NOW) is None
    late = claim_codes.make_link(db, officer, claim)
    at = NOW + LINK_VALID_FOR
    assert claim_codes.use_link(db, keys, late, OTHER, at) is None
    assert claim_codes.use_link(db, keys, "nothing such", OTHER, NOW) is None
    assert not followers.follows(db, OTHER, claim.id)
    kept = db.exec(select(ClaimLink)).all()
    assert all(token.encode() not in link.token_hash for link in kept)
