"""What the bot answers to a question in people's own words: one row per topic.

The sentences stand in `locales/` under `answer.<topic>`; every figure in them comes from the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from conversations.coverage import Covered, death_benefit, scholarship, standing
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
        "program.what": Topic(
            ("jkm",), ("s1", "o1", "r4b", "o11a", "s0"), ("enrolment", "coverage")
        ),
        "program.cost": Topic(
            ("monthly", "wage", "jkk_monthly", "jkm_monthly", "yearly", "self_pay"),
            ("o18", "r13a", "s1", "r13b"),
            ("coverage.self_pay", "enrolment"),
        ),
        "program.eligibility": Topic(
            (), ("n1", "n2", "n14", "r22", "s3", "n12", "n16", "n11"), ("enrolment", "age")
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
            ("kpj_length", "card_days"),
            ("o21a", "o23", "o16", "n40", "o21b", "o21e"),
            ("coverage", "contact"),
        ),
        "coverage.period": Topic(
            (), ("r12", "n3", "n10a", "n9d", "r3", "o2"), ("coverage", "coverage.lapsed")
        ),
        "coverage.lapsed": Topic(
            ("arrears_months",), ("r12", "o3", "n2"), ("coverage", "coverage.self_pay")
        ),
        "coverage.self_pay": Topic(
            ("self_pay", "wage", "discount"),
            ("r13a", "o18", "r13", "n30", "o9a"),
            ("coverage", "contact"),
        ),
        "jkk.scope": Topic(
            (), ("r3", "o14", "n31", "o9a", "o20", "o11a"), ("jkk.report", "jkk.medical")
        ),
        "jkk.medical": Topic(
            ("homecare", "homecare_years", "glasses"),
            ("o11b", "o1", "o9b"),
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
                "report_by",
                "accident_death",
                "wage",
                "accident_death_lump",
                "funeral",
                "periodic",
                "scholarship_children",
            ),
            ("o8", "o9a", "o11b", "n4", "o9b"),
            ("jkk.report", "jkk.papers", "jkm.heirs", "scholarship"),
        ),
        "jkk.transport": Topic(
            ("transport_land", "transport_sea", "transport_air"), ("o1", "o8"), ("jkk.report",)
        ),
        "jkk.report": Topic(
            ("report_by",),
            ("r8", "o19", "o15", "r5", "o2"),
            ("accident", "jkk.hospital", "jkk.papers", "contact"),
        ),
        "jkm.amount": Topic(
            ("jkm_long", "jkm_lump", "periodic", "funeral", "two_memberships"),
            ("r4b", "o11a"),
            ("jkm.how_to", "calculation", "jkk.death"),
        ),
        "jkm.scope": Topic((), ("r3", "n1", "n2"), ("jkm.amount", "jkk.scope")),
        "jkm.documents": Topic(
            ("npwp_over",), ("o6", "o2", "o7"), ("death", "jkm.how_to", "jkm.heirs")
        ),
        "jkm.heirs": Topic(
            (),
            ("r10", "r11", "r2", "o13", "r4b", "o6", "r9"),
            ("heirs", "jkm.documents", "contact"),
        ),
        "jkm.how_to": Topic(
            (), ("o4", "o2", "n36"), ("death", "jkm.documents", "jkm.amount", "contact")
        ),
        "jkm.deadline": Topic(("jkk_expiry_years",), ("r4a",), ("jkm.how_to", "contact")),
        "scholarship": Topic(
            (
                "scholarship_years",
                "scholarship_children",
                "scholarship_sd",
                "scholarship_smp",
                "scholarship_sma",
                "scholarship_college",
                "scholarship_most",
                "scholarship_until_age",
            ),
            ("o10a", "o9b", "o11a", "r4b", "o10b"),
            ("calculation", "jkm.documents"),
        ),
        "claim.status": Topic((), ("o4", "o2"), ("claim", "contact", "claim.duration")),
        "claim.duration": Topic(
            ("jkm_pay_days", "jkk_pay_days", "penalty_percent"),
            ("o12", "r2", "n1", "r9", "n6"),
            ("claim.status", "jkm.documents"),
        ),
        "claim.rejected": Topic(
            ("too_short",),
            ("n1", "n2", "o11a", "n5"),
            ("jkm.documents", "contact"),
        ),
        "difference.bpjs_kesehatan": Topic((), ("r3",), ("program.what", "jkk.scope")),
        "jht.pension": Topic(("old_age_savings", "wage"), ("o18", "o2"), ("coverage.self_pay",)),
        "privacy": Topic((), ("r15", "r14", "r18", "r20"), ("status", "contact")),
        "scam": Topic((), ("o2", "n28"), ("contact",)),
        "contact": Topic((), ("o22", "o2"), ("status", "jkk.report")),
        "move_or_job_change": Topic((), ("o24", "n47", "n12", "n1"), ("status", "contact")),
        "family.coverage": Topic((), ("r3", "r4b"), ("enrolment", "scholarship")),
        FALLBACK: Topic(),
    }
)
# Answers that nobody is taken to ask for by themselves: more about a topic, behind a button.
DETAILS: Mapping[str, Topic] = MappingProxyType(
    {
        "jkk.papers": Topic(
            ("report_by", "second_report_by", "jkk_expiry_years"),
            ("o19", "r7", "o2", "o20", "r4a"),
            ("jkk.report", "contact"),
        )
    }
)


def answer(topic: str, on: date, asker: Asker) -> Answer:
    """The answer on a day; raises KeyError for a topic that is none."""
    row = TOPICS.get(topic) or DETAILS[topic]
    try:
        general = Words(f"answer.{topic}", figures(row.figures, on))
    except NotInForce:
        return Answer(topic, (Words("answer.not_in_force"),), (), buttons(row.next))
    words = (*_own(topic, on, asker), general, *_local(topic, asker), *_sources(row))
    return Answer(topic, words, row.sources, buttons(row.next))


def _own(topic: str, on: date, asker: Asker) -> tuple[Words, ...]:
    """How it stands with the person who asks, before what holds in general."""
    if topic == "registration.status":
        return tuple(
            Words(
                "answer.registration.status.own",
                {"name": one.name, "code": one.code, "state": Words(f"state.{one.state}")},
            )
            for one in asker.covers
        )
    own = OWN.get(topic)
    return tuple(own(one, on) for one in asker.covers if one.ledger) if own else ()


def _local(topic: str, asker: Asker) -> tuple[Words, ...]:
    if topic == "program.quota" and asker.seats:
        return (asker.seats,)
    if topic == "contact" and asker.office:
        return (Words("answer.contact.office", {"office": asker.office}),)
    return ()


def _sources(row: Topic) -> tuple[Words, ...]:
    return (Words("answer.sources", {"sources": citation(row.sources)}),) if row.sources else ()


def _own_card(one: Covered, _on: date) -> Words:
    return Words("cover.card", {"name": one.name, "card": one.card})


OWN: Mapping[str, Callable[[Covered, date], Words]] = MappingProxyType(
    {
        "coverage.period": standing,
        "coverage.lapsed": standing,
        "jkm.amount": death_benefit,
        "registration.card": _own_card,
        "scholarship": scholarship,
    }
)
