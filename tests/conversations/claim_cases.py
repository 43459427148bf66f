"""Where the walks of claims begin: the family's page, papers, heirs, and the officer's side."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from conversations.claim_desk import ClaimList
from conversations.claim_moves import Case as ClaimCase
from conversations.claim_moves import HeirLine
from conversations.claim_page import Sum
from conversations.claim_papers import PaperView
from conversations.claim_views import GROUNDS, ClaimView, Contact, Head, PaperLine, StepLine
from conversations.model import Session, Words, plain
from conversations.roster import Listed
from rules import claim_clock
from rules import claims as rules
from rules.claims import Kind, State
from rules.heirs import Relation
from rules.papers import papers
from tests.conversations.walker import TODAY, Case

LATER = 9_999_999_999
Table = Callable[[str, str], object]
DIED = date(2026, 11, 2)


def view(id: str, name: str, kind: Kind, state: State) -> ClaimView:
    """A made-up claim."""
    relation = Relation.WIFE if kind is Kind.JKM or state is State.DEAD else None
    cause = "illness" if kind is Kind.JKM else "road_work"
    limit = claim_clock.limit(kind, state, DIED)
    return ClaimView(
        id=id,
        version=10_000,
        kind=kind,
        state=state,
        name=name,
        village="Desa Tegal Harum",
        happened_on=DIED,
        turn=rules.turn(kind, state),
        cause=cause,
        relation=relation,
        steps=(StepLine(DIED, rules.START[kind]), StepLine(TODAY, state)),
        papers=tuple(PaperLine(paper) for paper in papers(kind, relation, cause)),
        day=3,
        limit=limit.count if limit else None,
        due=TODAY if limit else None,
        is_law=bool(limit and limit.is_law),
    )


def views(id: str, name: str) -> Iterator[tuple[str, ClaimView]]:
    """A claim in each state of each kind, and with all that can stand on it."""
    for kind in Kind:
        for state in rules.MOVES[kind]:
            yield f"{kind} {state}", view(id, name, kind, state)
    lodged = view(id, name, Kind.JKM, State.LODGED)
    yield "a claim with a receipt", replace(lodged, receipt="JKM/0123/XI/2026", estimated=True)
    rejected = view(id, name, Kind.JKM, State.REJECTED)
    why = (StepLine(DIED, State.REPORTED), StepLine(TODAY, State.REJECTED, "Tidak bekerja"))
    yield "a claim rejected with a reason", replace(rejected, steps=why, papers=())
    for ground in GROUNDS:
        known = (why[0], StepLine(TODAY, State.REJECTED, ground))
        yield f"a claim rejected as {ground}", replace(rejected, steps=known)
    ours = view(id, name, Kind.JKM, State.PAPERS_MISSING)
    contacts = (Contact("Ketut", "+6281200000001"), Contact("Komang"))
    yield "a claim with officers", replace(ours, officers=contacts, estimated=True)
    had = tuple(replace(line, state="accepted") for line in ours.papers)
    yield "a claim with all papers", replace(ours, papers=had)
    yield "a claim without a clock", replace(ours, limit=None, due=None)
    notified = view(id, name, Kind.JKK, State.NOTIFIED)
    yield "an accident just reported", replace(notified, estimated=True)


def families(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """The family: no claim yet, a code that the door holds, one claim, several, one of others."""
    session = Session("claim", turn=LATER)
    yield Case("no claim is followed", session, known(my_claims=()))
    held = replace(session, about={"claim": "code", "code": "7QK2MX9T4B"})
    yield Case("a code at the door", held, known(my_claims=()))
    heads = tuple(Head(f"{n:X>16}", name, Kind.JKM, State.LODGED) for n in range(3))
    money = Sum((Words("follow.money.months", {"count": 3}),))
    several = known(my_claims=heads, claim=None, claim_sum=money)
    yield Case("several claims are followed", session, several)
    for of, seen in views(id, name):
        table = known(my_claims=(heads[0],), claim=seen, claim_sum=money)
        yield Case(f"the family's page of {of}", session, table)


def paper_views(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """Every paper as it can stand, for the family and for an officer; and one of nobody's claim."""
    session = Session("paper", about={"paper": f"{id}.1"}, turn=LATER)
    yield Case("a paper of nobody's claim", session, known(paper=None))
    lists = (
        papers(Kind.JKM, Relation.WIFE, "illness", minor=True, over_npwp_limit=True),
        papers(Kind.JKK, Relation.WILL, "road_work"),
        papers(Kind.JKM, Relation.OTHER, "unknown"),
        papers(Kind.JKM, Relation.NOBODY, "illness"),
    )
    every = {paper.key: paper for found in lists for paper in found}
    for place, paper in enumerate(every.values(), 1):
        line = PaperLine(paper)
        one = PaperView(id, 10_000, name, line, place, len(every), False, True)
        yield Case(f"the paper {paper.key}", session, known(paper=one))
    for state in ("have", "missing", "accepted", "returned"):
        for officer in (False, True):
            line = PaperLine(lists[0][3], state, "not_signed", photos=1, refused=True)
            one = PaperView(id, 10_000, name, line, 3, 9, officer, True)
            by = "an officer" if officer else "a family"
            yield Case(f"a paper {state} seen by {by}", session, known(paper=one))
    own = replace(line, reason="cap desa belum ada")
    yield Case("a paper sent back in own words", session, known(paper=replace(one, line=own)))


