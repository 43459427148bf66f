"""The outbox on both databases: who takes up what, in which order, and what is sent again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select, update

from bot.house import House
from storage import outbox
from storage.database import transaction
from storage.models import Outbound

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
HERE, THERE = 5_001, 5_002


def queued(house: House, *people: int, rank: int = outbox.CLAIM) -> list[str]:
    """A notice to each of these, one after the other."""
    with transaction(house.engine) as db:
        return [
            outbox.queue(
                db,
                house.keys,
                {"method": "sendMessage", "chat_id": person, "text": str(place)},
                "test",
                NOW + timedelta(seconds=place),
                rank,
            )
            for place, person in enumerate(people)
        ]


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=100 + seconds)


def taken(db: Session, holder: int, most: int, at: datetime | None = None) -> list[str]:
    rows = outbox.claim(db, holder, at or later(0), most)
    return [row.id for row in rows or []]


def stored(house: House, id: str) -> Outbound:
    with transaction(house.engine) as db:
        return db.get_one(Outbound, id)


def test_of_one_persons_notices_one_is_under_way_at_a_time(house: House) -> None:
    first, other, second = queued(house, 1, 2, 1)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 10) == [first, other]
    with transaction(house.engine) as db:
        assert taken(db, THERE, 10) == []
        outbox.finish(db.get_one(Outbound, first), "sent", NOW)
    with transaction(house.engine) as db:
        assert taken(db, THERE, 10) == [second]


def test_notices_of_the_same_moment_go_out_in_the_order_in_which_they_were_queued(
    house: House,
) -> None:
    calls = [{"method": "sendMessage", "chat_id": 1, "text": str(place)} for place in range(60)]
    with transaction(house.engine) as db:
        outbox.queue_many(db, house.keys, calls[:40], "test", NOW, outbox.CLAIM)
        for call in calls[40:]:
            outbox.queue(db, house.keys, call, "test", NOW, outbox.CLAIM)
        moved = [row.id for row in db.exec(select(Outbound))][:20]
        db.execute(update(Outbound).where(col(Outbound.id).in_(moved)).values(holder=None))
    said = []
    for _ in calls:
        with transaction(house.engine) as db:
            [row] = outbox.claim(db, HERE, later(0), 10) or []
            said.append(outbox.call(house.keys, row)["text"])
            outbox.finish(row, "sent", NOW)
    assert said == [call["text"] for call in calls]


def test_two_processes_that_take_at_once_never_hold_two_of_one_person(
    house: House,
) -> None:
    if house.engine.dialect.name == "sqlite":
        return  # one writer at a time, so that no two take at once
    queued(house, 1, 1, 1, 1, 1, 2)
    with transaction(house.engine) as one:
        assert len(taken(one, HERE, 1)) == 1
        with transaction(house.engine) as two:
            assert outbox.claim(two, THERE, later(0), 1) is None, "somebody is at it"
    with transaction(house.engine) as db:
        (other,) = outbox.claim(db, THERE, later(0), 1) or []
        assert other.person_id == 2


def test_who_takes_nothing_is_told_from_who_must_come_again(house: House) -> None:
    with transaction(house.engine) as db:
        assert outbox.claim(db, HERE, NOW, 1) == []
        assert outbox.claim(db, HERE, NOW, 1) == [], "it is no other who is at it"


@pytest.mark.parametrize("how", ["given back", "taken by another", "settled"])
def test_what_is_no_longer_ours_is_not_begun(house: House, how: str) -> None:
    lost, ours = queued(house, 1, 2)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 2) == [lost, ours]
    with transaction(house.engine) as db:
        row = db.get_one(Outbound, lost)
        outbox.give_back(row, NOW)
        if how == "taken by another":
            row.state, row.holder = "taken", THERE
        elif how == "settled":
            outbox.finish(row, "cancelled", NOW)
    with transaction(house.engine) as db:
        assert outbox.begin(db, HERE, [lost, ours]) == {ours}
    assert stored(house, lost).state != "sending"
    assert stored(house, ours).state == "sending"
    with transaction(house.engine) as db:
        assert outbox.begin(db, HERE, [ours]) == {ours}, "nobody knew whether it was committed"


@pytest.mark.parametrize("why", ["doubtful", "postponed"])
def test_what_is_tried_again_is_not_overtaken_by_the_next_of_its_kind(
    house: House, why: str
) -> None:
    first, other, second = queued(house, 1, 2, 1)
    with transaction(house.engine) as db:
        taken(db, HERE, 1)
        row = db.get_one(Outbound, first)
        if why == "doubtful":
            outbox.doubtful(row, later(0))
        else:
            outbox.postpone(row, later(0), 5)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 10, later(4)) == [other]
        outbox.finish(db.get_one(Outbound, other), "sent", NOW)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 10, later(6)) == [first]
        outbox.finish(db.get_one(Outbound, first), "sent", NOW)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 10, later(6)) == [second]


def test_what_waits_to_be_tried_again_holds_up_nothing_that_matters_more(house: House) -> None:
    (low,) = queued(house, 1, rank=outbox.REMINDER)
    with transaction(house.engine) as db:
        taken(db, HERE, 1)
        outbox.postpone(db.get_one(Outbound, low), later(0), 60)
    (high,) = queued(house, 1)
    with transaction(house.engine) as db:
        assert taken(db, HERE, 10) == [high]


@pytest.mark.parametrize(
    ("rank", "states"),
    [(outbox.CLAIM, ["new"] * (outbox.CRASHES - 1) + ["unsure"]), (outbox.REMINDER, ["unsure"])],
)
def test_who_is_gone_while_sending_leaves_a_doubt_and_what_matters_goes_again_for_long(
    house: House, rank: int, states: list[str]
) -> None:
    (id,) = queued(house, 1, rank=rank)
    at = later(0)
    for state in states:
        with transaction(house.engine) as db:
            assert taken(db, HERE, 1, at) == [id]
            outbox.begin(db, HERE, [id])
            outbox.let_go(db, [HERE], (), at)
        assert stored(house, id).state == state
        at = stored(house, id).due_at
        assert at <= later(0) + outbox.CRASHES * outbox.DOUBT
