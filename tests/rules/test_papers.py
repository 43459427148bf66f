"""The papers of a claim by who claims and what happened, written out in their order."""

from itertools import product

import pytest

from rules.claims import CAUSES, Kind
from rules.heirs import Relation
from rules.papers import KEYS, PLACES, Paper, missing, papers
from rules.sources import source

# "?" marks what is not certain.
JKM_HEIR = (
    "member_card member_ktp heir_ktp family_card {}death_certificate {}heir_letter {}bank_book"
    " form_f4"
)
JKM = {
    "wife": JKM_HEIR.format("marriage_book ", "", ""),
    "husband": JKM_HEIR.format("marriage_book ", "", ""),
    "child": JKM_HEIR.format("", "", ""),
    "parent": JKM_HEIR.format("", "", ""),
    "grandchild": JKM_HEIR.format("", "", ""),
    "grandparent": JKM_HEIR.format("", "", ""),
    "sibling": JKM_HEIR.format("", "", ""),
    "parent_in_law": JKM_HEIR.format("", "", ""),
    "will": JKM_HEIR.format("", "will_deed? ", ""),
    "other": JKM_HEIR.format("", "", "court_ruling? "),
    "nobody": (
        "member_card member_ktp family_card? death_certificate funeral_arranger?"
        " funeral_receipts? bank_book? form_f4?"
    ),
}
ACCIDENT = (
    "member_card member_ktp form_kk1 {}chronology? two_witnesses? receipts form_kk3 {}form_kk2"
)
JKK_HEIR = "heir_ktp? family_card? {}death_certificate? {}heir_letter? {}bank_book? "
JKK = {
    "wife": JKK_HEIR.format("marriage_book? ", "", ""),
    "husband": JKK_HEIR.format("marriage_book? ", "", ""),
    "child": JKK_HEIR.format("", "", ""),
    "parent": JKK_HEIR.format("", "", ""),
    "grandchild": JKK_HEIR.format("", "", ""),
    "grandparent": JKK_HEIR.format("", "", ""),
    "sibling": JKK_HEIR.format("", "", ""),
    "parent_in_law": JKK_HEIR.format("", "", ""),
    "will": JKK_HEIR.format("", "will_deed? ", ""),
    "other": JKK_HEIR.format("", "", "court_ruling? "),
    "nobody": ("family_card? death_certificate? funeral_arranger? funeral_receipts? bank_book? "),
}


def written(checklist: tuple[Paper, ...]) -> str:
    return " ".join(paper.key + ("" if paper.is_certain else "?") for paper in checklist)


def by_key(checklist: tuple[Paper, ...]) -> dict[str, Paper]:
    return {paper.key: paper for paper in checklist}


@pytest.mark.parametrize(
    ("relation", "cause"), list(product(Relation, ("illness", "accident", "unknown")))
)
def test_a_death_not_of_work_asks_for_the_papers_of_the_heirs(
    relation: Relation, cause: str
) -> None:
    assert written(papers(Kind.JKM, relation, cause)) == JKM[relation]


@pytest.mark.parametrize(
    ("relation", "cause"), list(product(Relation, ("work", "road_work", "sea_work")))
)
def test_a_death_of_work_asks_for_the_accident_and_perhaps_for_the_heirs(
    relation: Relation, cause: str
) -> None:
    police = "police_report? " if cause == "road_work" else ""
    assert written(papers(Kind.JKK, relation, cause)) == ACCIDENT.format(police, JKK[relation])


@pytest.mark.parametrize("cause", CAUSES)
def test_who_survived_an_accident_shows_no_papers_of_heirs(cause: str) -> None:
    police = "police_report? " if cause == "road_work" else ""
    assert written(papers(Kind.JKK, None, cause, minor=True)) == ACCIDENT.format(police, "")


def test_a_minor_needs_a_guardian_and_which_paper_is_not_certain() -> None:
    child = papers(Kind.JKM, Relation.CHILD, "illness", minor=True)
    assert written(child) == JKM_HEIR.format("", "", "guardian_letter? ")
    assert "guardian_letter" not in by_key(papers(Kind.JKM, Relation.NOBODY, "illness", minor=True))


@pytest.mark.parametrize(
    ("kind", "relation", "certain"),
    [("jkm", "wife", True), ("jkm", "nobody", False), ("jkk", "wife", False), ("jkk", None, False)],
)
def test_a_tax_number_is_asked_for_above_the_limit_only(
    kind: str, relation: str | None, certain: bool
) -> None:
    who = Relation(relation) if relation else None
    over = by_key(papers(Kind(kind), who, "work", over_npwp_limit=True))
    under = by_key(papers(Kind(kind), who, "work"))
    assert set(over) - set(under) == {"npwp"}
    assert over["npwp"].is_certain is certain
    assert {key: paper for key, paper in over.items() if key in under} == under


