"""Answers about many sign-ups in one transaction come to just what they come to one by one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, select

from bot import member_news, memberships
from bot.house import House
from rules.coverage import PaidMonth
from rules.registration import State
from storage import audit, member_batches, members, outbox, registrations, tallies
from storage.acceptances import Acceptance, PaidUntil, Recorded
from storage.audit import Actor
from storage.database import transaction
from storage.models import Audit, Contribution, Member, Outbound, Registration, Tally, Timer
from tests.people import Person, submission

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
BY = Actor(0, "operator")
CARDS = ("", "12345678901", "12345678902", "97J80012345")
DAYS = (date(2026, 12, 1), date(2027, 1, 5))
PEOPLE = [Person(f"51710312068500{n:02}", f"Contoh {'I' * n}") for n in range(1, 5)]
STATES = (State.CONFIRMED, State.SUBMITTED, State.ACTIVE, State.LAPSED, State.PENDING)
FIRST = date(2026, 11, 1)


def month(number: int) -> date:
    """A month counted from November 2026."""
    return date(FIRST.year + (10 + number) // 12, (10 + number) % 12 + 1, 1)


numbers = st.integers(0, 5)
runs = st.builds(
    lambda first, count, payer, day: tuple(
        PaidMonth(month(first + n), payer, day) for n in range(count)
    ),
    numbers,
    numbers,
    st.sampled_from(("programme", "self")),
    st.sampled_from(DAYS),
)
untils = st.builds(
    lambda last, day, named: PaidUntil(month(last), day, named),
    numbers,
    st.sampled_from(DAYS),
    st.booleans(),
)
acceptances = st.builds(
    lambda card, day, months, until: Acceptance(card, day, () if until else months, until),
    st.sampled_from(CARDS),
    st.sampled_from((None, *DAYS)),
    runs,
    st.none() | untils,
)
rows = st.lists(st.tuples(st.sampled_from(range(4)), acceptances), min_size=1, max_size=8)
before = st.lists(st.sampled_from(STATES), min_size=4, max_size=4)

Asked = Sequence[tuple[int, Acceptance]]
Path = Callable[[House, Session, dict[str, list[Acceptance]]], dict[str, list[Recorded]]]


def one_by_one(
    house: House, db: Session, asked: dict[str, list[Acceptance]]
) -> dict[str, list[Recorded]]:
    """As an officer's chat does it, each sign-up told once."""
    done = {}
    for id, answers in asked.items():
        row = registrations.by_id(db, id)
        assert row is not None
        done[id] = [members.record(db, house.keys, row, one, BY, NOW) for one in answers]
        added = tuple(paid for one in done[id] for paid in one.added)
        together = Recorded(is_new=any(one.is_new for one in done[id]), added=added)
        if together.changed:
            memberships.follow_up(house, db, row, together, NOW, outbox.BROADCAST)
    return done


def all_at_once(
    house: House, db: Session, asked: dict[str, list[Acceptance]]
) -> dict[str, list[Recorded]]:
    """As a sheet is taken in; it was shown first what would become of it."""
    shown = said(member_batches.weigh(db, house.keys, asked), asked)
    written = member_batches.record(db, house.keys, asked, BY, NOW)
    member_news.follow_up(house, db, written.values(), NOW)
    assert said(written, asked) == shown
    return shown


def said(
    written: dict[str, member_batches.Written], asked: dict[str, list[Acceptance]]
) -> dict[str, list[Recorded]]:
    refused = [Recorded("not_confirmed")]
    return {
        id: list(written[id].recorded) if id in written else refused * len(answers)
        for id, answers in asked.items()
    }


def stored(house: House, states: Sequence[State]) -> list[str]:
    """Empty the house and store one sign-up of each person; a member has a card and months."""
    with house.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    ids = []
    with transaction(house.engine) as db:
        for number, (person, state) in enumerate(zip(PEOPLE, states, strict=True)):
            new = submission(person, typed_by=6_100_000_001 + number % 2)
            row = registrations.submit(db, house.keys, new, NOW - timedelta(days=40))
            ids.append(row.id)
            row.state = State.CONFIRMED if state in (State.ACTIVE, State.LAPSED) else state
            db.flush()
            if row.state != state:
                months = (PaidMonth(month(1), "programme", DAYS[0]),)
                card = Acceptance(f"9876543210{number}", DAYS[0], months)
                ago = NOW - timedelta(days=1)
                assert members.record(db, house.keys, row, card, BY, ago).is_new
                row.state = state
    return ids


