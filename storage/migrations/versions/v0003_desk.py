"""The village's desk: waiting list, holds, minutes, cards handed over, sheets, tallies"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.database import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """New columns, with a default where the code before would leave them empty."""
    return {
        "registration": (
            _text("group_key", "vulnerable_workers"),
            sa.Column("kk_hash", sa.LargeBinary(), nullable=True),
            _text("line"),
            sa.Column("offers", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("offered_until", Moment(), nullable=True),
            sa.Column("held_by", sa.BigInteger(), autoincrement=False, nullable=True),
            sa.Column("held_until", Moment(), nullable=True),
            _text("mark"),
            sa.Column("minutes_id", sa.String(), nullable=True),
            _text("left_why"),
            sa.Column("left_on", sa.Date(), nullable=True),
            sa.Column("record_sealed", sa.LargeBinary(), nullable=True),
        ),
        "seat": (_text("stage"),),
        "member": (
            sa.Column("card_given_on", sa.Date(), nullable=True),
            sa.Column("card_given_to_sealed", sa.LargeBinary(), nullable=True),
        ),
        "invitation": (_text("replaces"), _text("made_by")),
    }


INDEXES = {
    "registration_line": ["programme", "group_key", "state", "line"],
    "registration_sheet": ["programme", "state", "village", "id"],
    "registration_held": ["held_by"],
}


def upgrade() -> None:
    """Go up: new columns that the code before fills by their defaults, and new tables."""
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    for name, parts in INDEXES.items():
        op.create_index(name, "registration", parts)
    _minutes()
    _export()
    _own_card()
    op.create_table(
        "tally",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    _count()


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("photo_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_minutes_village", "minutes", ["village"])


def _export() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cutoff", Moment(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("taken_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_export_state", "export", ["state"])
    op.create_index("export_asked_by", "export", ["asked_by", "asked_at"])


def _own_card() -> None:
    op.create_table(
        "own_card",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nik_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kk_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "nik_hash", "kk_hash"),
    )


def _count() -> None:
    """Count what is there already."""
    add = "INSERT INTO tally (key, count) SELECT village || '/' || {}, count(*) FROM registration"
    op.execute(add.format("state") + " GROUP BY village, state")
    clean = " WHERE state = 'pending' AND warnings = '' GROUP BY village"
    op.execute(add.format("'clean'") + clean)


def downgrade() -> None:
    """Go down."""
    for table in ("tally", "own_card", "export", "minutes"):
        op.drop_table(table)
    for name in INDEXES:
        op.drop_index(name, "registration")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
