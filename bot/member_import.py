"""Takes BPJS' answer in, or shows what would change; many people in one transaction.

Killed at any moment and run again, the rest is done: what is on record already changes nothing,
and every notice stands in the transaction of its cause.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import member_matching, member_news, member_refusals, memberships
from bot.house import House
from bot.import_pace import Step, batches, done
from bot.member_rows import Wanted, read
from bot.sheet_cells import masked
from conversations.model import Invalid, Words
from rules import kpj
from storage import member_batches
from storage.acceptances import Recorded, Refusal
from storage.audit import Actor
from storage.database import transaction
from storage.member_batches import Found
from storage.member_sheets import Row

BATCH = 500  # people in one transaction, which is a fraction of a second of SQLite's one writer
OPERATOR = Actor(0, "operator")
Asked = list[Wanted]


@dataclass(frozen=True)
class Result:
    """What became of one line, or would: `changed`, or refused (`bad`), or neither."""

    line: int
    who: str
    words: Words
    changed: bool = False
    bad: bool = False


@dataclass(frozen=True)
class _Job:
    """One import: of which house, at which moment, whether it is to be kept, and its name."""

    house: House
    now: datetime
    keep: bool
    source: str


@dataclass(frozen=True)
class _Person:
    """A sign-up and all the lines about it, in their order."""

    found: Found
    asked: Asked


_Work = Callable[[_Job, list[_Person], Session], list[Result]]


def run(
    house: House, rows: Sequence[Row], keep: bool, step: Step, batch: int = BATCH
) -> list[Result]:
    """Write rows down (`keep`), or weigh them alone; the results by line."""
    # What tells this sheet from another: so the audit says of which one a refusal came.
    source = house.keys.index("sheet", repr([row.cells for row in rows])).hex()[:12]
    job = _Job(house, house.clock(), keep, f"sheet {source}")
    results: list[Result] = []
    people = _people(job, rows, batch, results)
    accepted, refused = _parted(people, results)
    results += _cards_of_two(accepted)
    parts: list[tuple[_Work, list[_Person]]] = [
        (_acceptances, some) for some in batches(accepted, batch)
    ]
    parts += [(_refusals, village) for village in _villages(refused)]
    bound = [partial(work, job, some) for work, some in parts]
    results += done(house.engine, bound, step)
    return sorted(results, key=lambda result: result.line)


def _people(job: _Job, rows: Sequence[Row], batch: int, results: list[Result]) -> Iterable[_Person]:
    """The sign-ups that the rows are about; what cannot be understood joins the results."""
    people: dict[str, _Person] = {}
    for some in batches(_read(job, rows, results), batch):
        with transaction(job.house.engine) as db:
            matched = member_matching.match(job.house, db, [one for _, one in some], job.now)
        for (row, _), (one, found) in zip(some, matched, strict=True):
            if isinstance(found, Invalid):
                results.append(Result(row.number, masked(row), found.words, bad=True))
            else:
                people.setdefault(found.id, _Person(found, [])).asked.append(one)
    return people.values()


def _read(job: _Job, rows: Sequence[Row], results: list[Result]) -> Iterator[tuple[Row, Wanted]]:
    today = job.house.day(job.now)
    for row in rows:
        try:
            yield row, read(row, today)
        except Invalid as invalid:
            results.append(Result(row.number, masked(row), invalid.words, bad=True))


def _parted(
    people: Iterable[_Person], results: list[Result]
) -> tuple[list[_Person], list[_Person]]:
    """Who was accepted, and who was refused; lines that say both of one person are bad."""
    accepted, refused = [], []
    for person in people:
        if all(one.refused for one in person.asked):
            refused.append(person)
        elif any(one.refused for one in person.asked):
            results += [_bad(one, person, Words("sheet.both")) for one in person.asked]
        else:
            accepted.append(person)
    return accepted, refused


def _cards_of_two(people: Sequence[_Person]) -> list[Result]:
    """Take out the lines whose card stands on an earlier line for another person."""
    first: dict[str, tuple[str, int]] = {}
    refused = []
    lines = sorted(
        ((one, person) for person in people for one in person.asked), key=lambda pair: pair[0].line
    )
    for one, person in lines:
        number, id = one.acceptance.kpj, person.found.id
        owner, line = first.setdefault(number, (id, one.line))
        if number and owner != id:
            person.asked.remove(one)
            words = Words("sheet.card_twice", {"line": line})
            refused.append(Result(one.line, one.who, words, bad=True))
    return refused


def _villages(refused: Sequence[_Person]) -> list[list[_Person]]:
    """Who was refused, by village."""
    villages: dict[str, list[_Person]] = {}
    for person in refused:
        villages.setdefault(person.found.village, []).append(person)
    return [villages[code] for code in sorted(villages)]


def _acceptances(job: _Job, people: list[_Person], db: Session) -> list[Result]:
    asked = {one.found.id: [line.acceptance for line in one.asked] for one in people if one.asked}
    keys = job.house.keys
    if job.keep:
        written = member_batches.record(db, keys, asked, OPERATOR, job.now)
        member_news.follow_up(job.house, db, written.values(), job.now)
    else:
        written = member_batches.weigh(db, keys, asked)
    missing = Recorded("not_confirmed")
    results = []
    for person in people:
        known = written.get(person.found.id)
        recorded = known.recorded if known else [missing] * len(person.asked)
        results += [_result(*pair, person) for pair in zip(person.asked, recorded, strict=True)]
    return results


def _result(one: Wanted, recorded: Recorded, person: _Person) -> Result:
    if recorded.refused:
        return _bad(one, person, memberships.refusal(recorded))
    if not recorded.changed:
        return Result(one.line, _who(one, person), Words("sheet.same"))
    new, months = one.acceptance, len(recorded.added)
    words = Words("sheet.months", {"months": months})
    if recorded.is_new:
        facts = {"card": kpj.masked(new.kpj), "day": new.active_from, "months": months}
        words = Words("sheet.new", facts)
    return Result(one.line, _who(one, person), words, changed=True)


def _bad(one: Wanted, person: _Person, words: Words) -> Result:
    return Result(one.line, _who(one, person), words, bad=True)


def _who(one: Wanted, person: _Person) -> str:
    return person.found.code if one.code else f"{person.found.code}  {one.who}"


def _refusals(job: _Job, people: list[_Person], db: Session) -> list[Result]:
    """Of one village. Who stands on several lines is refused for what the last one says."""
    answers = {person.found.id: Refusal(person.asked[-1].refused, job.source) for person in people}
    if job.keep:
        done = member_refusals.refuse(job.house, db, answers, OPERATOR, job.now)
    else:
        done = member_refusals.weigh(db, answers)
    return [
        _refused(one, person, done[person.found.id]) for person in people for one in person.asked
    ]


def _refused(one: Wanted, person: _Person, done: str) -> Result:
    if done not in ("refused", "same"):
        return _bad(one, person, memberships.refusal(Recorded(done)))
    is_new = done == "refused"
    words = Words("sheet.refused_by_bpjs", {"why": one.refused}) if is_new else Words("sheet.same")
    return Result(one.line, _who(one, person), words, changed=is_new)
