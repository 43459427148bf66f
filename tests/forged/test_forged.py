"""Every action of every office, pressed by everybody who may not: nothing is accepted.

The presser is given the whole conversation of the right person, up to the last press, so that
nothing but the check in the outcome stands between the press and its effect.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot import worker
from bot.stage import Stage, open_stage
from rules.permissions import ALLOWED, Action, Office, Role, may
from storage import sessions, staff
from storage.database import transaction
from storage.models import Audit, Person, Registration, Staff, StoredSession
from tests.forged.scenes import (
    DAY,
    NOBODY,
    OFFICES,
    READING,
    SCENES,
    VILLAGE,
    Scene,
    open_village,
)
from tests.steps import picture

OF_PEOPLE = re.compile(r"Jelas Contoh|Ragu Contoh|5171031206|0099")
OF_ALL = re.compile(rf"{OF_PEOPLE.pattern}|Colleague")
PEOPLE = sorted({*OFFICES, *NOBODY})


@pytest.fixture(scope="module")
def village() -> Iterator[Stage]:
    """The village as every scene begins with it; making it takes longer than most scenes."""
    with open_stage(DAY) as on_stage:
        open_village(on_stage)
        yield on_stage


@pytest.fixture
def stage(village: Stage) -> Iterator[Stage]:
    """The village, put back afterwards as it was."""
    path = Path(village.house.engine.url.database or "")
    with village.house.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    content = path.read_bytes()
    before = deepcopy((village.chats, village.clock.moment, village._updates, village._messages))
    yield village
    village.house.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    path.write_bytes(content)
    village.chats, village.clock.moment, village._updates, village._messages = before


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
        found = stage.chat(scene.who).data_of(scene.last[1:-1])
        assert found is not None, (scene.last, stage.chat(scene.who).said[-1])
        return found[0]
    if scene.last == "(kode)":
        with transaction(stage.house.engine) as db:
            return db.exec(select(Registration.code).order_by(Registration.code)).first() or ""
    return scene.last


def press(stage: Stage, name: str, data: str) -> worker.Served:
    """Send what the last press would send: a button's data, or the text; the reply."""
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
    worker.store(stage.house, [{"update_id": number, **body}])
    return worker.serve(stage.house, number)


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


def shown_to(stage: Stage, name: str, data: str) -> str:
    """Press it, and whatever comes to mind then; all that is shown to who pressed."""
    seen = []
    for what in (data, "halo", "/petugas", "/cari", "Ragu", "/kader", "/status"):
        served = press(stage, name, what)
        seen += [str(call) for call in served.calls if call["method"] != "deleteMessage"]
    return "\n".join(seen)


def refused_presses(stage: Stage) -> int:
    with transaction(stage.house.engine) as db:
        return len(db.exec(select(Audit).where(Audit.action == "refused_press")).all())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_an_action_is_done_for_the_right_office_and_for_nobody_else(
    stage: Stage, scene: Scene
) -> None:
    data = up_to_the_last(stage, scene)
    before, accepted = changed(stage), []
    for name in PEOPLE:
        if name in (scene.who, *scene.also) or may_do(name, scene.action):
            continue
        give_the_conversation(stage, scene, name)
        press(stage, name, data)
        after = changed(stage)
        if after != before:
            accepted.append((name, [table for table in after if after[table] != before[table]]))
            before = after
    assert accepted == []
    press(stage, scene.who, data)
    assert changed(stage) != before, "the right office was refused as well"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_an_action_is_not_done_any_more_once_the_office_has_ended(
    stage: Stage, scene: Scene
) -> None:
    data = up_to_the_last(stage, scene)
    with transaction(stage.house.engine) as db:
        held = select(Staff).where(Staff.person_id == stage.chat(scene.who).id)
        for office in db.exec(held.where(col(Staff.ended_at).is_(None))).all():
            assert staff.end(db, office.id, stage.clock())
    before = changed(stage)
    press(stage, scene.who, data)
    assert changed(stage) == before


@pytest.mark.parametrize("scene", [*SCENES, *READING], ids=lambda scene: scene.name)
def test_nobody_else_is_shown_a_name_or_number_of_the_village(stage: Stage, scene: Scene) -> None:
    data = up_to_the_last(stage, scene)
    leaks = {}
    for name in PEOPLE:
        # The worker has typed all of them; who sees the queue may see them anyway.
        if name in ("worker", scene.who) or may_do(name, Action.SEE_QUEUE):
            continue
        give_the_conversation(stage, scene, name)
        secret = OF_PEOPLE if may_do(name, Action.SEE_OFFICES) else OF_ALL
        if found := secret.search(shown_to(stage, name, data)):
            leaks[name] = found.group()
    assert leaks == {}


@pytest.mark.parametrize("scene", READING, ids=lambda scene: scene.name)
def test_what_is_kept_from_others_is_shown_to_the_right_office(stage: Stage, scene: Scene) -> None:
    data = up_to_the_last(stage, scene)
    served = press(stage, scene.who, data)
    assert served.calls
    assert "tidak berlaku" not in str(served.calls)


def test_every_action_of_the_table_has_a_scene() -> None:
    tried = {scene.action for scene in (*SCENES, *READING)}
    assert tried == frozenset().union(*ALLOWED.values()) - {Action.HANDLE_CLAIM}
