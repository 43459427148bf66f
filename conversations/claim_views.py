"""A claim as those see it who may: its family, the village, the regency."""

from dataclasses import dataclass, field
from datetime import date

from conversations.model import Words, plain
from rules.claims import Kind, State, Turn
from rules.heirs import Relation
from rules.papers import Paper

PAPERS_SHOWN = 4  # on a claim's page: those to get first
# States after the papers were handed in, whatever was ticked here.
GATHERED = frozenset(State) - {
    *(State.VERIFIED, State.PAPERS_MISSING, State.NOTIFIED, State.IN_TREATMENT),
    *(State.RECOVERED, State.DISABLED, State.DEAD),
}


# The grounds on which BPJS has refused claims (`rules/grounds.py`): such a reason can be answered.
GROUNDS = ("working", "unbroken", "three_months", "papers")


@dataclass(frozen=True)
class Head:
    """A claim in a list: whose, what, how it stands, and whether its state is late."""

    id: str
    name: str
    kind: Kind
    state: State
    late: bool = False


@dataclass(frozen=True)
class StepLine:
    """One step of a timeline: the day, the state, and why, if anything was said."""

    on: date
    state: State
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class PaperLine:
    """One paper and how it stands: "open", "have", "missing", "accepted" or "returned".

    `photos` are how many were kept or are on their way; `refused` says that the newest could not
    be read.
    """

    paper: Paper
    state: str = "open"
    reason: str = field(default="", repr=False)
    photos: int = 0
    refused: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the family has it, by its own word or an officer's."""
        return self.state in ("have", "accepted")


@dataclass(frozen=True)
class Contact:
    """Somebody to speak to: the name and the number, "" where it is not known."""

    name: str
    phone: str = ""


@dataclass(frozen=True)
class ClaimView:
    """One claim with its timeline.

    `day` is the working day of this state, `limit` how many it may take (None where nothing says),
    `due` the last day; `is_law` tells a legal limit from one that the village sets itself.
    """

    id: str
    version: int
    kind: Kind
    state: State
    name: str
    village: str
    happened_on: date
    turn: Turn
    cause: str
    relation: Relation | None
    steps: tuple[StepLine, ...]
    papers: tuple[PaperLine, ...] = ()
    day: int = 0
    limit: int | None = None
    due: date | None = None
    is_law: bool = False
    estimated: bool = False
    receipt: str = ""
    officers: tuple[Contact, ...] = ()

    @property
    def missing(self) -> tuple[PaperLine, ...]:
        """The papers that are not there yet, in the order in which to get them."""
        return tuple(line for line in self.papers if not line.is_there)

    @property
    def note(self) -> str:
        """Why it was rejected or sent back, of the newest step that says so."""
        return next((step.note for step in reversed(self.steps) if step.note), "")


def heading(view: ClaimView) -> Words:
    """Whose claim it is, and of what."""
    values = {"name": view.name, "village": view.village, "day": view.happened_on}
    return Words(f"follow.heading.{_what(view)}", values)


def _what(view: ClaimView) -> str:
    if view.kind is Kind.JKM:
        return "death"
    return "work_death" if view.relation is not None else "accident"


def standing(view: ClaimView) -> tuple[Words, ...]:
    """The state, whose turn it is, and the day of how many."""
    state = Words("follow.standing", {"state": Words(f"follow.state.{view.state}")})
    return (state, *whose_turn(view))


def whose_turn(view: ClaimView) -> tuple[Words, ...]:
    """Whose turn it is, and the day of how many; nothing of what is over."""
    if view.turn is Turn.NOBODY:
        return ()
    return (Words(f"follow.turn.{view.turn}"), clock(view))


def clock(view: ClaimView) -> Words:
    """Day n of m in working days, and whose limit that is."""
    if view.limit is None or view.due is None:
        return Words("follow.clock.open", {"day": view.day})
    values = {"day": view.day, "limit": view.limit, "due": view.due}
    key = "hours" if view.state is State.NOTIFIED else "law" if view.is_law else "ours"
    return Words(f"follow.clock.{key}{'.estimated' if view.estimated else ''}", values)


def timeline(view: ClaimView) -> tuple[Words, ...]:
    """Every step with its day, the present one marked, and why where it was said."""
    lines = []
    for place, step in enumerate(view.steps, 1):
        key = "now" if place == len(view.steps) else "done"
        state = Words(f"follow.state.{step.state}")
        lines.append(Words(f"follow.step.{key}", {"day": step.on, "state": state}))
        if step.note:
            lines.append(Words("follow.step.why", {"why": why(step.note)}))
    return tuple(lines)


def why(note: str) -> Words:
    """A reason in words: one of GROUNDS, else as it was typed."""
    return Words(f"follow.ground.{note}") if note in GROUNDS else plain(note)


def next_step(view: ClaimView) -> Words:
    """What comes next; of a rejection what answers its ground, and where to object."""
    said = Words(f"follow.state.{view.state}.next")
    if view.state is not State.REJECTED or view.note not in GROUNDS:
        return said
    answer = Words(f"follow.ground.{view.note}.answer")
    return Words("follow.rejected", {"answer": answer, "next": said})


def papers(view: ClaimView) -> tuple[Words, ...]:
    """What is missing still, the first to get first and how many more; or that nothing is."""
    if not view.papers or view.state in GATHERED:
        return ()
    if not view.missing:
        return (Words("follow.papers.all"),)
    count, most = len(view.missing), PAPERS_SHOWN
    shown = view.missing if count <= most + 1 else view.missing[:most]
    papers = (Words(f"paper.{line.paper.key}") for line in shown)
    lines = [Words("follow.papers.line", {"paper": words}) for words in papers]
    if count > len(shown):
        lines.append(Words("follow.papers.more", {"count": count - len(shown)}))
    return (Words("follow.papers.missing", {"count": count, "lines": tuple(lines)}),)


def receipt(view: ClaimView) -> tuple[Words, ...]:
    """The number of the branch's receipt, if there is one."""
    return (Words("follow.receipt", {"receipt": view.receipt}),) if view.receipt else ()
