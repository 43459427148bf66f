"""The papers of one claim, by who claims and what happened, in the order in which to get them.

What a source asks of such a claim is certain; what is asked of others, or only seen done, is not.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from rules.claims import CAUSES, Kind
from rules.heirs import Relation

PLACES = (
    "home",
    "village",
    "district",  # the camat, who also signs the heir letter
    "dukcapil",
    "hospital",
    "police",
    "jasa_raharja",
    "bank",
    "tax_office",
    "notary",
    "court",
    "bpjs",  # the branch office
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: the places to go to in their order, and the papers that are needed to get it.

    `sources` are keys of rules/sources.yaml. `held_by_village`: the officer can find it for the
    family. `photo`: the family can photograph it; the branch itself fills in the others.
    """

    key: str
    where: tuple[str, ...]
    after: tuple[str, ...]
    sources: tuple[str, ...]
    is_certain: bool = True
    held_by_village: bool = False
    photo: bool = True


_LIST = ("o6", "o5", "o4")  # the official list for JKM, as quoted
_JKK_FORMS = ("o2", "o19")
_COMPANY_LISTS = ("o20", "o19", "n35")  # lists for workers of a company

# In the order in which to get them.
_PAPERS = (
    Paper("member_card", ("home", "village"), (), (*_LIST, "r7"), held_by_village=True),
    Paper("member_ktp", ("home",), (), (*_LIST, "r7")),
    Paper("form_kk1", ("village", "bpjs"), ("member_card", "member_ktp"), _JKK_FORMS),
    Paper("police_report", ("police", "jasa_raharja"), (), _COMPANY_LISTS, is_certain=False),
    Paper("chronology", ("village",), (), _COMPANY_LISTS, is_certain=False),
    Paper("two_witnesses", ("home",), ("chronology",), _COMPANY_LISTS, is_certain=False),
    Paper("receipts", ("hospital",), (), ("r7",)),
    Paper("form_kk3", ("hospital",), (), ("r7", *_JKK_FORMS)),
    Paper("heir_ktp", ("home",), (), _LIST),
    Paper("family_card", ("home",), (), _LIST),
    Paper("marriage_book", ("home",), (), _LIST),
    Paper(
        "death_certificate",
        ("village", "dukcapil"),
        ("member_ktp", "family_card"),
        _LIST,
    ),
    Paper("will_deed", ("home", "notary"), (), ("r9",), is_certain=False),
    Paper(
        "heir_letter",
        ("village", "district"),
        ("heir_ktp", "family_card", "death_certificate"),
        (*_LIST, "o7"),
    ),
    Paper("court_ruling", ("court",), ("death_certificate",), ("r9",), is_certain=False),
    Paper("guardian_letter", ("bpjs",), ("family_card",), ("n34",), is_certain=False),
    Paper("funeral_arranger", ("village",), (), ("r2", "r4b"), is_certain=False),
    Paper("funeral_receipts", ("home",), (), ("r2", "r4b"), is_certain=False),
    Paper("bank_book", ("bank",), ("heir_ktp",), _LIST),
    Paper("npwp", ("tax_office",), ("heir_ktp",), ("o6", "o5")),
    Paper(
        "form_f4",
        ("bpjs",),
        ("death_certificate", "heir_letter", "bank_book"),
        ("o2", "o7"),
        photo=False,
    ),
    Paper("form_kk2", ("village", "bpjs"), ("form_kk1", "form_kk3"), ("r7", *_JKK_FORMS)),
)
KEYS = tuple(paper.key for paper in _PAPERS)

_OF_THE_MEMBER = frozenset({"member_card", "member_ktp"})
_JKK = frozenset({"form_kk1", "form_kk2", "form_kk3", "chronology", "two_witnesses", "receipts"})
_OF_ANY_HEIR = frozenset(
    {"heir_ktp", "family_card", "death_certificate", "heir_letter", "bank_book"}
)
_WITHOUT_HEIRS = frozenset(
    {"family_card", "death_certificate", "funeral_arranger", "funeral_receipts", "bank_book"}
)
_BY_RELATION: Mapping[Relation, str] = MappingProxyType(
    {
        Relation.WIFE: "marriage_book",
        Relation.HUSBAND: "marriage_book",
        Relation.WILL: "will_deed",
        Relation.OTHER: "court_ruling",
    }
)
# Asked of a claim for JKM; that a death by a work accident needs them too is in no source seen.
_OF_JKM = frozenset({*_OF_ANY_HEIR, "marriage_book", "npwp"})
# The list is for heirs: of who only arranged the funeral no source says that they are asked.
_OF_HEIRS = frozenset({"family_card", "bank_book", "npwp", "form_f4"})


def papers(
    kind: Kind,
    relation: Relation | None,
    cause: str,
    *,
    minor: bool = False,
    over_npwp_limit: bool = False,
) -> tuple[Paper, ...]:
    """The checklist of a claim, what must be got first coming first.

    `relation` is the claimant's; None is the worker himself, who survived (JKK). `cause` is one of
    `rules.claims.CAUSES`. `over_npwp_limit`: more is claimed than the parameter claim_npwp_over.
    Raises ValueError for another cause, and for JKM without a relation.
    """
    if cause not in CAUSES:
        raise ValueError(f"not a cause: {cause}")
    if kind is Kind.JKM and relation is None:
        raise ValueError("a claim for JKM has a claimant")
    keys = {*_OF_THE_MEMBER, *_of_kind(kind, cause), *_of_claimant(relation, minor=minor)}
    if over_npwp_limit:
        keys.add("npwp")
    unsure = _unsure(kind, relation)
    return tuple(_fitted(paper, keys, unsure) for paper in _PAPERS if paper.key in keys)


def missing(papers: Collection[Paper], have: Collection[str]) -> tuple[Paper, ...]:
    """The papers whose keys the family does not have yet, in their order."""
    return tuple(paper for paper in papers if paper.key not in have)


def are_complete(papers: Collection[Paper], accepted: Collection[str]) -> bool:
    """Whether an officer has accepted all that a family can bring and a source asks for.

    What is filled in at the branch, and what is not certain to be asked, holds nothing up.
    """
    needed = (paper for paper in papers if paper.is_certain and paper.where != ("bpjs",))
    return all(paper.key in accepted for paper in needed)


def _of_kind(kind: Kind, cause: str) -> Iterator[str]:
    if kind is Kind.JKM:
        yield "form_f4"
        return
    yield from _JKK
    if cause == "road_work":
        yield "police_report"


def _of_claimant(relation: Relation | None, *, minor: bool) -> Iterator[str]:
    if relation is None:
        return
    if relation is Relation.NOBODY:
        yield from _WITHOUT_HEIRS
        return
    yield from _OF_ANY_HEIR
    if relation in _BY_RELATION:
        yield _BY_RELATION[relation]
    if minor:
        yield "guardian_letter"


def _unsure(kind: Kind, relation: Relation | None) -> frozenset[str]:
    """What is certain elsewhere but not in such a claim."""
    if kind is Kind.JKK:
        return _OF_JKM
    return _OF_HEIRS if relation is Relation.NOBODY else frozenset()


def _fitted(paper: Paper, keys: Collection[str], unsure: Collection[str]) -> Paper:
    after = tuple(key for key in paper.after if key in keys)
    return replace(paper, after=after, is_certain=paper.is_certain and paper.key not in unsure)
