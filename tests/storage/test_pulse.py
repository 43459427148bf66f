"""The pulse of inbox and outbox on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.house import House
from storage import inbox, outbox
from storage.database import reading, transaction
from storage.inbox import Received
from storage.models import Inbound, Outbound
from storage.pulse import Pulse, answers, pulse
from storage.sealing import Keyring

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def stored(db: Session, keys: Keyring, update: int, seconds: float, **changed: Any) -> None:
    inbox.store(db, keys, [Received(update, update, {"update_id": update})], ago(seconds))
    row = inbox.locked(db, update)
    assert isinstance(row, Inbound)
    for name, value in changed.items():
        setattr(row, name, value)


def test_where_nothing_waits_all_is_zero(db: Session) -> None:
    assert pulse(db, NOW) == Pulse()


def test_the_oldest_that_waits_counts_and_what_is_served_does_not(
    db: Session, keys: Keyring
) -> None:
    stored(db, keys, 1, 500, state="done", sent_at=NOW)
    stored(db, keys, 2, 400, state="dead")
    stored(db, keys, 3, 90)
    stored(db, keys, 4, 30)
    seen = pulse(db, NOW)
    assert (seen.unserved_age, seen.dead) == (90.0, 1)


def test_a_notice_for_later_is_not_late(db: Session, keys: Keyring) -> None:
    call = {"method": "sendMessage", "chat_id": 7, "text": "halo"}
    outbox.queue(db, keys, call, "apology", ago(-60))
    assert pulse(db, NOW) == Pulse(outbox={"new": 1})
    outbox.queue(db, keys, call, "apology", ago(12.5))
    gone = outbox.queue(db, keys, call, "apology", ago(700))
    db.flush()
    outbox.finish(db.get_one(Outbound, gone), "failed", NOW)
    db.flush()
    assert pulse(db, NOW) == Pulse(due_age=12.5, outbox={"new": 2, "failed": 1})


def test_a_clock_that_went_back_makes_no_age_below_zero(db: Session, keys: Keyring) -> None:
    stored(db, keys, 1, -3600)
    assert pulse(db, NOW).unserved_age == 0.0


def test_who_only_reads_waits_for_no_writer(house: House) -> None:
    with transaction(house.engine) as writing:
        stored(writing, house.keys, 1, 10)
        writing.flush()
        with reading(house.engine) as db:
            assert pulse(db, NOW) == Pulse()
        answers(house.engine)
    with reading(house.engine) as db:
        assert pulse(db, NOW).unserved_age == 10.0
