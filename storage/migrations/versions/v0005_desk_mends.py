"""Who stands in which sheet for BPJS; indexes for the desk of a large village"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


QUEUE = ["village", "state", "queued_at", "id"]
INDEXES = {
    "registration_decided": (["officer_id", "decided_at"], ""),
    "registration_clean": (QUEUE, "warnings = ''"),
    "registration_doubtful": (QUEUE, "warnings != ''"),
    "registration_mine": (["held_by", *QUEUE], "held_by IS NOT NULL"),
    "registration_undocumented": (["village", "state"], "minutes_id IS NULL"),
}


def upgrade() -> None:
    """Go up: a new table and indexes, which the code before does not see."""
    for name, (columns, where) in INDEXES.items():
        part = sa.text(where) if where else None
        op.create_index(name, "registration", columns, sqlite_where=part, postgresql_where=part)
    op.create_table(
        "export_row",
        sa.Column("export_id", sa.String(), nullable=False),
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", "registration_id"),
    )
    op.create_index("ix_export_row_registration_id", "export_row", ["registration_id"])


def downgrade() -> None:
    """Go down."""
    op.drop_table("export_row")
    for name in INDEXES:
        op.drop_index(name, "registration")
