"""Every action of every office, pressed by everybody who may not: nothing is accepted.

The presser is given the whole conversation of the right person, up to the last press, so that
nothing but the check in the outcome stands between the press and its effect.
"""

import re

import pytest
from sqlmodel import col, select

from bot.stage import Stage
from rules.permissions import ALLOWED, Action
from storage import staff
from storage.database import transaction
from storage.models import Audit, Staff
from tests.forged import claim_scenes
from tests.forged.forging import (
    PEOPLE,
    by_turns,
    changed,
    give_the_conversation,
    may_do,
    press,
    pressers,
    up_to_the_last,
)
from tests.forged.scenes import READING, SCENES, Scene

OF_PEOPLE = re.compile(r"Jelas Contoh|Ragu Contoh|5171031206|0099")
OF_ALL = re.compile(rf"{OF_PEOPLE.pattern}|Colleague")
ALL = (*SCENES, *claim_scenes.SCENES)


def shown_to(stage: Stage, name: str, data: str) -> str:
    """Press it, and whatever comes to mind then; all that is shown to who pressed."""
    seen = []
    for what in (data, "halo", "/petugas", "/cari", "Ragu", "/kader", "/status"):
        calls = press(stage, name, what)
        seen += [str(call) for call in calls if call["method"] != "deleteMessage"]
    return "\n".join(seen)


def refused_presses(stage: Stage) -> int:
    with transaction(stage.house.engine) as db:
        return len(db.exec(select(Audit).where(Audit.action == "refused_press")).all())


@pressers
@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.name)
def test_an_action_is_done_for_the_right_office_and_for_nobody_else(
    stage: Stage, scene: Scene, nth: int
) -> None:
    data = up_to_the_last(stage, scene)
    before, accepted = changed(stage), []
    allowed = {name for name in PEOPLE if may_do(name, scene.action)}
    others = [name for name in PEOPLE if name not in {scene.who, *scene.also, *allowed}]
    for name in by_turns(others, scene.name, nth):
        give_the_conversation(stage, scene, name)
        press(stage, name, data)
        after = changed(stage)
        if after != before:
            accepted.append((name, [table for table in after if after[table] != before[table]]))
            before = after
    assert accepted == []
    press(stage, scene.who, data)
    assert changed(stage) != before, "the right office was refused as well"


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.name)
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


@pressers
@pytest.mark.parametrize("scene", [*SCENES, *READING], ids=lambda scene: scene.name)
def test_nobody_else_is_shown_a_name_or_number_of_the_village(
    stage: Stage, scene: Scene, nth: int
) -> None:
    data = up_to_the_last(stage, scene)
    leaks = {}
    # The worker has typed all of them; who sees the queue may see them anyway.
    seeing = {name for name in PEOPLE if may_do(name, Action.SEE_QUEUE)}
    others = [name for name in PEOPLE if name not in {"worker", scene.who, *seeing}]
    for name in by_turns(others, scene.name, nth):
        give_the_conversation(stage, scene, name)
        secret = OF_PEOPLE if may_do(name, Action.SEE_OFFICES) else OF_ALL
        if found := secret.search(shown_to(stage, name, data)):
            leaks[name] = found.group()
    assert leaks == {}


@pytest.mark.parametrize("scene", READING, ids=lambda scene: scene.name)
def test_what_is_kept_from_others_is_shown_to_the_right_office(stage: Stage, scene: Scene) -> None:
    data = up_to_the_last(stage, scene)
    calls = press(stage, scene.who, data)
    assert calls
    assert "tidak berlaku" not in str(calls)


def test_every_action_of_the_table_has_a_scene() -> None:
    tried = {scene.action for scene in (*ALL, *READING)}
    assert tried == frozenset().union(*ALLOWED.values())