def test_another_cause_or_no_claimant_of_a_death_is_no_claim() -> None:
    with pytest.raises(ValueError, match=r"^not a cause: murder$"):
        papers(Kind.JKK, Relation.WIFE, "murder")
    with pytest.raises(ValueError, match=r"^a claim for JKM has a claimant$"):
        papers(Kind.JKM, None, "illness")


def every() -> list[tuple[Paper, ...]]:
    asked = product(Kind, [*Relation, None], CAUSES, (False, True), (False, True))
    return [
        papers(kind, relation, cause, minor=minor, over_npwp_limit=over)
        for kind, relation, cause, minor, over in asked
        if kind is Kind.JKK or relation is not None
    ]


def test_every_paper_is_named_once_and_comes_after_what_it_needs() -> None:
    for checklist in every():
        keys = [paper.key for paper in checklist]
        assert len(set(keys)) == len(keys)
        for paper in checklist:
            assert set(paper.after) <= set(keys[: keys.index(paper.key)])
    assert {paper.key for checklist in every() for paper in checklist} == set(KEYS)


def test_every_paper_says_where_to_get_it_and_who_asks_for_it() -> None:
    every_paper = {paper.key: paper for checklist in every() for paper in checklist}
    for paper in every_paper.values():
        assert paper.where
        assert set(paper.where) <= set(PLACES)
        assert paper.sources
        assert [source(key).key for key in paper.sources] == list(dict.fromkeys(paper.sources))
    assert {place for paper in every_paper.values() for place in paper.where} == set(PLACES)
    assert [key for key, paper in every_paper.items() if paper.held_by_village] == ["member_card"]
    assert [key for key, paper in every_paper.items() if not paper.photo] == ["form_f4"]


# Where to go, and what must be had before, of each paper where nothing of it is left out.
WAYS = {
    "member_card": ("home village", ""),
    "member_ktp": ("home", ""),
    "form_kk1": ("village bpjs", "member_card member_ktp"),
    "police_report": ("police jasa_raharja", ""),
    "chronology": ("village", ""),
    "two_witnesses": ("home", "chronology"),
    "receipts": ("hospital", ""),
    "form_kk3": ("hospital", ""),
    "heir_ktp": ("home", ""),
    "family_card": ("home", ""),
    "marriage_book": ("home", ""),
    "death_certificate": ("village dukcapil", "member_ktp family_card"),
    "will_deed": ("home notary", ""),
    "heir_letter": ("village district", "heir_ktp family_card death_certificate"),
    "court_ruling": ("court", "death_certificate"),
    "guardian_letter": ("bpjs", "family_card"),
    "bank_book": ("bank", "heir_ktp"),
    "npwp": ("tax_office", "heir_ktp"),
    "form_f4": ("bpjs", "death_certificate heir_letter bank_book"),
    "form_kk2": ("village bpjs", "form_kk1 form_kk3"),
    "funeral_arranger": ("village", ""),
    "funeral_receipts": ("home", ""),
}


@pytest.mark.parametrize("key", KEYS)
def test_the_way_to_a_paper(key: str) -> None:
    fullest = next(
        paper for checklist in every() for paper in reversed(checklist) if paper.key == key
    )
    where, after = WAYS[key]
    assert (fullest.where, fullest.after) == (tuple(where.split()), tuple(after.split()))


@pytest.mark.parametrize(
    ("key", "sources"),
    [
        ("member_card", "o6 o5 o4 r7"),
        ("death_certificate", "o6 o5 o4"),
        ("heir_letter", "o6 o5 o4 o7"),
        ("npwp", "o6 o5"),
        ("form_f4", "o2 o7"),
        ("will_deed", "r9"),
        ("court_ruling", "r9"),
        ("guardian_letter", "n34"),
        ("funeral_receipts", "r2 r4b"),
        ("form_kk1", "o2 o19"),
        ("form_kk2", "r7 o2 o19"),
        ("form_kk3", "r7 o2 o19"),
        ("chronology", "o20 o19 n35"),
        ("police_report", "o20 o19 n35"),
        ("receipts", "r7"),
    ],
)
def test_who_asks_for_a_paper(key: str, sources: str) -> None:
    found = next(paper for checklist in every() for paper in checklist if paper.key == key)
    assert found.sources == tuple(sources.split())


def test_what_a_paper_needs_is_only_what_the_same_claim_asks_for() -> None:
    nobody = by_key(papers(Kind.JKM, Relation.NOBODY, "illness"))
    assert nobody["bank_book"].after == ()
    assert nobody["form_f4"].after == ("death_certificate", "bank_book")


def test_the_missing_papers_keep_their_order() -> None:
    wife = papers(Kind.JKM, Relation.WIFE, "illness")
    left = missing(wife, {"member_card", "heir_ktp", "form_f4", "npwp"})
    assert written(left) == (
        "member_ktp family_card marriage_book death_certificate heir_letter bank_book"
    )
    assert missing(wife, ()) == wife
    assert missing(wife, KEYS) == ()
