"""The order of the answers of a sign-up, which no clock tells: a clock can jump"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up: a column that the code before does not see."""
    op.add_column("answer", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("place")
