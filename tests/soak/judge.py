"""Looks at what the bot says and keeps: batch by batch, and now and then at everything."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Engine, create_engine, make_url

from bot.house import House
from conversations.model import Words
from tests.soak import invariants
from tests.soak.cast import named
from tests.soak.invariants import Look, fingerprint
from tests.soak.notes import is_noted
from tests.soak.raw import Json
from tests.soak.verdict import LONG_NUMBER, Verdict
from tests.soak.walker import Step, Walker
from tests.soak.wire import Wire

EXAMPLES = ("5171 0312 0685 0001", "5171 0301 0101 0009")  # that the questions show


class Judge:
    """What must hold; what does not is put down in the verdict."""

    def __init__(self, house: House, verdict: Verdict, wire: Wire, walker: Walker) -> None:
        self.verdict, self.wire, self.walker = verdict, wire, walker
        self.look = Look(house, reading_aside(house.engine))
        self._leave = house.texts.html(Words("group.leave"), "id")
        self._stale = {house.texts.html(Words("turn.stale"), each) for each in ("id", "en")}
        self._suspects: dict[tuple[int, str], str] = {}
        self._allowed: set[tuple[int, str]] = set()
        self._before: dict[str, object] | None = None
        self._forms: invariants.Forms = {}
        self._steps: list[Step] = []
        self._times: Counter[int] = Counter()

    def fault(self, what: str, last: list[Json]) -> None:
        """Put down what does not hold, and for the first what led there."""
        self.verdict.faults.append(what)
        if not self.verdict.last:
            self.verdict.last = [str(raw) for raw in last]

    def see(self, chat_id: int, said: str, method: str) -> None:
        """Somebody could read this."""
        if chat_id < 0 and said != self._leave:
            self.wire.faults.append(f"a group was told: {said}")
        if any(found not in EXAMPLES for found in LONG_NUMBER.findall(said)):
            self.wire.faults.append(f"a number in full went to {chat_id} by {method}: {said}")
        for mark in named(said):
            pair = (chat_id, mark)
            if chat_id not in self.walker.knows.get(mark, ()) and pair not in self._allowed:
                self._suspects[pair] = said

    def before(self, steps: list[Step]) -> None:
        """A batch of new updates is to come."""
        self._steps = steps
        self._times = Counter(step.by.id for step in steps if step.by)
        back = {step.by.id for step in steps if step.by and step.back}
        alone = {id for id in back if self._times[id] == 1}
        self._forms = invariants.forms_of(self.look, alone)

    def before_repeats(self) -> None:
        """A batch is to come of which every update is known."""
        self._steps, self._forms = [], {}
        self._before = fingerprint(self.look.reading)

    def forget_allowed(self) -> None:
        """Who may read what is asked anew: offices change."""
        self._allowed.clear()

    def after(self, began: datetime) -> list[str]:
        """What does not hold after a batch that began at a moment."""
        found = [*self.wire.faults, *self._replies(), *self._leaks(began), *self._effects()]
        found += invariants.lost(self._forms, invariants.forms_of(self.look, self._back_again()))
        self.wire.faults.clear()
        return found

    def _back_again(self) -> set[int]:
        return {id for id, _ in self._forms}

    def _replies(self) -> list[str]:
        """Whoever did something in private was answered, and a late press was told so."""
        wanted = Counter(step.by.id for step in self._steps if step.answered and step.by)
        found = []
        for step in self._steps:
            one = step.by
            if one is None or not step.answered or one.blocked:
                continue
            said = self.wire.said[one.id]
            if len(said) < wanted[one.id]:
                found.append(f"{one.id} did {wanted[one.id]} things and was told {said}")
            told = any(words in text for words in self._stale for text in said)
            if step.stale and self._times[one.id] == 1 and not told:
                found.append(f"a press that counts no more was taken: {step.body} {said}")
        return found

    def _leaks(self, began: datetime) -> list[str]:
        found = []
        for (reader, mark), said in self._suspects.items():
            authors = set(self.walker.knows.get(mark, ()))
            if not (
                invariants.may_read(self.look, reader, authors, began)
                or is_noted(self.look, reader, mark)
            ):
                found.append(f"{reader} was told of {mark}, whom {authors} named: {said}")
            self._allowed.add((reader, mark))
        self._suspects.clear()
        return found

    def _effects(self) -> list[str]:
        """Nothing came of what was delivered twice."""
        if self._before is None:
            return []
        after, before = fingerprint(self.look.reading), self._before
        self._before = None
        changed = [name for name, value in after.items() if before[name] != value]
        if not changed and not self.wire.said:
            return []
        return [f"what was delivered twice had effects: {changed} {dict(self.wire.said)}"]


def reading_aside(engine: Engine) -> Engine:
    """A second engine on the same database, that only reads and holds nobody up."""
    if engine.dialect.name == "sqlite":
        return create_engine(engine.url)
    url = make_url(engine.url.render_as_string(hide_password=False))
    return create_engine(url, isolation_level="AUTOCOMMIT")
