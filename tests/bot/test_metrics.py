"""The metrics: what they say, and that nothing from outside becomes a label."""

import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import BEAT, OUTBOX_STATES, Metrics
from bot.sending import Result
from storage.pulse import Pulse

CLOSED = {
    "outcome": {"answered", "failed"},
    "kind": {"reply", "notice"},
    "result": {result.value for result in Result},
    "state": {*OUTBOX_STATES, "other"},
}


def pulse() -> Pulse:
    return Pulse(90.5, 12.0, 3, {"new": 4, "sent": 1000, "a state of tomorrow": 2})


def seen(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values."""
    families = text_string_to_metric_families(metrics.written().decode())
    samples = (sample for family in families for sample in family.samples)
    return {(one.name, *one.labels.values()): one.value for one in samples}


def used() -> Metrics:
    metrics = Metrics(pulse)
    metrics.turn("answered", 0.004)
    metrics.turn("answered", 0.004)
    metrics.turn("failed", 2.0)
    metrics.send("reply", "sent")
    metrics.send("notice", "unreachable")
    metrics.replied(0.3)
    metrics.redelivered(2)
    metrics.flooded()
    return metrics


def test_what_happened_is_counted() -> None:
    found = seen(used())
    assert found["lindung_turns_total", "answered"] == 2
    assert found["lindung_turns_total", "failed"] == 1
    assert found["lindung_sends_total", "reply", "sent"] == 1
    assert found["lindung_sends_total", "notice", "unreachable"] == 1
    assert found["lindung_sends_total", "notice", "sent"] == 0
    assert found["lindung_redelivered_total",] == 2
    assert found["lindung_floods_total",] == 1
    assert found["lindung_turn_seconds_count",] == 3
    assert found["lindung_reply_seconds_bucket", "0.25"] == 0
    assert found["lindung_reply_seconds_bucket", "0.5"] == 1


def test_a_scrape_tells_the_pulse_of_the_database() -> None:
    found = seen(used())
    assert found["lindung_database_up",] == 1
    assert found["lindung_inbox_oldest_seconds",] == 90.5
    assert found["lindung_outbox_oldest_seconds",] == 12
    assert found["lindung_dead_letters",] == 3
    assert found["lindung_outbox_rows", "sent"] == 1000
    assert found["lindung_outbox_rows", "failed"] == 0
    assert found["lindung_outbox_rows", "other"] == 2


def test_without_the_database_the_rest_is_still_told() -> None:
    def away() -> Pulse:
        raise ConnectionError("Made Anggrek")

    metrics = Metrics(away)
    metrics.flooded()
    found = seen(metrics)
    assert found["lindung_database_up",] == 0
    assert found["lindung_floods_total",] == 1
    assert not any(name.startswith("lindung_inbox") for name, *_ in found)


def test_every_label_has_a_closed_set_of_values() -> None:
    written = used().written().decode()
    labels = set(re.findall(r'[{,](\w+)="([^"]*)"', written))
    assert {name for name, _ in labels} == {*CLOSED, "le"}
    assert [(name, value) for name, value in labels if value not in CLOSED.get(name, {value})] == []
    assert all(re.fullmatch(r"[\d.]+|\+Inf", value) for name, value in labels if name == "le")


@pytest.mark.parametrize("given", ["Made Anggrek", "5108064709880731", "", "sent "])
def test_a_label_from_outside_makes_no_series(given: Any) -> None:
    metrics = used()
    before = len(seen(metrics))
    with pytest.raises(KeyError):
        metrics.turn(given, 1)
    with pytest.raises(KeyError):
        metrics.send(given, given)
    assert len(seen(metrics)) == before


def test_every_metric_is_explained_to_who_is_on_call() -> None:
    explained = (Path(__file__).parents[2] / "docs/operations.md").read_text()
    named = set(re.findall(r"^\| `(?:up`, `)?(lindung_\w+)", explained, re.MULTILINE))
    families = text_string_to_metric_families(used().written().decode())
    kinds = {
        family.name: family.type for family in families if not family.name.endswith("_created")
    }
    written = {name + "_total" * (kind == "counter") for name, kind in kinds.items()}
    assert named == written


def test_two_bots_in_one_process_count_apart() -> None:
    used()
    assert seen(Metrics(pulse))["lindung_floods_total",] == 0


def test_a_moment_of_the_past_and_a_clock_that_went_back_are_counted() -> None:
    metrics = Metrics(pulse)
    metrics.replied((datetime.now(UTC) - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds())
    metrics.replied(-5)
    found = seen(metrics)
    assert found["lindung_reply_seconds_bucket", "0.05"] == 1
    assert found["lindung_reply_seconds_count",] == 2


def test_the_longest_pause_of_the_loop_is_told_once() -> None:
    metrics = Metrics(pulse)

    async def work() -> None:
        watch = asyncio.create_task(metrics.watch())
        await asyncio.sleep(BEAT / 2)
        time.sleep(4 * BEAT)
        await asyncio.sleep(2 * BEAT)
        watch.cancel()

    asyncio.run(work())
    assert seen(metrics)["lindung_loop_stall_seconds",] >= 2 * BEAT
    assert seen(metrics)["lindung_loop_stall_seconds",] == 0
