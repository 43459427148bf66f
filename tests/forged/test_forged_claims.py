"""Buttons, links and words of claims by who may not: nothing is done, and nothing is told."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.attachments import ATTACH
from bot.play import direct
from bot.replies import Call
from bot.stage import Stage
from conversations.claim_moves import TO
from rules.claims import State
from storage import claim_codes, followers, staff
from storage.claims import change
from storage.database import transaction
from storage.models import Claim, ClaimLink
from storage.staff import Invited
from tests.forged import claim_scenes
from tests.forged.claim_scenes import SECRETS, SHOWN, pen, reported, the_claim, unknown, verified
from tests.forged.forging import (
    PEOPLE,
    button,
    by_turns,
    changed,
    give_the_conversation,
    may_do,
    press,
    pressers,
    up_to_the_last,
)
from tests.forged.scenes import VILLAGE, Scene
from tests.long_run import sizes

IDS = [scene.name for scene, _ in SHOWN]
CASE_WAYS = (
    *("verify", "heirs", "code", "counter", "sum", "file", "papers", "person", "phone"),
    *("refresh", "list", *(f"{TO}{state}" for state in State)),
)
PAGE_WAYS = ("papers", "money", "heirs", "file", "officer", "refresh", "code")
PAPER_WAYS = ("have", "missing", "accepted", "returned", "see", "next", "list")


def told(calls: Iterable[Call]) -> str:
    """All that somebody is told, and what is sent along."""
    return json.dumps(list(calls), ensure_ascii=False)


def revealed(calls: Iterable[Call]) -> list[str]:
    """The secrets of the claim that somebody is told."""
    said = told(calls)
    return [one for one in SECRETS if one in said]


def others(scene: Scene, nth: int) -> list[str]:
    """Every nth of those who are neither of the office nor of the family."""
    known = (scene.who, "family")
    names = [name for name in PEOPLE if name not in known and not may_do(name, scene.action)]
    return by_turns(names, scene.name, nth)


@pressers
@pytest.mark.parametrize(("scene", "shows"), SHOWN, ids=IDS)
def test_what_is_shown_of_a_claim_is_shown_to_office_and_family_alone(
    stage: Stage, scene: Scene, shows: str, nth: int
) -> None:
    data = up_to_the_last(stage, scene)
    for name in others(scene, nth):
        give_the_conversation(stage, scene, name)
        calls = press(stage, name, data)
        assert (name, revealed(calls)) == (name, [])
        assert not any(ATTACH in call for call in calls)
    assert shows in told(press(stage, scene.who, data)), "the right one was refused as well"


@pressers
@pytest.mark.parametrize("scene", claim_scenes.OF_FAMILY, ids=lambda scene: scene.name)
def test_a_paper_is_noted_by_the_family_and_by_nobody_who_does_not_follow(
    stage: Stage, scene: Scene, nth: int
) -> None:
    data = up_to_the_last(stage, scene)
    before = changed(stage)
    for name in others(scene, nth):
        give_the_conversation(stage, scene, name)
        assert (name, revealed(press(stage, name, data))) == (name, [])
    assert changed(stage) == before
    press(stage, scene.who, data)
    assert changed(stage) != before


@pressers
@pytest.mark.parametrize("scene", claim_scenes.SCENES, ids=lambda scene: scene.name)
def test_who_may_not_do_something_is_told_nothing_of_the_claim(
    stage: Stage, scene: Scene, nth: int
) -> None:
    data = up_to_the_last(stage, scene)
    for name in others(scene, nth):
        give_the_conversation(stage, scene, name)
        assert (name, revealed(press(stage, name, data))) == (name, [])


def forged_buttons(row: Claim) -> Iterator[str]:
    """Every button of a claim's pages, made up by who knows the id of the claim."""
    for version in (row.version, row.version + 1):
        yield from (f"claims.case:{way}:{row.id}.{version}" for way in CASE_WAYS)
        yield from (f"follow.page:{way}:{row.id}.{version}" for way in PAGE_WAYS)
        yield from (f"paper.ask:{way}:{row.id}.1.{version}" for way in PAPER_WAYS)
    yield from (f"open:{door}:{row.id}" for door in ("claim", "claims", "mistaken", "claim_code"))
    yield from (f"claims:{row.id}:1", f"follow.which:{row.id}:1")
    yield from (f"claims.verified:send:{row.id}.{row.version}", f"open:paper:{row.id}.1")


@pytest.mark.parametrize("nth", sizes(8, 1))
@pytest.mark.parametrize("prepare", [reported, unknown, verified], ids=lambda one: one.__name__)
def test_made_up_buttons_do_nothing_and_tell_nothing(
    stage: Stage, prepare: object, nth: int
) -> None:
    prepare(stage)  # type: ignore[operator]
    row = the_claim(stage)
    strangers = [name for name in PEOPLE if name not in ("officer", "colleague", "regency")]
    if prepare is verified:
        strangers.remove("family")
    strangers.remove("worker")  # whose buttons these are not either, but who is asked: see below
    before = changed(stage)
    for name in strangers:
        for data in by_turns(forged_buttons(row), name, nth):
            assert (name, data, revealed(press(stage, name, data))) == (name, data, [])
    assert changed(stage) == before


