"""What a report of the branch means, and which steps it implies."""

from itertools import pairwise

import pytest

from rules import claim_reports, claims
from rules.claim_reports import IMPLIED, REPORTED, steps
from rules.claims import FINAL, MOVES, Kind, State

JKM, JKK, S = Kind.JKM, Kind.JKK, State


@pytest.mark.parametrize(
    ("kind", "state", "reported", "way"),
    [
        (JKM, S.COMPLETE, S.PAID, (S.LODGED, S.APPROVED, S.PAID)),
        (JKM, S.VERIFIED, S.LODGED, (S.COMPLETE, S.LODGED)),
        (JKM, S.PAPERS_MISSING, S.APPROVED, (S.COMPLETE, S.LODGED, S.APPROVED)),
        (JKM, S.PAPERS_MISSING, S.PAPERS_MISSING, (S.COMPLETE, S.PAPERS_MISSING)),
        (JKM, S.LODGED, S.FIELD_CHECK, (S.FIELD_CHECK,)),
        (JKM, S.FIELD_CHECK, S.PAID, (S.APPROVED, S.PAID)),
        (JKM, S.OBJECTION, S.REJECTED, (S.LODGED, S.REJECTED)),
        (JKM, S.FIELD_CHECK, S.LODGED, ()),
        (JKM, S.REPORTED, S.LODGED, ()),
        (JKM, S.REJECTED, S.APPROVED, ()),
        (JKM, S.PAID, S.APPROVED, ()),
        (JKK, S.RECOVERED, S.PAID, (S.SECOND_REPORT, S.LODGED, S.APPROVED, S.PAID)),
        (JKK, S.LODGED, S.PAPERS_MISSING, (S.SECOND_REPORT,)),
        (JKK, S.SECOND_REPORT, S.PAPERS_MISSING, (S.LODGED, S.SECOND_REPORT)),
        (JKK, S.LODGED, S.FIELD_CHECK, ()),
        (JKK, S.NOTIFIED, S.LODGED, ()),
        (JKK, S.IN_TREATMENT, S.PAID, ()),
    ],
)
def test_the_way_to_a_report_is_the_shortest_that_it_implies(
    kind: Kind, state: State, reported: State, way: tuple[State, ...]
) -> None:
    assert steps(kind, state, reported) == way


@pytest.mark.parametrize("kind", Kind)
def test_every_way_is_allowed_and_passes_only_what_is_implied(kind: Kind) -> None:
    for state in MOVES[kind]:
        for reported in REPORTED:
            way = steps(kind, state, reported)
            for was, to in pairwise((state, *way)):
                assert claims.move(kind, was, to) is to
            assert set(way[:-1]) <= IMPLIED
            assert not way or way[-1] is claim_reports.meant(kind, reported)
            assert not (way and state in FINAL)


def test_a_second_report_of_the_village_is_no_report_of_missing_papers() -> None:
    missing = S.PAPERS_MISSING
    assert claim_reports.is_step(JKK, missing, S.LODGED, S.SECOND_REPORT)
    assert not claim_reports.is_step(JKK, missing, S.RECOVERED, S.SECOND_REPORT)
    assert claim_reports.is_step(JKM, missing, S.COMPLETE, missing)
    assert not claim_reports.is_step(JKM, S.LODGED, S.LODGED, S.APPROVED)


@pytest.mark.parametrize("state", State)
def test_why_there_is_no_way_is_said_by_what_is_missing(state: State) -> None:
    special = (S.REPORTED, S.NOTIFIED, S.IN_TREATMENT, S.REJECTED)
    said = "over" if state in FINAL else str(state) if state in special else "other"
    assert claim_reports.no_way(state) == said
