"""Every action of every office, pressed by everybody who may not: nothing is accepted.

The presser is given the whole conversation of the right person, up to the last press, so that
nothing but the check in the outcome stands between the press and its effect.
"""

import pytest
from sqlmodel import col, select

from bot.stage import Stage
from rules.permissions import ALLOWED, Action
from storage import staff
from storage.database import transaction
from storage.models import Staff
from tests.forged import claim_scenes
from tests.forged.forging import (
    PEOPLE,
    changed,
    give_the_conversation,
    may_do,
    press,
    up_to_the_last,
)
from tests.forged.scenes import SCENES, Scene

ALL = (*SCENES, *claim_scenes.SCENES)


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.name)
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


def test_every_action_of_the_table_has_a_scene_or_is_shown_elsewhere() -> None:
    """Reading is tried where it is built; so are offers."""
    elsewhere = {
        *(Action.SEE_QUEUE, Action.SEARCH, Action.SEE_SEATS, Action.SEE_OFFICES),
        Action.ANSWER_OFFER,
    }
    tried = {scene.action for scene in ALL}
    assert tried == frozenset().union(*ALLOWED.values()) - elsewhere