def test_the_member_sees_nothing_of_a_claim_either(stage: Stage) -> None:
    verified(stage)
    row = the_claim(stage)
    before = changed(stage)
    for data in forged_buttons(row):
        if not data.startswith("open:mistaken"):
            found = revealed(press(stage, "worker", data))
            assert (data, found) in ((data, []), (data, ["Ragu"])), "his own name alone"
    assert changed(stage) == before


def test_only_the_member_says_that_the_news_is_false(stage: Stage) -> None:
    reported(stage)
    id = the_claim(stage).id
    before = changed(stage)
    for name in PEOPLE:
        if name != "worker":
            assert revealed(press(stage, name, f"open:mistaken:{id}")) == []
    assert changed(stage) == before
    press(stage, "worker", f"open:mistaken:{id}")
    assert the_claim(stage).disputed_at is not None


def counter_link(stage: Stage) -> str:
    verified(stage)
    with transaction(stage.house.engine) as db:
        row = db.get_one(Claim, the_claim(stage).id)
        return claim_codes.make_link(db, pen(stage), row)


def followers_of(stage: Stage) -> list[int]:
    with transaction(stage.house.engine) as db:
        return [one.person_id for one in followers.followers(db, the_claim(stage).id)]


def test_a_counter_link_binds_one_account_once(stage: Stage) -> None:
    token = counter_link(stage)
    assert "Ragu" in told(press(stage, "worker", f"/start c_{token}"))
    bound = followers_of(stage)
    for name in ("stranger", "other_officer", "auditor", "helper"):
        calls = press(stage, name, f"/start c_{token}")
        assert "Tautan ini sudah tidak berlaku" in told(calls)
        assert revealed(calls) == []
    assert followers_of(stage) == bound
    assert sorted(bound) == sorted(stage.chat(name).id for name in ("family", "worker"))


def test_of_two_who_open_a_counter_link_at_once_one_is_bound(stage: Stage) -> None:
    token = counter_link(stage)
    names = [name for name in PEOPLE if name != "family"]

    def use(name: str) -> bool:
        with transaction(stage.house.engine) as db:
            id, now = stage.chat(name).id, stage.clock()
            return claim_codes.use_link(db, stage.house.keys, token, id, now) is not None

    with ThreadPoolExecutor(len(names)) as threads:
        assert sum(threads.map(use, names)) == 1
    assert len(followers_of(stage)) == 2


def test_a_counter_link_that_is_late_binds_nobody(stage: Stage) -> None:
    token = counter_link(stage)
    stage.clock.moment += claim_codes.LINK_VALID_FOR + timedelta(seconds=1)
    calls = press(stage, "stranger", f"/start c_{token}")
    assert (revealed(calls), len(followers_of(stage))) == ([], 1)


def test_a_token_of_an_office_opens_no_claim_and_that_of_a_claim_no_office(stage: Stage) -> None:
    token = counter_link(stage)
    with transaction(stage.house.engine) as db:
        invited = Invited(VILLAGE, stage.chat("stranger").phone)
        invitation = staff.invite(db, stage.house.keys, invited, stage.clock())
    assert revealed(press(stage, "stranger", f"/start c_{invitation}")) == []
    assert len(followers_of(stage)) == 1
    stage.do("stranger", f"/start s_{token}")
    stage.do("stranger", "(kontak)")
    with transaction(stage.house.engine) as db:
        assert staff.offices_of(db, stage.chat("stranger").id) == []
        assert db.get(ClaimLink, stage.house.keys.index("claim_link", token)) is not None
        assert claim_codes.use_link(db, stage.house.keys, token, 1, stage.clock()) is not None


@pytest.mark.parametrize("token", ["", "x", "c_", "' OR 1=1", "A" * 43, "\u202e" * 43])
def test_a_made_up_counter_link_binds_nobody(stage: Stage, token: str) -> None:
    counter_link(stage)
    assert revealed(press(stage, "stranger", f"/start c_{token}")) == []
    assert len(followers_of(stage)) == 1


def test_an_office_that_has_ended_meanwhile_gets_neither_file_nor_photo(stage: Stage) -> None:
    verified(stage)
    for what in claim_scenes.PAPER:
        stage.do("officer", what)
    photo = button(stage, "officer", "🖼 Lihat foto")
    file = f"claims.case:file:{the_claim(stage).id}.{the_claim(stage).version}"
    with transaction(stage.house.engine) as db:
        for office in staff.offices_of(db, stage.chat("officer").id):
            staff.end(db, office.id, stage.clock())
    for data in (photo, file):
        calls = press(stage, "officer", data)
        assert (revealed(calls), [call for call in calls if ATTACH in call]) == ([], [])


def test_a_claim_that_went_to_another_village_is_closed_to_the_one_before(stage: Stage) -> None:
    verified(stage)
    row = the_claim(stage)
    direct("#! wait 0", stage)
    with transaction(stage.house.engine) as db:
        assert change(db, db.get_one(Claim, row.id), stage.clock(), village="51.71.03.2009")
    before = changed(stage)
    for name in ("officer", "colleague"):
        for data in forged_buttons(row):
            assert (name, data, revealed(press(stage, name, data))) == (name, data, [])
    assert changed(stage) == before
