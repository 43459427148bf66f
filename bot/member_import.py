"""Writes the members of a sheet down, or shows what would change; person by person, in batches."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlmodel import Session

from bot import memberships
from bot.house import House
from bot.member_rows import Wanted, masked, read
from conversations.cards import checked
from conversations.model import Invalid, Words
from rules import kpj, membership
from storage import members, outbox, registrations
from storage.audit import Actor
from storage.database import transaction
from storage.member_sheets import Row
from storage.members import Recorded
from storage.models import Registration

BATCH = 100  # people in one transaction, which is a second of SQLite's one writer
# Between two of them the bot gets its turn: who waits for SQLite looks every 0.1 s.
BREATH = 0.15
OPERATOR = Actor(0, "operator")
T = TypeVar("T")
Step = Callable[[int], None]  # is told how many more rows are done


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
    """One import: of which house, at which moment, and whether it is to be kept."""

    house: House
    now: datetime
    keep: bool


class _Rehearsed(Exception):
    """Ends a transaction whose work is not to be kept."""


def run(
    house: House, rows: Sequence[Row], keep: bool, step: Step, batch: int = BATCH
) -> list[Result]:
    """Write rows down (`keep`), or do just the same and take it back; the results by line."""
    job = _Job(house, house.clock(), keep)
    results: list[Result] = []
    wanted: dict[str, list[Wanted]] = {}
    for some in _batches(rows, batch):
        with transaction(house.engine) as db:
            for row in some:
                try:
                    id, one = _understood(job, db, row)
                    wanted.setdefault(id, []).append(one)
                except Invalid as invalid:
                    results.append(Result(row.number, masked(row), invalid.words, bad=True))
    results += _cards_of_two(wanted)
    for number, people in enumerate(_batches(wanted.items(), batch)):
        time.sleep(BREATH if number else 0)
        done = _written(job, people)
        results += done
        step(len(done))
    return sorted(results, key=lambda result: result.line)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _understood(job: _Job, db: Session, row: Row) -> tuple[str, Wanted]:
    """The sign-up that a row is about, by its id, and what the row asks for; or Invalid."""
    one = read(row, job.house.day(job.now))
    found = _find(job.house, db, one)
    _check_days(job, db, found, one)
    return found.id, one


def _written(job: _Job, people: list[tuple[str, list[Wanted]]]) -> list[Result]:
    """One transaction of some people; taken back in a rehearsal."""
    done: list[Result] = []
    with suppress(_Rehearsed), transaction(job.house.engine) as db:
        for id, asked in people:
            done += _person(job, db, id, asked)
        if not job.keep:
            raise _Rehearsed
    return done


def _find(house: House, db: Session, one: Wanted) -> Registration:
    """The one sign-up that a row is about."""
    if one.code:
        row = registrations.by_code(db, one.code)
        if row is None:
            raise Invalid(Words("sheet.code_unknown"))
        if one.nik and row.nik_hash != house.keys.index("nik", one.nik):
            raise Invalid(Words("sheet.nik_of_another"))
        return row
    rows = members.with_nik(db, house.keys, one.nik)
    standing = [row for row in rows if row.state in members.ACCEPTABLE]
    if len(standing) > 1:
        raise Invalid(Words("sheet.several"))
    if not rows:
        raise Invalid(Words("sheet.nik_unknown"))
    if not standing:
        raise Invalid(memberships.refusal(Recorded("not_confirmed")))
    return standing[0]


def _check_days(job: _Job, db: Session, row: Registration, one: Wanted) -> None:
    """Refuse days that cannot be right; those of who is a member already were looked at before."""
    signed_up, today = job.house.day(row.created_at), job.house.day(job.now)
    new = one.acceptance
    if new.active_from and members.of_registration(db, row.id) is None:
        checked(lambda day: membership.check_active_from(day, signed_up, today), new.active_from)
    if new.months:
        received = new.months[0].received
        checked(lambda day: membership.check_received(day, signed_up, today), received)


def _cards_of_two(wanted: dict[str, list[Wanted]]) -> list[Result]:
    """Take out the lines whose card stands on an earlier line for another person."""
    first: dict[str, tuple[str, int]] = {}
    refused = []
    lines = sorted(((one, id) for id, asked in wanted.items() for one in asked), key=_line)
    for one, id in lines:
        number = one.acceptance.kpj
        owner, line = first.setdefault(number, (id, one.line))
        if number and owner != id:
            wanted[id].remove(one)
            words = Words("sheet.card_twice", {"line": line})
            refused.append(Result(one.line, one.who, words, bad=True))
    return refused


def _line(pair: tuple[Wanted, str]) -> int:
    return pair[0].line


def _person(job: _Job, db: Session, id: str, asked: list[Wanted]) -> list[Result]:
    """All lines of one person; who signed up is told once of them all."""
    row = registrations.by_id(db, id)
    assert row is not None  # noqa: S101 (sign-ups are never deleted)
    results: list[Result] = []
    together = Recorded()
    for one in asked:
        recorded = members.record(db, job.house.keys, row, one.acceptance, OPERATOR, job.now)
        results.append(_result(one, row, recorded))
        is_new = together.is_new or recorded.is_new
        together = Recorded(is_new=is_new, added=together.added + recorded.added)
    if job.keep and together.changed:
        memberships.follow_up(job.house, db, row, together, job.now, outbox.BROADCAST)
    return results


def _result(one: Wanted, row: Registration, recorded: Recorded) -> Result:
    who = row.code if one.code else f"{row.code}  {one.who}"
    if recorded.refused:
        return Result(one.line, who, memberships.refusal(recorded), bad=True)
    if not recorded.changed:
        return Result(one.line, who, Words("sheet.same"))
    new = one.acceptance
    facts = {"card": kpj.masked(new.kpj), "day": new.active_from, "months": len(recorded.added)}
    key = "sheet.new" if recorded.is_new else "sheet.months"
    return Result(one.line, who, Words(key, facts), changed=True)