def officers(known: Callable[..., Table], id: str, name: str) -> Iterator[Case]:
    """The officer: the list, a claim in each state, one of nobody, one elsewhere."""
    listed = Session("claims", turn=LATER)
    yield Case("claims of no officer", listed, known(claims=None))
    yield Case("no claim is open", listed, known(claims=ClaimList(())))
    heads = tuple(Head(f"{n:X>16}", name, Kind.JKM, State.LODGED, n < 2) for n in range(12))
    yield Case("many claims are open", listed, known(claims=ClaimList(heads)))
    session = Session("claim_case", about={"claim": id}, turn=LATER)
    yield Case("a claim of elsewhere", session, known(claim_case=None))
    money = Sum((Words("follow.money.months", {"count": 3}),))
    for of, seen in views(id, name):
        table = known(claim_case=of_case(seen), claim_sum=money)
        yield Case(f"the officer's page of {of}", session, table)
    unknown = replace(of_case(view(id, name, Kind.JKM, State.REPORTED)), code="", heirs=())
    nobody = replace(unknown, membership=None, followers=0, disputed=True)
    yield Case("a death of nobody known", session, known(claim_case=nobody))
    person = Session("claim_person", about={"claim": id}, turn=LATER)
    yield Case("whose claim it is", person, known(claim_case=nobody))
    yield Case("whose claim it is, elsewhere", person, known(claim_case=None))
    shown = (Listed(id, "ABC-DEFG", name, is_member=True),)
    chosen = replace(person, about={"claim": id, "people": id})
    yield Case("whose claim it is, found", chosen, known(claim_case=nobody, shown=shown))


def of_case(seen: ClaimView) -> ClaimCase:
    """A claim with all that an officer can see of it."""
    told = tuple(Words(f"claims.told.{key}", {"text": "contoh"}) for key in TOLD)
    return ClaimCase(
        view=seen,
        code="ABC-DEFG",
        membership=Words("state.active"),
        told_by=(plain("Ni Made Contoh · +6281200000001"),),
        told_again=(plain("I Ketut Contoh · ••••002"),),
        facts=told,
        heirs=(HeirLine("Ni Made Contoh", Words("heirs.relation.wife"), "••••001"),),
        followers=2,
    )


TOLD = ("place", "how", "time", "treated")


def heirs(known: Callable[..., Table]) -> Iterator[Case]:
    """Who is entitled: every family that the questions can find."""
    yield Case("who is entitled", Session("heirs", turn=LATER), known())
