"""Whoever may not do something is put where the right person stands, and presses the same."""

from collections.abc import Iterable
from zlib import crc32

import pytest
from sqlmodel import select

from bot import worker
from bot.replies import Call
from bot.stage import Stage
from rules.permissions import Action, Office, Role, may
from storage import sessions
from storage.database import transaction
from storage.models import Person, Registration, StoredSession
from tests.forged.scenes import NOBODY, OFFICES, VILLAGE, Scene
from tests.long_run import sizes
from tests.steps import picture

PEOPLE = sorted({*OFFICES, *NOBODY})
# Who presses: of those who may not, every fourth by turns; in the long run each of them.
pressers = pytest.mark.parametrize("nth", sizes(4, 1))


def by_turns(names: Iterable[str], scene: str, nth: int) -> list[str]:
    """Every nth of the names, from one on that hangs on the scene."""
    return list(names)[crc32(scene.encode()) % nth :: nth]


def may_do(name: str, action: Action) -> bool:
    """Whether somebody of the stage may do this in the village."""
    if name not in OFFICES:
        return False
    role, area = OFFICES[name]
    return may([Office(Role(role), area)], action, VILLAGE)


def up_to_the_last(stage: Stage, scene: Scene) -> str:
    """Play the scene until just before its last press; what is then sent."""
    scene.prepare(stage)
    for what in scene.before:
        stage.do(scene.who, what)
    if scene.last.startswith("["):
        return button(stage, scene.who, scene.last[1:-1])
    if scene.last == "(kode)":
        with transaction(stage.house.engine) as db:
            return db.exec(select(Registration.code).order_by(Registration.code)).first() or ""
    return scene.last


def button(stage: Stage, name: str, label: str) -> str:
    """What the newest button with this label sends, or one whose label begins so, before `…`."""
    said = stage.chat(name).said
    rows = said[-1]["reply_markup"].get("inline_keyboard", [])
    shown = [one["text"] for row in rows for one in row]
    whole = next((one for one in shown if one.startswith(label[:-1])), label)
    found = stage.chat(name).data_of(whole if label.endswith("…") else label)
    assert found is not None, (label, said[-1])
    return found[0]


def press(stage: Stage, name: str, data: str) -> list[Call]:
    """Send what the last press would send, a button's data or the text; what is replied."""
    sender = {"id": stage.chat(name).id, "is_bot": False, "first_name": name}
    chat = {"id": stage.chat(name).id, "type": "private"}
    stage._updates += 1
    number = stage._updates
    if ":" in data:
        message = {"message_id": 1, "chat": chat}
        body = {"callback_query": {"id": str(number), "from": sender, "message": message}}
        body["callback_query"]["data"] = data
    else:
        message = {"message_id": 10**6 + number, "chat": chat, "from": sender, "text": data}
        body = {"message": message}
    served = worker.take(stage.house, stage.here, {"update_id": number, **body})
    worker.mark(stage.house, served)
    return served.calls


def give_the_conversation(stage: Stage, scene: Scene, to: str) -> None:
    """Let somebody stand where the right person stands."""
    house = stage.house
    with transaction(house.engine) as db:
        right = db.get_one(Person, stage.chat(scene.who).id)
        forger = db.get_one(Person, stage.chat(to).id)
        forger.slot, forger.turn = right.slot, right.turn
        forger.asked_message = right.asked_message
        for row in db.exec(select(StoredSession).where(StoredSession.person_id == right.id)).all():
            kept = sessions.load(db, house.keys, right.id, row.slot)
            assert kept is not None
            forger.slot = row.slot
            sessions.save(db, house.keys, forger, kept, stage.clock())
        forger.slot = right.slot


def changed(stage: Stage) -> dict[str, list[str]]:
    """All that is stored, but for what every turn moves and what only says who looked."""
    shown = picture(stage.house)
    shown.pop("forms", None)
    shown.pop("outbox", None)
    # An officer of elsewhere who is given a search looks for the same name in the own village.
    shown["audit"] = [row for row in shown["audit"] if "'searched'" not in row]
    return shown
