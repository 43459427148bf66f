"""Rows as the branch sends them, and what becomes of the claims that they are about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import col, select

from bot import claim_import
from bot.house import House
from bot.member_import import Result
from rules.claims import State
from storage import claims, outbox
from storage.database import transaction
from storage.member_sheets import Cell, Row
from storage.models import Audit, Claim, ClaimStep, Outbound, Timer
from tests.people import WAYAN

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
WIFE, SON = 6_300_000_001, 6_300_000_002
PAID: dict[str, Cell] = {
    "nik": WAYAN.nik,
    "status": "cair",
    "day": "1-12-2026",
    "receipt": "TT-77",
    "amount": "42.000.000",
}
LODGED: dict[str, Cell] = {"nik": WAYAN.nik, "status": "diterima", "day": "20-11-2026"}
RETURNED: dict[str, Cell] = {
    "nik": WAYAN.nik,
    "status": "kurang berkas",
    "day": "30-11-2026",
    "reason": "Akta kematian belum ada",
}
REJECTED: dict[str, Cell] = {**RETURNED, "status": "ditolak", "reason": "Tidak bekerja lagi"}


def taken(house: House, *rows: dict[str, Cell], keep: bool = True) -> list[Result]:
    """The results of a sheet whose first line below the headings is line 2."""
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=2)]
    return claim_import.run(house, numbered, keep, lambda _: None)


def keys_of(results: Sequence[Result]) -> list[str]:
    return [result.words.key for result in results]


def said(house: House, results: Sequence[Result]) -> list[str]:
    """The words of the table."""
    return [house.texts.plain(result.words) for result in results]


def everything(house: House) -> list[str]:
    """What an import may change."""
    with transaction(house.engine) as db:
        tables: tuple[Any, ...] = (Claim, ClaimStep, Outbound, Audit, Timer)
        return sorted(str(row) for table in tables for row in db.exec(select(table)).all())


def news(house: House) -> list[tuple[int, str]]:
    """Who is told what."""
    with transaction(house.engine) as db:
        rows = db.exec(select(Outbound).order_by(col(Outbound.person_id))).all()
        return [(row.person_id, outbox.call(house.keys, row)["text"]) for row in rows]


def now_of(house: House, row: Claim) -> Claim:
    with transaction(house.engine) as db:
        return db.get_one(Claim, row.id)


def way_of(house: House, row: Claim) -> list[tuple[State, date, str]]:
    """The steps of a claim with their days and notes."""
    with transaction(house.engine) as db:
        kept = claims.steps(db, house.keys, row.id)
        return [(step.to_state, step.on, step.note) for step in kept]
