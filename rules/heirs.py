"""Who is entitled when a member has died, by what is asked of the family in yes and no.

The order is that of PP 44/2015 Pasal 37 on JKK; for JKM the same order was seen in the articles on
construction workers and on migrants. What no source settles is given as a key, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    SPOUSE_OR_CHILD = "spouse_or_child"
    DIRECT_LINE = "direct_line"  # by blood, up and down to the second degree
    SIBLINGS = "siblings"
    PARENTS_IN_LAW = "parents_in_law"
    WILL = "will"
    NOBODY = "nobody"  # funeral money to who arranged the funeral, the rest to the social fund


class Relation(StrEnum):
    """What a claimant is to the member; OTHER is of no level, NOBODY who arranged the funeral."""

    WIFE = "wife"
    HUSBAND = "husband"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    PARENT_IN_LAW = "parent_in_law"
    WILL = "will"
    OTHER = "other"
    NOBODY = "nobody"


ORDER = tuple(Level)

_LEVELS: Mapping[Relation, Level] = MappingProxyType(
    {
        Relation.WIFE: Level.SPOUSE_OR_CHILD,
        Relation.HUSBAND: Level.SPOUSE_OR_CHILD,
        Relation.CHILD: Level.SPOUSE_OR_CHILD,
        # Parents, then grandchildren, then grandparents: so an official explanation for JHT.
        Relation.PARENT: Level.DIRECT_LINE,
        Relation.GRANDCHILD: Level.DIRECT_LINE,
        Relation.GRANDPARENT: Level.DIRECT_LINE,
        Relation.SIBLING: Level.SIBLINGS,
        Relation.PARENT_IN_LAW: Level.PARENTS_IN_LAW,
        Relation.WILL: Level.WILL,
        Relation.NOBODY: Level.NOBODY,
    }
)

_ARTICLES = ("r2", "r10", "r11")
_SOURCES: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {
        Level.SPOUSE_OR_CHILD: _ARTICLES,
        Level.DIRECT_LINE: (*_ARTICLES, "o13"),
        Level.SIBLINGS: _ARTICLES,
        Level.PARENTS_IN_LAW: _ARTICLES,
        Level.WILL: (*_ARTICLES, "r9"),
        Level.NOBODY: ("r2", "r4b"),
    }
)
_GUARDIANS = "n34"  # a report of money paid to the guardian of a member's child

UNSETTLED = (
    "share_among_several",  # how several heirs of one level divide what is paid
    "minor_guardian_papers",  # money to a guardian was seen, not which papers he needs
    "unregistered_marriage",  # a marriage book is asked for; what holds without one is not said
    "order_in_direct_line",  # the order within the level was explained for JHT only
    "will_deed",  # a will must be a notary's deed, but the article is of construction workers
)
_MAY_BE_MINORS = frozenset({Relation.CHILD, Relation.GRANDCHILD, Relation.SIBLING})


@dataclass(frozen=True, slots=True)
class Family:
    """Whom the member left behind; `will` is whether somebody is named in one."""

    spouse: bool = False
    children: bool = False
    parents: bool = False
    grandchildren: bool = False
    grandparents: bool = False
    siblings: bool = False
    parents_in_law: bool = False
    will: bool = False


@dataclass(frozen=True, slots=True)
class Entitled:
    """The level that counts, and what a claimant may be on it, in the order of QUESTIONS.

    A spouse gives both WIFE and HUSBAND. `sources` are keys of rules/sources.yaml, `unsettled` of
    UNSETTLED.
    """

    level: Level
    relations: tuple[Relation, ...]
    sources: tuple[str, ...]
    unsettled: tuple[str, ...]


# One yes-or-no question for each field of Family, in the order in which they count.
_ASKED: Mapping[str, tuple[Relation, ...]] = MappingProxyType(
    {
        "spouse": (Relation.WIFE, Relation.HUSBAND),
        "children": (Relation.CHILD,),
        "parents": (Relation.PARENT,),
        "grandchildren": (Relation.GRANDCHILD,),
        "grandparents": (Relation.GRANDPARENT,),
        "siblings": (Relation.SIBLING,),
        "parents_in_law": (Relation.PARENT_IN_LAW,),
        "will": (Relation.WILL,),
    }
)
QUESTIONS = tuple(field.name for field in fields(Family))


def level_of(relation: Relation) -> Level | None:
    """The level of a relation; None for OTHER, whom the law does not name."""
    return _LEVELS.get(relation)


def next_question(answers: Mapping[str, bool]) -> str | None:
    """The next of QUESTIONS; None after the last of a level on which somebody is entitled.

    The answers, by question, are then what Family takes.
    """
    found: Level | None = None
    for name in QUESTIONS:
        level = _LEVELS[_ASKED[name][0]]
        if found not in (None, level):
            return None
        if name not in answers:
            return name
        found = level if answers[name] else found
    return None


def entitled(family: Family) -> Entitled:
    """The first level of the order that this family has, with what is not settled about it."""
    present = [one for name in QUESTIONS if getattr(family, name) for one in _ASKED[name]]
    if not present:
        return Entitled(Level.NOBODY, (Relation.NOBODY,), _SOURCES[Level.NOBODY], ())
    level = _LEVELS[present[0]]
    relations = tuple(one for one in present if _LEVELS[one] is level)
    minors = (_GUARDIANS,) if _MAY_BE_MINORS & set(relations) else ()
    return Entitled(level, relations, (*_SOURCES[level], *minors), _unsettled(level, relations))


def _unsettled(level: Level, relations: tuple[Relation, ...]) -> tuple[str, ...]:
    is_spouse_alone = relations == _ASKED["spouse"]
    holds = {
        "share_among_several": level is not Level.WILL and not is_spouse_alone,
        "minor_guardian_papers": bool(_MAY_BE_MINORS & set(relations)),
        "unregistered_marriage": Relation.WIFE in relations,
        "order_in_direct_line": level is Level.DIRECT_LINE and len(relations) > 1,
        "will_deed": level is Level.WILL,
    }
    return tuple(key for key in UNSETTLED if holds[key])
