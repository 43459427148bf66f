"""Anchors on both databases: an older state that is put back is found by what lies outside."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.house import House
from storage import anchors, verification
from storage.database import transaction
from storage.verification import Problem
from tests.people import MADE
from tests.storage.frozen import (
    NOW,
    accepted,
    forged,
    found,
    found_anywhere,
    frozen,
    put_back,
    rows_of,
    whats,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def anchored(house: House, folder: Path, now: datetime) -> anchors.Anchor:
    with transaction(house.engine) as db:
        return anchors.keep(db, house.keys, folder, now)


def against(house: House, folder: Path) -> list[Problem]:
    held = anchors.Against(house.keys, folder)
    with transaction(house.engine) as db:
        ids, _ = verification.everybody(db)
        for one in verification.check(db, house.keys, ids):
            held.add(one)
    return held.problems()


def kept(house: House, id: str) -> dict[str, list[dict[str, object]]]:
    return {table: rows_of(house, table, id) for table in ("evidence", "evidence_head")}


def restore(house: House, before: dict[str, list[dict[str, object]]]) -> None:
    """Put a whole older state back: head and records fit one another."""
    for table, rows in before.items():
        forged(house, f"DELETE FROM {table}")  # noqa: S608
        put_back(house, table, rows)


def test_an_anchor_tells_how_much_there_was_an_hour_ago(house: House, tmp_path: Path) -> None:
    id = frozen(house)
    length = len(rows_of(house, "evidence", id))
    assert anchored(house, tmp_path, NOW + HOUR / 2).records == 0
    accepted(house, id, now=NOW + HOUR)
    anchor = anchored(house, tmp_path, NOW + HOUR)
    assert (anchor.records, anchor.chains) == (length, 1)
    anchor = anchored(house, tmp_path, NOW + 3 * HOUR)
    assert (anchor.records, anchor.chains) == (length + 2, 1)
    assert against(house, tmp_path) == []


def test_anchors_hold_while_more_is_appended(house: House, tmp_path: Path) -> None:
    id = frozen(house)
    anchored(house, tmp_path, NOW + DAY)
    accepted(house, id, now=NOW + DAY)
    anchored(house, tmp_path, NOW + 2 * DAY)
    other = frozen(house, MADE, now=NOW + 2 * DAY)
    anchored(house, tmp_path, NOW + 3 * DAY)
    accepted(house, other, "97J80012345", NOW + 3 * DAY)
    anchored(house, tmp_path, NOW + 4 * DAY)
    assert against(house, tmp_path) == []


def test_an_older_state_put_back_is_found_by_the_anchor_alone(house: House, tmp_path: Path) -> None:
    id = frozen(house)
    before = kept(house, id)
    accepted(house, id, now=NOW + DAY)
    anchored(house, tmp_path, NOW + 2 * DAY)
    restore(house, before)
    forged(house, "DELETE FROM contribution")
    assert found(house, id) == found_anywhere(house) == []
    assert whats(against(house, tmp_path)) == [("anchor", 1)]


def test_it_is_found_by_the_anchor_before_even_if_a_later_one_saw_it(
    house: House, tmp_path: Path
) -> None:
    id = frozen(house)
    before = kept(house, id)
    accepted(house, id, now=NOW + DAY)
    anchored(house, tmp_path, NOW + 2 * DAY)
    restore(house, before)
    anchored(house, tmp_path, NOW + 3 * DAY)
    assert whats(against(house, tmp_path)) == [("anchor", 1)]


def test_a_chain_that_is_wholly_gone_is_found(house: House, tmp_path: Path) -> None:
    frozen(house)
    anchored(house, tmp_path, NOW + DAY)
    for table in ("evidence", "evidence_head"):
        forged(house, f"DELETE FROM {table}")  # noqa: S608
    assert whats(against(house, tmp_path)) == [("anchor", 1)]


@pytest.mark.parametrize("part", range(5))
def test_a_line_that_was_altered_is_found(house: House, tmp_path: Path, part: int) -> None:
    frozen(house)
    for days in (1, 2):
        anchored(house, tmp_path, NOW + days * DAY)
    file = tmp_path / anchors.FILE
    first, second = file.read_text().splitlines()
    words = first.split(" ")
    words[part] = words[part][:-1] + ("0" if words[part][-1] != "0" else "1")
    file.write_text("\n".join([" ".join(words), second, ""]))
    assert "anchor_line" in {what for what, _ in whats(against(house, tmp_path))}


def test_a_line_taken_out_is_found(house: House, tmp_path: Path) -> None:
    frozen(house)
    for days in (1, 2, 3):
        anchored(house, tmp_path, NOW + days * DAY)
    file = tmp_path / anchors.FILE
    first, _, third = file.read_text().splitlines()
    file.write_text(f"{first}\n{third}\n")
    assert whats(against(house, tmp_path)) == [("anchor_line", 2)]


def test_after_a_torn_line_the_next_stands_on_its_own(house: House, tmp_path: Path) -> None:
    frozen(house)
    anchored(house, tmp_path, NOW + DAY)
    file = tmp_path / anchors.FILE
    with file.open("a") as torn:
        torn.write("2026-12-0")
    anchored(house, tmp_path, NOW + 2 * DAY)
    assert len(file.read_text().splitlines()) == 3
    assert whats(against(house, tmp_path)) == [("anchor_line", 2)]


def test_another_folder_has_no_anchors(house: House, tmp_path: Path) -> None:
    frozen(house)
    anchored(house, tmp_path / "one", NOW + DAY)
    shutil.rmtree(tmp_path / "one")
    assert against(house, tmp_path / "one") == []
