"""The loops of the bot: whatever goes wrong in one, it goes on until the bot stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from bot import worker
from bot.house import House
from bot.lasting import forever
from bot.starting import StartError
from storage.database import transaction
from tests.conftest import Bot
from tests.faults.people import wait_for
from tests.steps import act


def test_what_stumbles_is_begun_again_until_the_bot_stops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors = [ValueError("no"), OperationalError("SELECT", {}, Exception("away"))]

    async def play() -> None:
        stopping = asyncio.Event()

        async def work() -> None:
            if errors:
                raise errors.pop(0)
            stopping.set()

        await forever("work", work, stopping, 0)

    asyncio.run(play())
    assert [one.levelname for one in caplog.records] == ["ERROR", "WARNING"]


def test_a_bot_that_may_not_run_ends() -> None:
    async def work() -> None:
        raise StartError("another")

    with pytest.raises(StartError):
        asyncio.run(forever("work", work, asyncio.Event()))


@contextmanager
def nowhere(house: House, table: str) -> Iterator[None]:
    """A table has another name for a while: an error that nobody thought of."""
    _rename(house, table, f"{table}_elsewhere")
    yield
    _rename(house, f"{table}_elsewhere", table)


def _rename(house: House, table: str, to: str) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")


def test_what_others_left_is_served_after_an_error_that_nobody_thought_of(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    phone = bot.phone()
    act(phone, "halo")
    stumbled = "updates that others left: "  # on SQLite a missing table counts as away
    with nowhere(bot.house, "inbox"):
        assert wait_for(lambda: stumbled in caplog.text, 20)
    chat = {"id": phone.user_id, "type": "private"}
    message = {"message_id": 99, "date": 1, "chat": chat, "text": "halo"}
    sender = {"id": phone.user_id, "is_bot": False, "first_name": "Wayan"}
    raw = {"update_id": 1, "message": {**message, "from": sender}}
    with transaction(bot.house.engine) as db:
        worker.store(bot.house, db, [[raw]])
    assert wait_for(lambda: len(phone.chat.sent) == 2, 20)
