"""Where the tellings of a death and of an accident begin, and what the outside knows in each."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from conversations.accident import Own
from conversations.model import Given, Session
from tests.conversations.walker import Case, Table

LATER = 9_999_999_999
NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Makassar"))
VILLAGES = ("51.71.03.2008", "51.04.01.2001")


def reports(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """A death, also after an accident; an accident of a stranger, and of one of several own."""
    death = Session("death", turn=LATER)
    yield Case("a death", death, known(near_villages=(), moment=NOW))
    yield Case("a death near by", death, known(near_villages=VILLAGES, moment=NOW))
    told = {"death.village": VILLAGES[0], "death.name": name, "death.number": "skip"}
    begun = {question: Given(value) for question, value in told.items()}
    fatal = Session("death", begun, {"place": "sawah", "how": "jatuh"}, turn=LATER)
    yield Case("a death of an accident", fatal, known(near_villages=(), moment=NOW))
    accident = Session("accident", turn=LATER)
    strange = known(near_villages=VILLAGES, moment=NOW, own_signups=())
    yield Case("an accident of a stranger", accident, strange)
    mine = (
        Own(id, "ABC-DEFG", VILLAGES[0], is_self=True, name=name),
        Own(id[::-1], "ABC-DEFH", VILLAGES[0], is_self=False, name="I Made Contoh"),
    )
    yield Case("an accident", accident, known(near_villages=(), moment=NOW, own_signups=mine))
