"""An update that is delivered again: its effects are done once, its reply until it was sent."""

from pathlib import Path
from typing import Any

import pytest

from bot import worker
from bot.house import House
from bot.worker import Nothing, Served
from storage.database import transaction
from storage.models import Inbound
from storage.presence import OnlyProcess, Presence, open_presence
from tests.conftest import TEGAL_HARUM, clear, one_engine, opened, settings_for
from tests.steps import all_of, link, picture
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

TOO_EARLY = "Pesan tadi terkirim sebelum pertanyaan ini"
PERSON = 7_000_000_001


def text(update_id: int, typed: str) -> dict[str, Any]:
    """Something typed."""
    person = {"id": PERSON, "is_bot": False, "first_name": "Wayan"}
    chat = {"id": PERSON, "type": "private"}
    body = {"message_id": update_id, "date": 0, "from": person, "chat": chat, "text": typed}
    return {"update_id": update_id, "message": body}


def delivered(house: House, here: Presence, raw: dict[str, Any]) -> Served | Nothing:
    """Store an update and serve the person's lane."""
    with transaction(house.engine) as db:
        worker.store(house, db, [[raw]])
    with transaction(house.engine) as db:
        return worker.serve(here, house, db, [PERSON])[0]


@pytest.mark.both_databases
def test_until_its_reply_was_marked_sent_an_update_is_answered_again_and_not_done_again(
    house: House,
) -> None:
    here, raw = OnlyProcess(), text(7, link(TEGAL_HARUM))
    first = delivered(house, here, raw)
    assert isinstance(first, Served)
    assert [call["method"] for call in first.calls] == ["sendMessage"]
    before = picture(house)
    for process in (here, OnlyProcess()):  # the same, and one that came after it was killed
        again = delivered(house, process, raw)
        assert isinstance(again, Served)
        assert (again.update_id, again.calls) == (7, first.calls)
    worker.mark(house, first, asked=8)
    assert delivered(house, here, raw) == Nothing()
    [row] = all_of(house, Inbound)
    assert (row.state, row.reply_sealed) == ("done", None)
    after = picture(house)
    assert {**after, "person": ()} == {**before, "person": ()}


@pytest.mark.both_databases
def test_what_follows_waits_until_the_reply_before_was_sent(house: House) -> None:
    here = OnlyProcess()
    first = delivered(house, here, text(7, link(TEGAL_HARUM)))
    assert isinstance(first, Served)
    waiting = delivered(house, here, text(9, "Saya sendiri"))
    assert isinstance(waiting, Served)
    assert waiting.update_id == 7
    worker.mark(house, first, asked=8)
    second = delivered(house, here, text(7, link(TEGAL_HARUM)))
    assert isinstance(second, Served)
    assert second.update_id == 9


def test_what_comes_late_waits_until_another_process_has_replied_to_what_came_first(
    tables: str, tmp_path: Path
) -> None:
    clear(one_engine(tables))
    with opened(settings_for(tmp_path, tables)) as house:
        one, other = open_presence(house.engine), open_presence(house.engine)
        first = delivered(house, one, text(9, link(TEGAL_HARUM)))
        assert isinstance(first, Served)
        assert delivered(house, other, text(7, "1")) == Nothing(busy=True)
        worker.mark(house, first, asked=10)
        late = delivered(house, other, text(7, "1"))
        assert isinstance(late, Served)
        assert TOO_EARLY in late.calls[-1]["text"]
        one.close()
        other.close()
