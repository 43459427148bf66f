"""Takes in what the branch sends back on claims, or shows what would change.

Killed at any moment and run again, the rest is done: what is on record already changes nothing,
and the news to a family stands in the transaction of its cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import claim_matching, claim_moved, claim_news, claim_weighing
from bot.claim_rows import WHO, Wanted, read
from bot.claim_weighing import Standing, Weighed
from bot.house import House
from bot.import_pace import Step, batches, done
from bot.member_import import Result
from bot.sheet_cells import masked
from conversations.claim_moves import MoveClaim
from conversations.model import Invalid
from rules.claims import Kind, State
from storage import audit, claims
from storage.audit import Actor, Change
from storage.claim_batches import Known
from storage.claims import AMOUNT, RECEIPT, Pen
from storage.database import transaction
from storage.member_sheets import Row
from storage.models import Claim

BATCH = 10  # claims in one transaction: each is moved and told of by itself
LOOKED_UP = 500  # rows whose claims are looked for together
OPERATOR = Actor(0, "operator")


@dataclass(frozen=True)
class _Job:
    """One import: of which house, at which moment, and whether it is to be kept."""

    house: House
    now: datetime
    keep: bool


@dataclass(frozen=True)
class _Case:
    """A claim and all the rows about it, by their days."""

    known: Known
    asked: list[Wanted]


def run(
    house: House, rows: Sequence[Row], keep: bool, step: Step, batch: int = BATCH
) -> list[Result]:
    """Write rows down (`keep`), or weigh them alone; the results by line."""
    job = _Job(house, house.clock(), keep)
    results: list[Result] = []
    cases = _cases(job, rows, results)
    parts = [partial(_taken, job, some) for some in batches(cases, batch)]
    results += done(house.engine, parts, step)
    return sorted(results, key=lambda result: result.line)


def _cases(job: _Job, rows: Sequence[Row], results: list[Result]) -> list[_Case]:
    """The claims that the rows are about; what cannot be understood joins the results."""
    cases: dict[str, _Case] = {}
    for some in batches(_read(job, rows, results), LOOKED_UP):
        with transaction(job.house.engine) as db:
            matched = claim_matching.match(job.house, db, some)
        for one, known in matched:
            if isinstance(known, Invalid):
                results.append(Result(one.line, one.who, known.words, bad=True))
            else:
                cases.setdefault(known.id, _Case(known, [])).asked.append(one)
    for case in cases.values():
        case.asked.sort(key=lambda one: (one.on, one.line))
    # Always in this order, so that no two who lock many wait for one another.
    return [cases[id] for id in sorted(cases)]


def _read(job: _Job, rows: Sequence[Row], results: list[Result]) -> list[Wanted]:
    today, wanted = job.house.day(job.now), []
    for row in rows:
        try:
            wanted.append(read(row, today))
        except Invalid as invalid:
            results.append(Result(row.number, masked(row, WHO), invalid.words, bad=True))
    return wanted


def _taken(job: _Job, cases: Sequence[_Case], db: Session) -> list[Result]:
    return [result for case in cases for result in _of_one(job, db, case)]


def _of_one(job: _Job, db: Session, case: _Case) -> list[Result]:
    """The rows of one claim, one after the other; its family is told once of where it stands."""
    row = claims.by_id(db, case.known.id)
    assert row is not None  # noqa: S101 (claims are never deleted)
    standing, results, has_moved = _standing(job, db, row), [], False
    for one in case.asked:
        who = case.known.sign_up.code if one.code else f"{case.known.sign_up.code}  {one.who}"
        try:
            weighed = claim_weighing.weigh(standing, one)
        except Invalid as invalid:
            results.append(Result(one.line, who, invalid.words, bad=True))
            continue
        words = claim_weighing.words(standing, one, weighed)
        results.append(Result(one.line, who, words, changed=weighed.changes))
        if job.keep:
            _write(job, db, row, one, weighed)
        standing = claim_weighing.after(standing, one, weighed)
        has_moved = has_moved or bool(weighed.steps)
    if job.keep and has_moved:
        claim_news.moved(job.house, db, row, job.now)
    return results


def _standing(job: _Job, db: Session, row: Claim) -> Standing:
    keys = job.house.keys
    return Standing(
        kind=Kind(row.kind),
        state=State(row.state),
        happened_on=row.happened_on,
        today=job.house.day(job.now, row.village),
        steps=tuple(claims.steps(db, keys, row.id)),
        receipt=claims.receipt(keys, row),
        amount=claims.amount(keys, row),
    )


def _write(job: _Job, db: Session, row: Claim, one: Wanted, weighed: Weighed) -> None:
    pen = Pen(job.house.keys, OPERATOR, job.now)
    for left, to in zip(reversed(range(len(weighed.steps))), weighed.steps, strict=True):
        said = {State.LODGED: one.receipt, State.PAID: str(one.amount or "")}
        step = MoveClaim(row.id, row.version, to, one.on, said.get(to, "" if left else one.reason))
        moved = claims.move(db, pen, row, claim_moved.moved(job.house, row, step, job.now))
        assert moved  # noqa: S101 (the row is locked)
    _fill(pen, db, row, weighed)


def _fill(pen: Pen, db: Session, row: Claim, weighed: Weighed) -> None:
    """A receipt or a sum of a step that was taken before."""
    new: dict[str, object] = {}
    if weighed.receipt and State.LODGED not in weighed.steps:
        new["receipt"] = pen.keys.seal(RECEIPT, row.id, weighed.receipt)
    if weighed.amount and State.PAID not in weighed.steps:
        new["amount"] = pen.keys.seal(AMOUNT, row.id, str(weighed.amount))
    if new:
        claims.change(
            db, row, pen.now, **{f"{name}_sealed": sealed for name, sealed in new.items()}
        )
        change = Change("claim_filled", "claim", row.id, reason=" ".join(new))
        audit.record(db, pen.by, change, pen.now)
