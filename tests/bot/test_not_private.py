"""Updates of every kind, in groups, by bots, in albums: nothing personal outside private chats."""

from typing import Any

import pytest
from telegram import Update

from bot import worker
from bot.house import House
from bot.replies import Call
from storage.database import transaction
from storage.models import Inbound, Outbound, Registration
from tests.bot.test_mutated import serve_all
from tests.steps import all_of
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

Json = dict[str, Any]
CANARY = "Ni Luh Kenanga 5108064709880731"
PERSON: Json = {"id": 7_000_000_001, "is_bot": False, "first_name": CANARY}
PRIVATE: Json = {"id": PERSON["id"], "type": "private", "first_name": CANARY}
GROUP: Json = {"id": -1_001_000_000_001, "type": "supergroup", "title": CANARY}
CHANNEL: Json = {"id": -1_001_000_000_002, "type": "channel", "title": CANARY}
# Who speaks in the name of a group comes as this bot of Telegram's.
ANONYMOUS: Json = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"}
ONE_LINE = "hanya untuk chat pribadi"


def update(number: int, kind: str, chat: Json, by: Json = PERSON) -> Json:
    """An update of any kind, with all fields that any of them has."""
    message = {"message_id": number, "date": 0, "from": by, "chat": chat, "text": CANARY}
    more = {
        "id": str(number),
        "user": by,
        "message": message,
        "data": f"open:details:{CANARY}",
        "query": CANARY,
        "invoice_payload": CANARY,
        "bio": CANARY,
        "new_chat_member": {"status": "member", "user": by},
        "business_connection_id": CANARY,
    }
    return {"update_id": number, kind: message | (more if "message" not in kind else {})}


def answered(house: House, *raws: Json) -> list[Call]:
    """What is replied to these updates."""
    with transaction(house.engine) as db:
        worker.store(house, db, [raws])
    return serve_all(house)


@pytest.mark.parametrize("chat", [GROUP, CHANNEL], ids=lambda chat: str(chat["type"]))
def test_no_kind_of_update_brings_anything_personal_out_of_a_private_chat(
    house: House, chat: Json
) -> None:
    raws = [update(number, kind, chat) for number, kind in enumerate(Update.ALL_TYPES, 1)]
    assert len(raws) >= 23
    calls = answered(house, *raws)
    assert CANARY[:14] not in str(calls)
    assert CANARY[-16:] not in str(calls)
    assert {call["method"] for call in calls} == {"sendMessage", "leaveChat"}
    assert all(ONE_LINE in call["text"] for call in calls if call["method"] == "sendMessage")
    assert all_of(house, Outbound) == []
    assert all_of(house, Registration) == []
    assert {row.state for row in all_of(house, Inbound)} == {"done"}


def test_in_a_private_chat_the_kinds_that_are_not_meant_for_it_are_passed_over(
    house: House,
) -> None:
    meant = ("message", "edited_message", "callback_query", "my_chat_member")
    kinds = [kind for kind in Update.ALL_TYPES if kind not in meant]
    assert answered(house, *(update(n, kind, PRIVATE) for n, kind in enumerate(kinds, 1))) == []
    calls = answered(house, *(update(n, kind, PRIVATE) for n, kind in enumerate(meant, 100)))
    assert {call["chat_id"] for call in calls} == {PERSON["id"]}
    assert CANARY[-16:] not in str(calls)
    assert {row.state for row in all_of(house, Inbound)} == {"done"}


def test_a_bot_is_not_answered_but_its_group_is_left(house: House) -> None:
    robot = PERSON | {"is_bot": True}
    assert answered(house, update(1, "message", PRIVATE, robot)) == []
    calls = answered(house, update(2, "message", GROUP, ANONYMOUS))
    assert [call["method"] for call in calls] == ["sendMessage", "leaveChat"]
    assert {call["chat_id"] for call in calls} == {GROUP["id"]}


def test_each_picture_of_an_album_is_met_kindly_and_none_is_an_answer(house: House) -> None:
    start = update(1, "message", PRIVATE)
    start["message"]["text"] = "/start v_5171032008"
    [asked] = answered(house, start)
    photo = {"media_group_id": "7", "photo": [{"file_id": "A", "width": 9, "height": 9}]}
    album = [update(number, "message", PRIVATE) for number in range(2, 6)]
    for raw in album:
        del raw["message"]["text"]
        raw["message"] |= photo
    album[0]["message"]["caption"] = CANARY
    calls = answered(house, *album)
    assert len(calls) == len(album)
    assert {str(call["reply_markup"]) for call in calls} == {str(asked["reply_markup"])}
    assert CANARY[:14] not in str(calls)
