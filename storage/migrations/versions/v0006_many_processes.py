"""Which process is at work on what; what went wrong with a dead letter; an index of what is open"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "state != 'dead' AND sent_at IS NULL"


def upgrade() -> None:
    """Go up: columns that may stay empty, which the code before does not see."""
    op.add_column("inbox", sa.Column("holder", sa.BigInteger(), nullable=True))
    op.add_column("inbox", sa.Column("why", sa.String(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("holder", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("unsure", sa.Integer(), nullable=False, server_default="0"))
    part = sa.text(OPEN)
    columns = ["lane", "update_id"]
    op.create_index("inbox_open", "inbox", columns, sqlite_where=part, postgresql_where=part)


def downgrade() -> None:
    """Go down."""
    op.drop_index("inbox_open", "inbox")
    for table, column in (
        ("outbox", "unsure"),
        ("outbox", "holder"),
        ("inbox", "why"),
        ("inbox", "holder"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