def picture(house: House, ids: list[str]) -> dict[str, list[str]]:
    """All that is stored, opened, with a number in the place of every sign-up's own letters."""
    opened: dict[str, list[str]] = {}
    with transaction(house.engine) as db:
        codes = {row.id: row.code for row in db.exec(select(Registration))}
        opened["registration"] = [
            f"{row.id} {row.state} {row.version} {row.changed_at}"
            for row in db.exec(select(Registration))
        ]
        opened["member"] = [
            f"{members.kpj(house.keys, row)} {row.model_dump(exclude={'kpj_sealed', 'kpj_hash'})}"
            for row in db.exec(select(Member))
        ]
        opened["outbox"] = [
            f"{outbox.call(house.keys, row)} {row.kind} {row.rank} {row.state} {row.due_at}"
            f" {row.attempts} {row.sent_at} {row.created_at} {row.person_id}"
            for row in db.exec(select(Outbound))
        ]
        # In the order in which things were done to each sign-up.
        history = sorted(db.exec(select(Audit)), key=lambda row: (ids.index(row.object_id), row.id))
        opened["audit"] = [str(row.model_dump(exclude={"id"})) for row in history]
        for table in (Contribution, Timer, Tally):
            opened[table.__name__] = [str(row.model_dump()) for row in db.exec(select(table))]
    return {name: _numbered(found, ids, codes) for name, found in opened.items()}


def _numbered(found: Iterable[str], ids: list[str], codes: dict[str, str]) -> list[str]:
    lines = []
    for line in found:
        for number, id in enumerate(ids):
            line = line.replace(id, f"<{number}>").replace(codes[id], f"<{number}>")
        lines.append(line)
    return sorted(lines)


def played(
    house: House, states: Sequence[State], asked: Asked, path: Path
) -> tuple[dict[str, list[str]], dict[int, list[Recorded]]]:
    ids = stored(house, states)
    answers: dict[str, list[Acceptance]] = {}
    for number, one in asked:
        answers.setdefault(ids[number], []).append(one)
    with transaction(house.engine) as db:
        done = path(house, db, answers)
    return picture(house, ids), {ids.index(id): recorded for id, recorded in done.items()}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(states=before, asked=rows)
def test_many_at_once_come_to_what_they_come_to_one_by_one(
    house: House, states: list[State], asked: Asked
) -> None:
    at = replace(house, clock=lambda: NOW)
    assert played(at, states, asked, all_at_once) == played(at, states, asked, one_by_one)


def test_every_move_is_on_record_and_counted(house: House) -> None:
    ids = stored(house, [State.CONFIRMED, State.CONFIRMED, State.SUBMITTED, State.LAPSED])
    with transaction(house.engine) as db:
        db.get_one(Registration, ids[1]).warnings = "some"
        db.flush()
        tallies.recount(db)
        was = {id: db.get_one(Registration, id).version for id in ids}
    until = PaidUntil(month(4), DAYS[0])
    asked = {
        id: [Acceptance(f"1234567890{n}" if n < 3 else "", DAYS[0], until=until)]
        for n, id in enumerate(ids)
    }
    with transaction(house.engine) as db:
        all_at_once(house, db, asked)
    with transaction(house.engine) as db:
        moves = [
            [(one.from_state, one.to_state) for one in audit.history(db, "registration", id)][1:]
            for id in ids
        ]
        rows = [db.get_one(Registration, id) for id in ids]
        counted = sorted(str(row.model_dump()) for row in db.exec(select(Tally)) if row.count)
        tallies.recount(db)
        assert sorted(str(row.model_dump()) for row in db.exec(select(Tally))) == counted
    both, months = [("confirmed", "submitted"), ("submitted", "active")], [("", "")]
    before = both + months  # how the last one became a member
    assert moves == [
        both + months,
        both + months,
        both[1:] + months,
        [*before, ("lapsed", "active"), *months],
    ]
    assert [row.version - was[row.id] for row in rows] == [2, 2, 1, 1]
    assert [(row.state, row.changed_at) for row in rows] == [(State.ACTIVE, NOW)] * 4


def test_a_second_time_the_same_answers_change_nothing(house: House) -> None:
    ids = stored(house, STATES[:4])
    until = PaidUntil(month(4), DAYS[0])
    asked = {
        id: [Acceptance(f"1234567890{number}" if number < 2 else "", DAYS[0], until=until)]
        for number, id in enumerate(ids)
    }
    for path in (all_at_once, one_by_one):
        with transaction(house.engine) as db:
            path(house, db, asked)
        after = picture(house, ids)
        later = PaidUntil(month(4), DAYS[1])
        again = {id: [replace(one, until=later) for one in asked[id]] for id in asked}
        with transaction(house.engine) as db:
            assert not any(one.changed for done in path(house, db, again).values() for one in done)
        assert picture(house, ids) == after


@pytest.mark.parametrize("state", sorted(set(State) - {*STATES[:4]}))
def test_a_sign_up_in_another_state_is_left_out(house: House, state: State) -> None:
    ids = stored(house, [state, *STATES[:3]])
    with transaction(house.engine) as db:
        answers = {ids[0]: [Acceptance(CARDS[1], DAYS[0])]}
        assert member_batches.record(db, house.keys, answers, BY, NOW) == {}
