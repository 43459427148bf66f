"""Claims: their steps, papers and photos, heirs, who follows; the chain of evidence; a number"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.database import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Part = sa.Column[Any] | sa.Constraint


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment(), nullable=nullable)


def _bytes(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _account(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _day(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _key(*names: str) -> sa.Constraint:
    return sa.PrimaryKeyConstraint(*names)


def _of(column: str, target: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], [target])


def _claim() -> tuple[Part, ...]:
    return (
        *(_text("id"), _text("kind"), _text("state"), _number("version")),
        sa.Column("registration_id", sa.String(), nullable=True),
        *(_text("village"), _day("happened_on"), _bytes("facts_sealed")),
        *(_account("reported_by"), _moment("reported_at"), _moment("since")),
        *(_day("complete_on", True), _moment("due_at", True), _number("late")),
        *(_moment("told_at"), _moment("changed_at"), _bytes("code_hash", True)),
        *(_moment("disputed_at", True), _bytes("receipt_sealed", True)),
        *(_bytes("amount_sealed", True), _key("id"), sa.UniqueConstraint("code_hash")),
        _of("registration_id", "registration.id"),
    )


def _tables() -> dict[str, tuple[Part, ...]]:
    return {
        "claim": _claim(),
        "claim_step": (
            *(_text("claim_id"), _number("seq"), _text("from_state"), _text("to_state")),
            *(_day("happened_on"), _moment("at"), _account("by_id"), _text("role")),
            *(_bytes("note_sealed", True), _key("claim_id", "seq"), _of("claim_id", "claim.id")),
        ),
        "claim_paper": (
            *(_text("claim_id"), _text("paper"), _text("state"), _bytes("reason_sealed", True)),
            *(_account("changed_by"), _moment("changed_at"), _key("claim_id", "paper")),
            _of("claim_id", "claim.id"),
        ),
        "claim_photo": (
            *(_text("id"), _text("claim_id"), _text("paper"), _account("sent_by")),
            *(_moment("sent_at"), _bytes("file_sealed"), _text("state"), _text("why")),
            *(_bytes("content_sealed", True), _number("attempts"), _moment("taken_until", True)),
            *(_key("id"), _of("claim_id", "claim.id")),
        ),
        "heir": (
            *(_text("id"), _text("claim_id"), _text("relation"), _bytes("name_sealed")),
            *(_bytes("phone_hash"), _bytes("phone_sealed"), _account("noted_by")),
            *(_moment("noted_at"), _key("id"), _of("claim_id", "claim.id")),
        ),
        "follower": (
            *(_text("claim_id"), _account("person_id"), _text("heir_id"), _text("bound_by")),
            *(_moment("since"), _key("claim_id", "person_id"), _of("claim_id", "claim.id")),
        ),
        "claim_link": (
            *(_bytes("token_hash"), _text("claim_id"), _account("made_by")),
            *(_moment("expires_at"), _moment("used_at", True), _key("token_hash")),
            _of("claim_id", "claim.id"),
        ),
        "claim_lock": (
            _account("person_id"),
            _number("tries"),
            _moment("until"),
            _key("person_id"),
        ),
        "claim_alarm": (
            *(_moment("hour"), _number("tries")),
            *(sa.Column("told", sa.Boolean(), nullable=False), _key("hour")),
        ),
        "evidence": (
            *(_text("registration_id"), _number("seq"), _text("kind"), _text("subject")),
            *(_moment("at"), _account("by_id"), _text("role"), _bytes("content_sealed", True)),
            *(_bytes("commitment"), _bytes("link"), _key("registration_id", "seq")),
            _of("registration_id", "registration.id"),
        ),
        "evidence_head": (
            *(_text("registration_id"), _number("count"), _bytes("link"), _bytes("mac")),
            *(_key("registration_id"), _of("registration_id", "registration.id")),
        ),
    }


INDEXES = {
    "ix_claim_registration_id": ("claim", ["registration_id"]),
    "claim_desk": ("claim", ["village", "state", "due_at", "id"]),
    "ix_claim_photo_claim_id": ("claim_photo", ["claim_id"]),
    "ix_claim_photo_state": ("claim_photo", ["state"]),
    "ix_heir_claim_id": ("heir", ["claim_id"]),
    "ix_follower_person_id": ("follower", ["person_id"]),
    "ix_evidence_at": ("evidence", ["at"]),
}


def upgrade() -> None:
    """Go up: new tables and an empty column, which the code before does not see."""
    with op.batch_alter_table("staff") as batch:
        batch.add_column(_bytes("phone_sealed", True))
    for name, parts in _tables().items():
        op.create_table(name, *parts)
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Go down."""
    for name in reversed(list(_tables())):
        op.drop_table(name)
    with op.batch_alter_table("staff") as batch:
        batch.drop_column("phone_sealed")
