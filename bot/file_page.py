"""What stands on the claim-safe file of a sign-up: gathered from the chain, said in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from sqlmodel import Session

from bot.cases import village_name
from bot.house import House
from conversations.days import month_words
from conversations.form import occupation_words
from conversations.model import Words
from rules import areas, facts, sources
from rules.facts import Fact
from rules.grounds import STATEMENTS, Case, Ground, Kind, Named, Says, grounds
from rules.months import first_days
from storage import evidence, verification
from storage.evidence import Record
from storage.models import Registration

UNTRUE = ("withdrawn", "false_report")  # a claim that came to this was none
HEAD = 32  # hex digits of the last link that are printed: 128 bits
MONTHS = 12


@dataclass(frozen=True)
class Box:
    """One ground as it is shown; `verdict` is a `rules.grounds.Verdict`."""

    title: str
    verdict: str
    verdict_words: str
    lines: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Page:
    """All words of the page. `years` says of each year which of its months are paid."""

    title: str
    code: str
    under: str
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    boxes: tuple[Box, ...]
    timeline: str
    years: tuple[tuple[int, tuple[bool, ...]], ...]
    month_names: tuple[str, ...]
    foot: tuple[str, ...]
    command: str
    qr: str


class NothingKept(Exception):
    """Of this sign-up there is no evidence: the village has not confirmed it."""


@dataclass(frozen=True)
class _Gathered:
    """A sign-up with its records, and the facts of those that can be read."""

    house: House
    row: Registration
    records: tuple[Record, ...]
    facts: tuple[Fact, ...]
    problems: int

    @property
    def last(self) -> Record:
        return self.records[-1]

    def day(self, moment: datetime) -> date:
        return self.house.day(moment, self.row.village)

    def say(self, key: str, **values: object) -> str:
        """Words with values, in Indonesian."""
        return self.house.texts.plain(Words(key, values))

    def words(self, key: str) -> str:
        return self.house.texts.plain(Words(key))


def page(house: House, db: Session, row: Registration) -> Page:
    """Gather the page of a sign-up; raises NothingKept. Nothing in it is of the present day."""
    records = tuple(evidence.load(db, house.keys, row.id))
    if not records:
        raise NothingKept(row.code)
    known = tuple(_on_day(house, row, one.fact) for one in records if one.fact)
    problems = len(verification.verify(db, house.keys, row.id))
    return _page(_Gathered(house, row, records, known, problems))


def _on_day(house: House, row: Registration, fact: Fact) -> Fact:
    """An answer with the day of the village on which it was given."""
    if fact.kind != "answer":
        return fact
    given = datetime.fromisoformat(fact.values["at"])
    return replace(fact, on=house.day(given, row.village))


def _page(of: _Gathered) -> Page:
    kind, happened = _claim(of.facts)
    day = of.day(of.last.at)
    found = grounds(Case(of.facts, happened or day, kind))
    head = of.last.link.hex()[:HEAD].upper()
    return Page(
        title=of.say("file.title"),
        code=of.row.code,
        under=of.say("file.under", day=day),
        rows=tuple(_rows(of)),
        notes=tuple(_notes(of)),
        boxes=tuple(_box(of, number, one) for number, one in enumerate(found, 1)),
        timeline=of.say("file.timeline"),
        years=_years(of, happened or day),
        month_names=tuple(_month_name(of, month) for month in range(1, MONTHS + 1)),
        foot=(
            of.say("file.foot.head", count=of.last.seq, day=day, head=_grouped(head)),
            of.say("file.foot.chain"),
            of.say("file.foot.check"),
        ),
        command=f"lindung file --verify {of.row.code} --head {head}",
        qr=f"LINDUNG {of.row.code} {of.last.seq} {head}",
    )


def _grouped(head: str) -> str:
    return " ".join(head[at : at + 4] for at in range(0, len(head), 4))


def _month_name(of: _Gathered, month: int) -> str:
    name = cast(Words, month_words(date(2026, month, 1)).params["month"])
    return of.house.texts.plain(name)[:3]


def _claim(known: Sequence[Fact]) -> tuple[Kind, date | None]:
    """Of what kind the last claim is, and the day of the death or accident."""
    for fact in reversed(known):
        if fact.kind == "claim" and fact.values.get("happened_on"):
            if fact.subject in UNTRUE:
                return "", None
            kind = cast(Kind, fact.values.get("kind", ""))
            return kind, date.fromisoformat(fact.values["happened_on"])
    return "", None


def _rows(of: _Gathered) -> Iterable[tuple[str, str]]:
    """The head of the page: label and value."""
    confirmed = facts.confirmation(of.facts)
    values = confirmed.values if confirmed else {}
    yield of.say("file.label.name"), values.get("name", of.say("file.unknown"))
    yield of.say("file.label.nik"), _nik(values.get("nik", ""))
    yield of.say("file.label.village"), _place(values.get("village", of.row.village))
    yield of.say("file.label.programme"), _programme(of, values)
    yield of.say("file.label.signed_up"), _signed_up(of, values)
    yield of.say("file.label.confirmed"), _confirmed(of)
    minutes = [one.values["number"] for one in of.facts if one.kind == "minutes"]
    if minutes:
        yield of.say("file.label.minutes"), minutes[-1]
    kind, happened = _claim(of.facts)
    if happened is not None:
        claim = of.words(f"file.claim.{kind}")
        yield of.say("file.label.claim"), of.say("file.claim", claim=claim, day=happened)
    yield of.say("file.label.versions"), _versions(of)


def _nik(masked: str) -> str:
    return f"•••• •••• •••• {masked[-4:]}" if masked else "•••• •••• •••• ••••"


def _place(code: str) -> str:
    village = areas.village(code)
    if village is None:
        return code
    return f"{village_name(code)}, Kec. {village.district}, {village.regency}"


def _programme(of: _Gathered, values: Mapping[str, str]) -> str:
    key = values.get("programme", of.row.programme)
    programme = of.house.programmes.get(key)
    return programme.name.value if programme else key


def _signed_up(of: _Gathered, values: Mapping[str, str]) -> str:
    at = values.get("signed_up")
    if not at:
        return of.say("file.unknown")
    whom = of.words(f"file.whom.{values['whom']}")
    return of.say("file.signed_up", day=of.day(datetime.fromisoformat(at)), whom=whom)


def _confirmed(of: _Gathered) -> str:
    """Who vouched, by which office, on which day."""
    for record in reversed(of.records):
        if record.kind == "decision" and record.subject == "undone":
            break
        if record.kind == "decision" and record.fact:
            officer = record.fact.values.get("officer") or of.say("file.unknown")
            key = f"offices.role.{record.by.role}"
            office = of.words(key) if of.house.texts.has(key) else of.say("file.operator")
            return of.say("file.confirmed", officer=officer, office=office, day=of.day(record.at))
    return of.say("file.not_confirmed")


def _versions(of: _Gathered) -> str:
    answers = facts.answers(of.facts)
    stated = [answers[name] for name in STATEMENTS if name in answers] or [*answers.values()]
    if not stated:
        return of.say("file.unknown")
    last = max(stated, key=lambda one: one.values["at"]).values
    return of.say("file.versions", words=last["words"], rules=last["rules"])


def _notes(of: _Gathered) -> Iterable[str]:
    """What must be known before the page is trusted."""
    if of.problems:
        yield of.say("file.altered", count=of.problems)
    erased = sum(one.fact is None for one in of.records)
    if erased:
        yield of.say("file.erased", count=erased)


def _box(of: _Gathered, number: int, ground: Ground) -> Box:
    return Box(
        title=f"{number}. {of.words(f'file.ground.{ground.key}')}",
        verdict=ground.verdict,
        verdict_words=of.words(f"file.verdict.{ground.verdict}"),
        lines=tuple(of.house.texts.plain(_said(one)) for one in ground.says),
        source=of.say("file.source", source=sources.citation(ground.sources)),
    )


def _said(says: Says) -> Words:
    values = {name: _worded(name, value) for name, value in says.values.items()}
    return Words(f"file.says.{says.key}", values)


def _worded(name: str, value: object) -> object:
    if isinstance(value, Named):
        return Words(value.key)
    if name == "occupation":
        return occupation_words(str(value))
    return month_words(cast(date, value)) if name in ("first", "last") else value


def _years(of: _Gathered, until: date) -> tuple[tuple[int, tuple[bool, ...]], ...]:
    """Each year of the membership with its months."""
    ledger = facts.ledger(of.facts)
    if ledger is None:
        return ()
    paid = {one.month for one in ledger.months}
    known = [*paid, ledger.active_from]
    years = range(min(known).year, max(*known, until).year + 1)
    return tuple(
        (year, tuple(month in paid for month in first_days(date(year, 1, 1), date(year, 12, 1))))
        for year in years
    )
