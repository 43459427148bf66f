"""Who stands in which sheet for BPJS"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up: a new table, which the code before does not see."""
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
