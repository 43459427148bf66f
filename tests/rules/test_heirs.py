"""The order of entitlement, family by family, and the questions that lead to it."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product

import pytest

from rules.heirs import (
    ORDER,
    QUESTIONS,
    UNSETTLED,
    Entitled,
    Family,
    Level,
    Relation,
    entitled,
    level_of,
    next_question,
)
from rules.sources import source

ARTICLES = "r2 r10 r11"
MINORS = "r2 r10 r11 n34"
LINE = "r2 r10 r11 o13"

# Who is left: the level, who may claim on it, the sources and what is not settled.
FAMILIES = [
    ("spouse", "spouse_or_child", "wife husband", ARTICLES, "unregistered_marriage"),
    (
        "spouse children",
        "spouse_or_child",
        "wife husband child",
        MINORS,
        "share_among_several minor_guardian_papers unregistered_marriage",
    ),
    (
        "children",
        "spouse_or_child",
        "child",
        MINORS,
        "share_among_several minor_guardian_papers",
    ),
    (
        "spouse parents siblings",
        "spouse_or_child",
        "wife husband",
        ARTICLES,
        "unregistered_marriage",
    ),
    (
        "children parents grandchildren will",
        "spouse_or_child",
        "child",
        MINORS,
        "share_among_several minor_guardian_papers",
    ),
    ("parents", "direct_line", "parent", LINE, "share_among_several"),
    ("parents siblings", "direct_line", "parent", LINE, "share_among_several"),
    ("parents parents_in_law will", "direct_line", "parent", LINE, "share_among_several"),
    (
        "grandchildren",
        "direct_line",
        "grandchild",
        f"{LINE} n34",
        "share_among_several minor_guardian_papers",
    ),
    ("grandparents", "direct_line", "grandparent", LINE, "share_among_several"),
    (
        "parents grandchildren",
        "direct_line",
        "parent grandchild",
        f"{LINE} n34",
        "share_among_several minor_guardian_papers order_in_direct_line",
    ),
    (
        "parents grandparents",
        "direct_line",
        "parent grandparent",
        LINE,
        "share_among_several order_in_direct_line",
    ),
    (
        "parents grandchildren grandparents siblings",
        "direct_line",
        "parent grandchild grandparent",
        f"{LINE} n34",
        "share_among_several minor_guardian_papers order_in_direct_line",
    ),
    (
        "grandchildren grandparents",
        "direct_line",
        "grandchild grandparent",
        f"{LINE} n34",
        "share_among_several minor_guardian_papers order_in_direct_line",
    ),
    (
        "siblings",
        "siblings",
        "sibling",
        MINORS,
        "share_among_several minor_guardian_papers",
    ),
    (
        "siblings parents_in_law will",
        "siblings",
        "sibling",
        MINORS,
        "share_among_several minor_guardian_papers",
    ),
    ("parents_in_law", "parents_in_law", "parent_in_law", ARTICLES, "share_among_several"),
    ("parents_in_law will", "parents_in_law", "parent_in_law", ARTICLES, "share_among_several"),
    ("will", "will", "will", f"{ARTICLES} r9", "will_deed"),
    ("", "nobody", "nobody", "r2 r4b", ""),
    (
        "spouse children parents grandchildren grandparents siblings parents_in_law will",
        "spouse_or_child",
        "wife husband child",
        MINORS,
        "share_among_several minor_guardian_papers unregistered_marriage",
    ),
]


@pytest.mark.parametrize(("left", "level", "relations", "sources", "unsettled"), FAMILIES)
def test_a_family_is_entitled_on_its_first_level(
    left: str, level: str, relations: str, sources: str, unsettled: str
) -> None:
    assert entitled(Family(**dict.fromkeys(left.split(), True))) == Entitled(
        Level(level),
        tuple(map(Relation, relations.split())),
        tuple(sources.split()),
        tuple(unsettled.split()),
    )


@pytest.mark.parametrize(
    ("relation", "level"),
    [
        ("wife", "spouse_or_child"),
        ("husband", "spouse_or_child"),
        ("child", "spouse_or_child"),
        ("parent", "direct_line"),
        ("grandchild", "direct_line"),
        ("grandparent", "direct_line"),
        ("sibling", "siblings"),
        ("parent_in_law", "parents_in_law"),
        ("will", "will"),
        ("other", None),
        ("nobody", "nobody"),
    ],
)
def test_every_relation_has_its_level_but_one_that_the_law_does_not_name(
    relation: str, level: str | None
) -> None:
    assert level_of(Relation(relation)) == level


def test_the_order_is_that_of_the_law() -> None:
    assert (
        *("spouse_or_child", "direct_line", "siblings", "parents_in_law", "will", "nobody"),
    ) == ORDER


def families() -> Iterator[Family]:
    """All 256 of them."""
    for answers in product((False, True), repeat=len(QUESTIONS)):
        yield Family(**dict(zip(QUESTIONS, answers, strict=True)))


def asked(family: Family) -> dict[str, bool]:
    """What a family answers until there is nothing left to ask."""
    answers: dict[str, bool] = {}
    while name := next_question(answers):
        answers[name] = asdict(family)[name]
    return answers


def test_every_answer_is_said_with_sources_and_known_doubts() -> None:
    for family in families():
        found = entitled(family)
        assert [source(key).key for key in found.sources] == list(dict.fromkeys(found.sources))
        assert set(found.unsettled) <= set(UNSETTLED)
        assert {level_of(relation) for relation in found.relations} == {found.level}


def test_the_questions_asked_suffice_for_the_whole_answer() -> None:
    for family in families():
        assert entitled(Family(**asked(family))) == entitled(family)


@pytest.mark.parametrize(
    ("left", "questions"),
    [
        ("spouse", "spouse children"),
        ("children will", "spouse children"),
        ("parents", "spouse children parents grandchildren grandparents"),
        ("grandparents siblings", "spouse children parents grandchildren grandparents"),
        ("siblings", "spouse children parents grandchildren grandparents siblings"),
        (
            "parents_in_law will",
            "spouse children parents grandchildren grandparents siblings parents_in_law",
        ),
        (
            "will",
            "spouse children parents grandchildren grandparents siblings parents_in_law will",
        ),
        (
            "",
            "spouse children parents grandchildren grandparents siblings parents_in_law will",
        ),
    ],
)
def test_a_family_is_asked_no_further_than_its_level(left: str, questions: str) -> None:
    family = Family(**dict.fromkeys(left.split(), True))
    assert list(asked(family)) == questions.split()


def test_an_earlier_question_that_is_open_is_asked_first() -> None:
    assert next_question({"siblings": True}) == "spouse"
    assert next_question({"children": True}) == "spouse"
    assert next_question({"spouse": False, "parents": True}) == "children"
