"""What a row of the branch would make of a claim as it stands, or why it cannot; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.claim_rows import Wanted
from conversations.model import Invalid, Words
from rules import claim_reports
from rules.claims import Kind, State
from storage.claims import Step


@dataclass(frozen=True)
class Standing:
    """A claim as it stands on a day (`today` of its village); `steps` are oldest first."""

    kind: Kind
    state: State
    happened_on: date
    today: date
    steps: tuple[Step, ...]
    receipt: str = ""
    amount: int | None = None


@dataclass(frozen=True)
class Weighed:
    """The steps to take, in their order, and what a row adds besides; all empty: on record."""

    steps: tuple[State, ...] = ()
    receipt: str = ""
    amount: int | None = None

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.steps or self.receipt or self.amount)


def place(kind: Kind, steps: Sequence[Step], one: Wanted) -> int | None:
    """Which step of a claim, if any, is the one that a row tells; the newest of them."""
    found = [
        at
        for at, step in enumerate(steps)
        if step.on == one.on
        and claim_reports.is_step(kind, one.status, step.from_state, step.to_state)
    ]
    return found[-1] if found else None


def weigh(standing: Standing, one: Wanted) -> Weighed:
    """What a row would change; raises Invalid with the reason in words."""
    if claim_reports.meant(standing.kind, one.status) is None:
        raise Invalid(Words("claim_sheet.not_of_kind", _said(one)))
    if one.on > standing.today:
        raise Invalid(Words("claim_sheet.day_ahead", {"day": standing.today}))
    if one.on < standing.happened_on:
        raise Invalid(Words("claim_sheet.day_before", {"day": standing.happened_on}))
    at = place(standing.kind, standing.steps, one)
    if at is not None:
        return _on_record(standing, one, at)
    steps = _way(standing, one)
    if State.LODGED in steps:
        return Weighed(steps, one.receipt, one.amount)
    return Weighed(steps, _new_receipt(standing, one), one.amount)


def _on_record(standing: Standing, one: Wanted, at: int) -> Weighed:
    """A step that is written down already may lack its receipt or its sum; its reason is fixed."""
    if one.reason and one.reason != standing.steps[at].note:
        raise Invalid(Words("claim_sheet.other_reason", _said(one)))
    if one.amount and standing.amount and one.amount != standing.amount:
        raise Invalid(Words("claim_sheet.other_sum"))
    amount = None if standing.amount else one.amount
    lodged_since = any(step.to_state is State.LODGED for step in standing.steps[at + 1 :])
    return Weighed((), "" if lodged_since else _new_receipt(standing, one), amount)


def _new_receipt(standing: Standing, one: Wanted) -> str:
    """The receipt of a row where none is on record; raises Invalid for another one."""
    if one.receipt and standing.receipt and one.receipt != standing.receipt:
        raise Invalid(Words("claim_sheet.other_receipt"))
    return "" if standing.receipt else one.receipt


def _way(standing: Standing, one: Wanted) -> tuple[State, ...]:
    last = standing.steps[-1].on
    is_now = standing.state is claim_reports.meant(standing.kind, one.status)
    steps = claim_reports.steps(standing.kind, standing.state, one.status)
    if is_now and (one.on < last or not steps):
        raise Invalid(Words("claim_sheet.other_day", {**_said(one), "day": last}))
    if steps:
        return steps
    values = {"was": Words(f"follow.state.{standing.state}"), **_said(one)}
    raise Invalid(Words(f"claim_sheet.no_way.{claim_reports.no_way(standing.state)}", values))


def _said(one: Wanted) -> dict[str, object]:
    return {"status": Words(f"follow.state.{one.status}")}


def after(standing: Standing, one: Wanted, weighed: Weighed) -> Standing:
    """The claim once a row is written down."""
    state, steps = standing.state, list(standing.steps)
    for left, to in zip(reversed(range(len(weighed.steps))), weighed.steps, strict=True):
        note = "" if left else one.reason
        steps.append(Step(state, to, one.on, steps[-1].at, steps[-1].role, note))
        state = to
    return replace(
        standing,
        state=state,
        steps=tuple(steps),
        receipt=weighed.receipt or standing.receipt,
        amount=weighed.amount or standing.amount,
    )


def words(standing: Standing, one: Wanted, weighed: Weighed) -> Words:
    """What a row changes, for the table: the claim, each step, the day."""
    if not weighed.changes:
        return Words("sheet.same")
    kind = standing.kind.upper()
    chain = Words(f"follow.state.{standing.state}")
    if not weighed.steps:
        return Words("claim_sheet.filled", {"kind": kind, "state": chain})
    for to in weighed.steps:
        chain = Words("claim_sheet.then", {"was": chain, "to": Words(f"follow.state.{to}")})
    return Words("claim_sheet.moved", {"kind": kind, "steps": chain, "day": one.on})
