"""Claims as conversations see them: built from what is kept, for who may see it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlmodel import Session

from bot.cases import village_name
from bot.here import Here
from bot.house import House
from bot.zones import zone
from conversations.claim_money import Loss, sums
from conversations.claim_page import Sum
from conversations.claim_views import ClaimView, Contact, Head, PaperLine, StepLine
from rules import claim_clock
from rules import claims as rules
from rules import papers as checklist
from rules.claims import Kind, State
from rules.heirs import Relation
from rules.papers import Paper
from rules.permissions import Action, Role
from storage import claim_papers, claims, followers, members, photos, registrations, staff
from storage.models import Claim, Registration

DEATHS = frozenset({Kind.JKM})
UNTIL_PAID = frozenset({State.LODGED, State.FIELD_CHECK, State.APPROVED})


@dataclass
class Opened:
    """One claim with what hangs on it, each looked up when it is first asked for."""

    house: House
    db: Session
    row: Claim
    now: datetime

    @cached_property
    def facts(self) -> dict[str, str]:
        """What was told."""
        return claims.facts(self.house.keys, self.row)

    @cached_property
    def registration(self) -> Registration | None:
        """The sign-up that it is about, if that is known."""
        return self.db.get(Registration, self.row.registration_id or "")

    @property
    def kind(self) -> Kind:
        """JKM or JKK."""
        return Kind(self.row.kind)

    @property
    def state(self) -> State:
        """How it stands."""
        return State(self.row.state)

    @cached_property
    def name(self) -> str:
        """The person's name: as signed up, else as it was told."""
        if self.registration is not None:
            return registrations.name(self.house.keys, self.registration)
        return self.facts.get("name", "")

    @property
    def relation(self) -> Relation | None:
        """Of who claims first, once an officer has said; None of an accident that was survived."""
        heir = self.facts.get("heir", "")
        return Relation(heir) if heir else None

    @property
    def is_death(self) -> bool:
        """Whether somebody has died."""
        return self.kind in DEATHS or self.relation is not None

    @property
    def today(self) -> date:
        """The day it is in the village."""
        return self.house.day(self.now, self.row.village)

    @property
    def since(self) -> datetime:
        """From when the state counts, in the time of the village."""
        return self.row.since.astimezone(zone(self.row.village))

    def checklist(self) -> tuple[Paper, ...]:
        """The papers of this claim; none before somebody has said who claims."""
        if self.kind is Kind.JKM and self.relation is None:
            return ()
        cause = self.facts.get("cause", "unknown")
        known = cause if cause in rules.CAUSES else "unknown"
        return checklist.papers(self.kind, self.relation, known)


def head(opened: Opened) -> Head:
    """A claim in a list."""
    late = opened.row.late > 0
    return Head(opened.row.id, opened.name, opened.kind, opened.state, late)


def view(opened: Opened) -> ClaimView:
    """One claim with its timeline."""
    row, kind, state = opened.row, opened.kind, opened.state
    start = row.complete_on if state in UNTIL_PAID and row.complete_on else opened.since.date()
    limit = claim_clock.limit(kind, state, start)
    due = claim_clock.due(kind, state, opened.since, row.complete_on)
    return ClaimView(
        id=row.id,
        version=row.version,
        kind=kind,
        state=state,
        name=opened.name,
        village=village_name(row.village),
        happened_on=row.happened_on,
        turn=rules.turn(kind, state),
        cause=opened.facts.get("cause", "unknown"),
        relation=opened.relation,
        steps=_steps(opened),
        papers=_papers(opened),
        day=claim_clock.days(start, opened.today),
        limit=limit.count if limit else None,
        due=due.at.date() if due else None,
        is_law=bool(due and due.is_law),
        estimated=bool(due and due.estimated),
        receipt=claims.receipt(opened.house.keys, row),
        officers=officers(opened),
    )


def _steps(opened: Opened) -> tuple[StepLine, ...]:
    kept = claims.steps(opened.db, opened.house.keys, opened.row.id)
    return tuple(StepLine(step.on, step.to_state, step.note) for step in kept)


def _papers(opened: Opened) -> tuple[PaperLine, ...]:
    kept = claim_papers.of_claim(opened.db, opened.house.keys, opened.row.id)
    sent = photos.per_paper(opened.db, opened.row.id)
    unread = photos.unread(opened.db, opened.row.id)
    return tuple(
        replace(
            _line(paper, kept.get(paper.key)),
            photos=sent[paper.key],
            refused=paper.key in unread,
        )
        for paper in opened.checklist()
    )


def _line(paper: Paper, kept: claim_papers.Kept | None) -> PaperLine:
    return PaperLine(paper, kept.state, kept.reason) if kept else PaperLine(paper)


def officers(opened: Opened) -> tuple[Contact, ...]:
    """The officers of the village by name and number, to whom a family turns."""
    keys = opened.house.keys
    rows = staff.holders(opened.db, Action.HANDLE_CLAIM, opened.row.village)
    return tuple(
        Contact(staff.name(keys, row), staff.phone(keys, row))
        for row in rows
        if row.role == Role.VILLAGE_OFFICER
    )


def may_handle(here: Here, row: Claim | None) -> bool:
    """Whether this person answers for a claim by an office."""
    return row is not None and here.may(Action.HANDLE_CLAIM, row.village)


def may_follow(here: Here, row: Claim | None) -> bool:
    """Whether this account is bound to a claim."""
    return row is not None and followers.follows(here.db, here.person.id, row.id)


def opened(here: Here, row: Claim) -> Opened:
    """A claim as it stands in this turn."""
    return Opened(here.house, here.db, row, here.now)


def found(here: Here, id: str) -> Claim | None:
    """A claim that this person may see, by an office or as its family; else None."""
    row = claims.by_id(here.db, id)
    return row if may_handle(here, row) or may_follow(here, row) else None


def _mine(here: Here, _key: str) -> tuple[Head, ...]:
    rows = followers.followed_by(here.db, here.person.id)
    return tuple(head(opened(here, row)) for row in rows)


def _one(here: Here, id: str) -> ClaimView | None:
    row = claims.by_id(here.db, id)
    return view(opened(here, row)) if row is not None and may_follow(here, row) else None


def _sum(here: Here, id: str) -> Sum | None:
    """The money of one claim, for its family and its offices; None for anybody else."""
    row = found(here, id)
    if row is None:
        return None
    one = opened(here, row)
    ledger = members.ledger(here.db, row.registration_id) if row.registration_id else None
    loss = Loss(
        one.kind,
        row.happened_on,
        ledger,
        one.is_death,
        int(one.facts.get("memberships", "1")),
        claims.amount(here.house.keys, row),
    )
    return Sum(sums(loss))


LOOKUPS = {"my_claims": _mine, "claim": _one, "claim_sum": _sum}
