"""kill -9 at random moments: no answer is lost, none doubled, none out of order."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from storage.models import Answer, Audit, Inbound, Registration
from tests.chaos import nemesis
from tests.chaos.bots import Mother, mother
from tests.chaos.checker import Findings, check, looked_at
from tests.chaos.run import Machines, Sizes, run
from tests.chaos.world import SETUPS, World, world

IN_THE_TEST = Sizes(kills=20, restarts=0, copies=5, starts=2, people=2)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mother]:
    """The mother of all bots."""
    with mother(tmp_path_factory.mktemp("mother")) as made:
        yield made


def test_twenty_kills_lose_no_answer_and_double_none(
    tmp_path: Path, forks: Mother, postgresql: str
) -> None:
    verdict = run(IN_THE_TEST, Machines(tmp_path, forks, postgresql), print)
    assert verdict.wrong == []
    assert verdict.deeds.kills >= IN_THE_TEST.kills
    assert verdict.found.people > 0


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, forks: Mother) -> Iterator[World]:
    """A world in which nobody was killed, only stopped and started."""
    place = (tmp_path_factory.mktemp("calm") / "world", "")
    with world(SETUPS[0], forks, place, 1, 1) as here:
        nemesis.restart(here, 3, random.Random(1))
        nemesis.end(here, 60)
        assert check(here) == Findings(messages=here.messages(), people=len(here.crowd.villagers))
        yield here


def _loses(db: Session) -> None:
    db.delete(db.exec(select(Answer)).first())


def _forgets(db: Session) -> None:
    db.delete(db.exec(select(Inbound)).first())


def _stops_halfway(db: Session) -> None:
    db.exec(select(Inbound)).first().sent_at = None


def _signs_up_twice(db: Session) -> None:
    row = db.exec(select(Registration)).first()
    db.add(Registration(**{**row.model_dump(), "id": "another", "code": "another"}))


def _does_twice(db: Session) -> None:
    row = db.exec(select(Audit)).first()
    db.add(Audit(**{**row.model_dump(), "id": None}))


def _shuffles(db: Session) -> None:
    first, second = db.exec(
        select(Answer).order_by(col(Answer.registration_id), col(Answer.place)).limit(2)
    ).all()
    first.place, second.place = second.place, first.place


def _gives_up(db: Session) -> None:
    db.exec(select(Inbound)).first().state = "dead"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (_loses, "lost"),
        (_forgets, "lost"),
        (_stops_halfway, "lost"),
        (_signs_up_twice, "doubled"),
        (_does_twice, "doubled"),
        (_shuffles, "out_of_order"),
        (_gives_up, "other"),
    ],
)
def test_the_checker_finds_what_is_wrong(
    calm: World, spoil: Callable[[Session], None], kind: str
) -> None:
    with Session(calm.house.engine) as db:
        spoil(db)
        db.flush()
        assert getattr(looked_at(calm, db), kind)


def _never(news: list[int], _: list[int]) -> None:
    del news[0]


def _again(news: list[int], _: list[int]) -> None:
    news.insert(0, news[0])


def _overtakes(news: list[int], _: list[int]) -> None:
    news[:2] = reversed(news[:2])


def _reminds_twice(_: list[int], reminders: list[int]) -> None:
    reminders.append(reminders[0])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_never, "never came"),
        (_again, "came again"),
        (_overtakes, "in the order"),
        (_reminds_twice, "came twice"),
    ],
)
def test_what_is_wrong_with_notices_is_found(
    calm: World,
    spoil: Callable[[list[int], list[int]], None],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert calm.told.wrong(0, in_order=True) == []
    heard = {kind: calm.told.heard(kind) for kind in ("klaim", "ingat")}
    spoil(*heard.values())
    monkeypatch.setattr(calm.told, "heard", heard.get)
    (found,) = calm.told.wrong(0, in_order=True)
    assert words in found
