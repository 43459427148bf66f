"""How the forms of the last people stood after their turns: the next turn begins where that ended.

A saving and nothing else. What is kept counts only where all that it hangs on is still the same;
a process that kept nothing runs the conversation from the top.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from conversations.model import Known, Run, Session

MOST = 1_000  # people; some ten kilobytes each
# Forms that many fill in at the same time, and whose facts are values, no rows of the database.
OF_FORMS = frozenset({"enrolment", "calculation"})


@dataclass(frozen=True)
class Walked:
    """A run, and what it hangs on: the session, the day, what was known of the outside."""

    session: Session
    today: date
    facts: Mapping[tuple[str, str], object]
    run: Run

    def holds(self, session: Session, today: date, known: Known) -> bool:
        """Whether the conversation would run the same way again."""
        is_same = today == self.today and all(
            getattr(session, name) == getattr(self.session, name)
            for name in ("conversation", "answers", "about", "replaced", "offered", "editing")
        )
        return is_same and all(known(*at) == fact for at, fact in self.facts.items())


@dataclass(frozen=True)
class Walks:
    """What is kept, by person."""

    most: int = MOST
    # Its methods are done at one go, whatever other threads do meanwhile.
    _kept: OrderedDict[int, Walked] = field(default_factory=OrderedDict)

    def keep(self, person: int, walked: Walked) -> None:
        """Keep how a person's form stands; whoever was kept longest ago gives way."""
        if walked.session.conversation not in OF_FORMS:
            return
        self._kept.pop(person, None)
        self._kept[person] = walked
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)

    def find(self, person: int, session: Session, today: date, known: Known) -> Run | None:
        """How a person's form stands, if that was kept and still holds."""
        walked = self._kept.get(person)
        return walked.run if walked and walked.holds(session, today, known) else None
