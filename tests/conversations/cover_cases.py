"""Where the walks of cover and calculation begin: every state of a membership, and on old days."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from conversations.coverage import Covered
from conversations.model import Session, Words
from rules.coverage import Ledger, PaidMonth
from rules.registration import State
from tests.conversations.walker import Case

LATER = 9_999_999_999
Table = Callable[[str, str], object]


def paid(first: date, months: int, received: date | None = None) -> tuple[PaidMonth, ...]:
    """So many months from a first one on, received before they began unless said otherwise."""
    days = [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
            for n in range(months)]  # fmt: skip
    return tuple(PaidMonth(day, "programme", received or first) for day in days)


START = date(2026, 1, 5)
LEDGERS = {
    "covered in full": Ledger(START, paid(date(2026, 1, 1), 12, START)),
    "covered for weeks": Ledger(date(2026, 10, 20), paid(date(2026, 10, 1), 6, date(2026, 10, 20))),
    "covered, but not paid far enough": Ledger(
        date(2026, 10, 20), paid(date(2026, 10, 1), 2, date(2026, 10, 20))
    ),
    "covered again after a lapse": Ledger(
        START, paid(date(2026, 1, 1), 3, START) + paid(date(2026, 11, 1), 3, date(2026, 11, 2))
    ),
    "unpaid": Ledger(START, paid(date(2026, 1, 1), 9, START)),
    "paid late": Ledger(
        START, paid(date(2026, 1, 1), 10, START) + paid(date(2026, 11, 1), 1, date(2026, 12, 3))
    ),
    "ended by arrears": Ledger(START, paid(date(2026, 1, 1), 3, START)),
    "accepted, unpaid yet": Ledger(START, ()),
    "accepted, to begin": Ledger(date(2026, 12, 1), paid(date(2026, 12, 1), 3, date(2026, 11, 2))),
    "left": Ledger(START, paid(date(2026, 1, 1), 12, START), ended=date(2026, 6, 1)),
    "paid by oneself": Ledger(
        START, tuple(replace(one, payer="self") for one in paid(date(2026, 1, 1), 12, START))
    ),
}


def covers(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """My cover: a stranger, one who waits, members of every standing, and several people."""
    session = Session("coverage", turn=LATER)
    yield Case("cover of a stranger", session, known(covers=()))
    one = Covered(id, "ABC-DEFG", name, "Desa Contoh", State.PENDING, Words("cover.payer.village"))
    yield Case("cover of one who waits", session, known(covers=(one,)))
    for standing, ledger in LEDGERS.items():
        member = replace(one, state=State.ACTIVE, ledger=ledger, card="•••••••8901")
        yield Case(f"cover: {standing}", session, known(covers=(member,)))
    several = (one, replace(one, id=id[::-1], code="ABC-DEFH"))
    yield Case("cover of several", session, known(covers=several))
    chosen = replace(session, about={"registration": id})
    yield Case("cover of one of several", chosen, known(covers=several))


def calculations(known: Callable[..., Table]) -> Iterator[Case]:
    """What if."""
    yield Case("a calculation", Session("calculation", turn=LATER), known())
