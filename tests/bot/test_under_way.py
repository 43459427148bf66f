"""Notices under way: none stays there that nobody is at work on, and none is settled twice."""

from bot import outbox_loop
from bot.house import House
from bot.outbox_loop import Notice
from bot.sending import Delivery, Result
from storage import outbox
from storage.database import transaction
from storage.models import Outbound
from storage.presence import OnlyProcess
from tests.steps import all_of

CALL = {"method": "sendMessage", "chat_id": 5, "text": "kabar"}


def queued(house: House) -> None:
    """A notice that is due."""
    with transaction(house.engine) as db:
        outbox.queue(db, house.keys, CALL, "test", house.clock())


def taken(here: OnlyProcess, house: House) -> Notice:
    """It, taken up by this process."""
    [notice] = outbox_loop.take(here, house)
    assert notice
    return notice


def row(house: House) -> Outbound:
    [one] = all_of(house, Outbound)
    return one


def test_what_was_taken_up_without_word_of_it_is_let_go_by_the_same_process(house: House) -> None:
    """The database went away at the commit, which had come there."""
    here = OnlyProcess()
    queued(house)
    notice = taken(here, house)
    outbox_loop.look(here, house, [notice.id])
    assert row(house).state == "taken", "somebody is at work on it"
    outbox_loop.look(here, house)
    assert row(house).state == "new"
    assert taken(here, house) == notice


def test_what_became_of_a_message_counts_once_however_often_it_is_noted(house: House) -> None:
    here = OnlyProcess()
    queued(house)
    notice = taken(here, house)
    for _ in range(2):
        outbox_loop.settle_one(house, notice, Delivery(Result.UNSURE))
    assert (row(house).state, row(house).unsure) == ("new", 1)


def test_what_was_sent_after_all_is_not_sent_again(house: House) -> None:
    """Others thought this process gone, and let go of what it had under way."""
    here, other = OnlyProcess(), OnlyProcess()
    queued(house)
    notice = taken(here, house)
    outbox_loop.look(other, house)
    assert row(house).state == "new"
    outbox_loop.settle_one(house, notice, Delivery(Result.SENT))
    assert row(house).state == "sent"
