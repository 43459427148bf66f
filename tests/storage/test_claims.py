"""Claims in storage: told once, moved by the table, one winner, the audit without the reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from rules.claims import MOVES, IllegalMove, Kind, State
from storage import audit, claim_papers, claims, followers, registrations
from storage.audit import Actor
from storage.claims import Moved, Pen, Report
from storage.followers import Bound, NewHeir
from storage.models import Claim, ClaimStep
from storage.sealing import Keyring
from tests.people import submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
DIED = date(2026, 11, 30)
OFFICER = Actor(6_000_000_002, "village_officer")
WIFE = 6_000_000_003


@pytest.fixture
def pen(keys: Keyring) -> Pen:
    return Pen(keys, OFFICER, NOW)


def told(db: Session, pen: Pen, kind: Kind = Kind.JKM, **facts: str) -> Claim:
    """A claim of somebody who signed up."""
    row = registrations.submit(db, pen.keys, submission(), NOW)
    new = Report(kind, row.village, DIED, NOW, WIFE, {"name": "I Wayan Contoh", **facts}, row.id)
    return claims.report(db, pen, new)


def test_a_report_begins_in_the_first_state_of_its_kind(db: Session, pen: Pen) -> None:
    row = told(db, pen, cause="illness")
    assert (row.kind, row.state, row.version) == ("jkm", "reported", 1)
    assert claims.facts(pen.keys, row) == {"name": "I Wayan Contoh", "cause": "illness"}
    assert [step.to_state for step in claims.steps(db, pen.keys, row.id)] == [State.REPORTED]


def test_what_was_told_is_sealed(db: Session, pen: Pen) -> None:
    row = told(db, pen, phone="+6281200000099")
    moved = Moved(State.FALSE_REPORT, DIED, "orangnya masih hidup")
    claims.move(db, pen, row, moved)
    step = db.exec(select(ClaimStep).where(ClaimStep.seq == 2)).one()
    assert b"Wayan" not in row.facts_sealed
    assert b"81200000099" not in row.facts_sealed
    assert b"hidup" not in (step.note_sealed or b"")
    reasons = [one.reason for one in audit.history(db, "claim", row.id)]
    assert "hidup" not in " ".join(reasons)


def test_a_move_outside_the_table_is_refused(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    for to in State:
        if to not in MOVES[Kind.JKM][State.REPORTED]:
            with pytest.raises(IllegalMove):
                claims.move(db, pen, row, Moved(to, DIED))
    assert row.state == State.REPORTED


def test_of_two_who_move_a_claim_one_is_too_late(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    # Somebody else changed it after it was read.
    table = SQLModel.metadata.tables["claim"]
    db.connection().execute(table.update().values(version=2))
    assert not claims.move(db, pen, row, Moved(State.FALSE_REPORT, DIED))
    assert row.version == 2
    assert len(claims.steps(db, pen.keys, row.id)) == 1
    assert claims.move(db, pen, row, Moved(State.FALSE_REPORT, DIED))


@pytest.mark.parametrize(
    ("cause", "kind", "state"),
    [("illness", "jkm", "verified"), ("unknown", "jkm", "verified"), ("sea_work", "jkk", "dead")],
)
def test_the_verified_cause_says_of_which_kind_a_death_is(
    db: Session, pen: Pen, cause: str, kind: str, state: str
) -> None:
    row = told(db, pen)
    assert claims.verify(
        db, pen, row, {"cause": cause, "heir": "wife"}, Moved(State.VERIFIED, DIED)
    )
    assert (row.kind, row.state) == (kind, state)
    assert claims.facts(pen.keys, row)["heir"] == "wife"


def test_a_wrong_cause_can_be_put_right_until_it_is_lodged(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    said = Moved(State.VERIFIED, DIED)
    claims.verify(db, pen, row, {"cause": "work"}, said)
    assert claims.verify(db, pen, row, {"cause": "illness"}, said)
    assert (row.kind, row.state) == ("jkm", "verified")
    for to in (State.COMPLETE, State.LODGED):
        claims.move(db, pen, row, Moved(to, DIED))
    with pytest.raises(IllegalMove):
        claims.verify(db, pen, row, {"cause": "work"}, said)


def test_a_death_stands_until_it_is_known_to_be_untrue(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    assert row.registration_id is not None
    found = claims.open_death(db, row.registration_id)
    assert found is not None
    assert found.id == row.id
    claims.move(db, pen, row, Moved(State.FALSE_REPORT, DIED, "masih hidup"))
    assert claims.open_death(db, row.registration_id) is None


def test_an_accident_that_is_survived_is_no_death(db: Session, pen: Pen) -> None:
    row = told(db, pen, Kind.JKK)
    assert claims.open_death(db, row.registration_id or "") is None
    claims.move(db, pen, row, Moved(State.DEAD, DIED))
    claims.move(db, pen, row, Moved(State.SECOND_REPORT, DIED))
    found = claims.open_death(db, row.registration_id or "")
    assert found is not None


def test_the_desk_shows_the_most_urgent_first_and_nothing_that_is_over(
    db: Session, pen: Pen
) -> None:
    first, second, third = (told(db, pen) for _ in range(3))
    first.due_at, second.due_at = NOW + timedelta(days=2), NOW + timedelta(days=1)
    claims.move(db, pen, third, Moved(State.WITHDRAWN, DIED, "salah orang"))
    shown = claims.of_areas(db, ["51.71.03.2008"], 10)
    assert [row.id for row in shown] == [second.id, first.id]
    assert claims.of_areas(db, ["51.71"], 1) == [second]
    assert claims.of_areas(db, ["51.7", "51.71.03.200"], 10) == []


def test_papers_keep_their_last_state_and_why(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    assert claim_papers.note(db, pen, row, "heir_letter", ("have", ""))
    assert not claim_papers.note(db, pen, row, "heir_letter", ("have", ""))
    assert claim_papers.note(db, pen, row, "heir_letter", ("returned", "belum dicap"))
    kept = claim_papers.of_claim(db, pen.keys, row.id)
    assert (kept["heir_letter"].state, kept["heir_letter"].reason) == ("returned", "belum dicap")


def test_several_heirs_follow_one_claim_and_one_only_once(db: Session, pen: Pen) -> None:
    row = told(db, pen)
    heir = followers.note(db, pen, row, NewHeir("wife", "Ni Made Contoh", "+6281200000001"))
    again = followers.note(db, pen, row, NewHeir("wife", "Ni Made C.", "+6281200000001"))
    assert heir.id == again.id
    assert followers.name(pen.keys, again) == "Ni Made C."
    assert followers.follow(db, pen, row, Bound(WIFE, "code", heir.id))
    assert not followers.follow(db, pen, row, Bound(WIFE, "counter"))
    assert followers.follow(db, pen, row, Bound(WIFE + 1, "counter"))
    assert [one.person_id for one in followers.followers(db, row.id)] == [WIFE, WIFE + 1]
    assert [one.id for one in followers.followed_by(db, WIFE)] == [row.id]
    assert not followers.follows(db, WIFE + 2, row.id)
