"""What the bot answers to a question in people's own words: one row per topic.

The sentences stand in `locales/` under `answer.<topic>`; every figure in them comes from the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from conversations.coverage import Covered, standing
from conversations.figures import figures
from conversations.model import Words
from conversations.steps import buttons
from rules.parameters import NotInForce
from rules.sources import citation

FALLBACK = "fallback"


@dataclass(frozen=True)
class Topic:
    """What an answer names: figures of the rules, sources, and the next steps as buttons.

    A next step is another topic or a door (`steps.py`).
    """

    figures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asker:
    """What is known of who asks, where the answer depends on it."""

    covers: tuple[Covered, ...] = ()
    office: str = ""
    seats: Words | None = None


@dataclass(frozen=True)
class Answer:
    """An answer as paragraphs, the keys of its sources, and its buttons as (words, door)."""

    topic: str
    words: tuple[Words, ...]
    sources: tuple[str, ...] = ()
    buttons: tuple[tuple[Words, str], ...] = ()


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "program.what": Topic(("jkm",), ("s0", "s1", "r3", "o11a"), ("enrolment", "coverage")),
        "program.cost": Topic(
            ("monthly", "jkk_monthly", "jkm_monthly", "yearly", "self_pay"),
            ("s1", "o18", "r13b", "r13a"),
            ("coverage.self_pay", "enrolment"),
        ),
        "program.eligibility": Topic(
            (), ("n14", "n15", "n1", "n2", "r22", "n12", "n16"), ("enrolment", "age")
        ),
        "age": Topic((), ("n14", "r12"), ("enrolment", "contact")),
        "program.how_to_register": Topic(
            (), ("o23", "r12", "r3"), ("enrolment", "program.documents")
        ),
        "program.documents": Topic((), ("o9a", "n38"), ("enrolment",)),
        "program.quota": Topic((), ("n13", "n12"), ("status", "coverage.self_pay")),
        "registration.status": Topic((), ("r12", "r3", "n13"), ("status",)),
        "registration.correct": Topic((), ("o2", "o24", "n47"), ("status", "contact")),
        "registration.card": Topic(
            ("kpj_length", "card_days"), ("o16", "o23", "o21a", "o21e"), ("coverage", "contact")
        ),
        "coverage.period": Topic(
            (), ("r3", "r12", "n3", "n10a", "n9d", "o2"), ("coverage", "coverage.lapsed")
        ),
        "coverage.lapsed": Topic(
            ("arrears_months",), ("r12", "o3", "n2"), ("coverage", "coverage.self_pay")
        ),
        "coverage.self_pay": Topic(
            ("self_pay", "wage"), ("r13", "r13a", "n30", "o9a"), ("coverage", "contact")
        ),
        "jkk.scope": Topic((), ("r3", "o14", "o9a", "n31", "o11a"), ("jkk.report", "jkk.medical")),
        "jkk.medical": Topic(
            ("homecare", "homecare_years", "glasses"),
            ("o1", "o9b"),
            ("jkk.hospital", "jkk.transport"),
        ),
        "jkk.hospital": Topic((), ("r7", "o2", "r8"), ("jkk.report", "jkk.medical")),
        "jkk.wage": Topic(
            (
                "wage_full_months",
                "wage_full_percent",
                "wage_reduced_percent",
                "wage",
                "wage_monthly",
            ),
            ("o8",),
            ("calculation", "jkk.report"),
        ),
        "jkk.disability": Topic(
            (
                "wage",
                "one_percent",
                "total_disability_lump",
                "periodic",
                "total_disability",
                "prosthesis_percent",
            ),
            ("o8", "o2"),
            ("calculation", "jkk.report"),
        ),
        "jkk.death": Topic(
            (
                "accident_death",
                "wage",
                "accident_death_lump",
                "funeral",
                "periodic",
                "scholarship_children",
            ),
            ("o8", "o9a", "o11b"),
            ("jkm.documents", "scholarship", "calculation"),
        ),
        "jkk.transport": Topic(
            ("transport_land", "transport_sea", "transport_air"), ("o1", "o8"), ("jkk.report",)
        ),
        "jkk.report": Topic(
            ("report_by", "jkk_expiry_years"),
            ("r5", "r8", "o15", "o2", "r4a"),
            ("jkk.hospital", "contact"),
        ),
        "jkm.amount": Topic(
            ("jkm", "jkm_lump", "periodic", "funeral", "two_memberships"),
            ("r4b", "o11a"),
            ("jkm.how_to", "calculation", "jkk.death"),
        ),
        "jkm.scope": Topic((), ("r3", "n1", "n2"), ("jkm.amount", "jkk.scope")),
        "jkm.documents": Topic(("npwp_over",), ("o6", "o2", "o7"), ("jkm.how_to", "jkm.heirs")),
        "jkm.heirs": Topic((), ("r2", "o13", "r4b", "r9"), ("jkm.documents", "contact")),
        "jkm.how_to": Topic((), ("o4", "o2", "n36"), ("jkm.documents", "jkm.amount", "contact")),
        "jkm.deadline": Topic(("jkk_expiry_years",), ("r4a",), ("jkm.how_to", "contact")),
        "scholarship": Topic(
            (
                "scholarship_children",
                "scholarship_sd",
                "scholarship_smp",
                "scholarship_sma",
                "scholarship_college",
                "scholarship_most",
                "scholarship_years",
                "scholarship_until_age",
            ),
            ("o10a", "o10b", "o9b", "r4b"),
            ("calculation", "jkm.documents"),
        ),
        "claim.status": Topic((), ("o4", "r15", "r20"), ("contact", "claim.duration")),
        "claim.duration": Topic(
            ("jkm_pay_days", "jkk_pay_days", "penalty_percent"),
            ("o12", "r2", "n1", "r9"),
            ("claim.status", "jkm.documents"),
        ),
        "claim.rejected": Topic(
            ("jkm_least_months",), ("n1", "n2", "n5", "o11a"), ("jkm.documents", "contact")
        ),
        "difference.bpjs_kesehatan": Topic((), ("r3",), ("program.what", "jkk.scope")),
        "jht.pension": Topic(("old_age_savings", "wage"), ("o18", "o2"), ("coverage.self_pay",)),
        "privacy": Topic((), ("r14", "r15", "r20"), ("status", "contact")),
        "scam": Topic((), ("o2", "n28"), ("contact",)),
        "contact": Topic((), ("o22", "o2"), ()),
        "move_or_job_change": Topic((), ("o24", "n47", "n12", "n1"), ("status", "contact")),
        "family.coverage": Topic((), ("r3",), ("enrolment", "scholarship")),
        FALLBACK: Topic(),
    }
)
# Answers that say first how it stands with the person who asks.
PERSONAL = frozenset({"coverage.period", "coverage.lapsed"})


def answer(topic: str, on: date, asker: Asker) -> Answer:
    """The answer on a day; raises KeyError for a topic that is none."""
    row = TOPICS[topic]
    try:
        general = Words(f"answer.{topic}", figures(row.figures, on))
    except NotInForce:
        general = Words("answer.not_in_force")
    words = (*_own(topic, on, asker), general, *_local(topic, asker))
    return Answer(topic, (*words, *_sources(row)), row.sources, buttons(row.next))


def _own(topic: str, on: date, asker: Asker) -> tuple[Words, ...]:
    members = [one for one in asker.covers if one.ledger]
    if topic == "registration.card":
        return tuple(Words("cover.card", {"name": one.name, "card": one.card}) for one in members)
    return tuple(standing(one, on) for one in members) if topic in PERSONAL else ()


def _local(topic: str, asker: Asker) -> tuple[Words, ...]:
    if topic == "program.quota" and asker.seats:
        return (asker.seats,)
    if topic == "contact" and asker.office:
        return (Words("answer.contact.office", {"office": asker.office}),)
    return ()


def _sources(row: Topic) -> tuple[Words, ...]:
    return (Words("answer.sources", {"sources": citation(row.sources)}),) if row.sources else ()
