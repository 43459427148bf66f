"""Members and their paid months"""

import sqlalchemy as sa
from alembic import op

from storage.database import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up: two new tables, which the code before does not look at."""
    op.create_table(
        "member",
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("kpj_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kpj_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"]),
        sa.PrimaryKeyConstraint("registration_id"),
        sa.UniqueConstraint("kpj_hash"),
    )
    op.create_table(
        "contribution",
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("paid_by", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["member.registration_id"]),
        sa.PrimaryKeyConstraint("registration_id", "month"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("contribution")
    op.drop_table("member")
