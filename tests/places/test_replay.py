"""Who jumped a line, or waits without a place, is seen in the audit."""

from datetime import UTC, datetime

from storage.models import Audit
from storage.replay import replay

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def row(id: str, before: str, after: str, reason: str = "") -> Audit:
    return Audit(
        at=NOW,
        actor_id=0,
        role="waiting_list",
        action="-",
        object_type="registration",
        object_id=id,
        from_state=before,
        to_state=after,
        reason=reason,
    )


def waits(id: str, line: str, pool: str = "denpasar:g/v") -> Audit:
    return row(id, "pending", "waiting", f"full pool={pool} line={line}")


def offered(id: str, reason: str = "died of X pool=denpasar:g/v line=1") -> Audit:
    return row(id, "waiting", "offered", reason)


def test_an_offer_to_the_first_in_line_is_explained() -> None:
    told = replay([waits("A", "20"), waits("B", "10"), offered("B")])
    assert told.unexplained == []
    assert told.waiting == {"denpasar:g/v": [("20", "A")]}
    assert told.offers == 1


def test_an_offer_to_somebody_else_is_not() -> None:
    told = replay([waits("A", "20"), waits("B", "10"), offered("A")])
    assert told.unexplained == ["A was offered a seat, but next was ('10', 'B')"]


def test_every_pool_has_a_line_of_its_own() -> None:
    told = replay([waits("A", "20"), waits("B", "10", "denpasar:g/w"), offered("A")])
    assert told.unexplained == []


def test_an_offer_out_of_nowhere_or_without_a_reason_is_not_explained() -> None:
    told = replay([waits("A", "1"), offered("A", "a favour"), offered("A")])
    assert len(told.unexplained) == 3


def test_who_comes_back_stands_at_the_new_place() -> None:
    back = row("A", "offered", "waiting", "pool=denpasar:g/v line=30")
    told = replay([waits("A", "10"), waits("B", "20"), offered("A"), back])
    assert told.unexplained == []
    assert told.waiting == {"denpasar:g/v": [("20", "B"), ("30", "A")]}


def test_who_waits_without_a_place_is_named() -> None:
    told = replay([row("A", "pending", "waiting", "full")])
    assert told.unexplained == ["A waits without a place"]


def test_who_withdraws_leaves_the_line() -> None:
    told = replay(
        [waits("A", "10"), waits("B", "20"), row("A", "waiting", "withdrawn"), offered("B")]
    )
    assert told.unexplained == []


def test_who_is_undone_leaves_the_line_and_may_come_back() -> None:
    undone = row("A", "waiting", "pending")
    told = replay([waits("A", "10"), waits("B", "20"), undone, waits("A", "30"), offered("B")])
    assert told.unexplained == []
    assert told.waiting == {"denpasar:g/v": [("30", "A")]}


def test_rows_of_other_things_and_of_versions_alone_change_nothing() -> None:
    other = waits("A", "10")
    other.object_type = "area"
    assert replay([other, row("A", "", ""), row("B", "active", "ended")]).waiting == {}
