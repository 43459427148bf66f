"""The tables. A column that ends in `_sealed` holds a personal value, sealed (`sealing.py`)."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from storage.claim_models import Claim as Claim
from storage.claim_models import ClaimAlarm as ClaimAlarm
from storage.claim_models import ClaimLink as ClaimLink
from storage.claim_models import ClaimLock as ClaimLock
from storage.claim_models import ClaimPaper as ClaimPaper
from storage.claim_models import ClaimPhoto as ClaimPhoto
from storage.claim_models import ClaimStep as ClaimStep
from storage.claim_models import Evidence as Evidence
from storage.claim_models import EvidenceHead as EvidenceHead
from storage.claim_models import Follower as Follower
from storage.claim_models import Heir as Heir
from storage.columns import moment, sealed, telegram_id
from storage.desk_models import Export as Export
from storage.desk_models import ExportRow as ExportRow
from storage.desk_models import Invitation as Invitation
from storage.desk_models import Minutes as Minutes
from storage.desk_models import OwnCard as OwnCard
from storage.desk_models import Staff as Staff
from storage.desk_models import Tally as Tally

QUEUE = ("village", "state", "queued_at", "id")
OPEN = "state != 'dead' AND sent_at IS NULL"  # of the inbox: not served, or its reply not sent


def _partly(name: str, where: str, *columns: str) -> Index:
    """An index of some rows alone."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Person(SQLModel, table=True):
    """A Telegram account that wrote to the bot. `turn` counts turns; buttons carry it."""

    id: int = Field(sa_column=telegram_id(primary=True))
    language: str = "id"
    slot: str = ""
    turn: int = 0
    asked_message: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    unreachable_since: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    created_at: datetime = Field(sa_column=moment())


class StoredSession(SQLModel, table=True):
    """An unfinished conversation of a person: one per slot (conversation and subject)."""

    __tablename__ = "session"
    person_id: int = Field(sa_column=telegram_id(primary=True))
    slot: str = Field(primary_key=True)
    state_sealed: bytes = Field(sa_column=sealed())
    updated_at: datetime = Field(sa_column=moment(index=True))


class Inbound(SQLModel, table=True):
    """One update as Telegram delivered it: `new`, `done`, `dead` or `flood`; with the reply to it.

    It is open until its reply was sent (`sent_at`); `holder` is the process that sends it, `why`
    the kind of error of a try that failed.
    """

    __tablename__ = "inbox"
    update_id: int = Field(sa_column=telegram_id(primary=True))
    lane: int = Field(sa_column=Column(BigInteger(), nullable=False))
    body_sealed: bytes = Field(sa_column=sealed())
    state: str = Field(default="new", index=True)
    attempts: int = 0
    received_at: datetime = Field(sa_column=moment(index=True))
    reply_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    holder: int | None = Field(default=None, sa_column=telegram_id(nullable=True))
    why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    __table_args__ = (_partly("inbox_open", OPEN, "lane", "update_id"),)


class Outbound(SQLModel, table=True):
    """A message that the bot sends unasked: `new`, `taken`, `sending`, `sent`, `unsure`,
    `failed` or `cancelled`.

    `holder` is the process that sends it; `unsure` counts tries of which nobody knows the end.
    """

    __tablename__ = "outbox"
    id: str = Field(primary_key=True)
    person_id: int = Field(sa_column=telegram_id(index=True))
    kind: str
    rank: int
    call_sealed: bytes = Field(sa_column=sealed())
    state: str = "new"
    attempts: int = 0
    due_at: datetime = Field(sa_column=moment())
    sent_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    created_at: datetime = Field(sa_column=moment())
    holder: int | None = Field(default=None, sa_column=telegram_id(nullable=True))
    unsure: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    __table_args__ = (Index("outbox_due", "state", "rank", "due_at"),)


class Registration(SQLModel, table=True):
    """A sign-up. `person_id` typed it; `version` grows with every change.

    `line` orders the waiting list (`rules/ranking.py`); `offered_until` is the deadline of an
    offered seat, `offers` how many were made. A case that an officer has open is his until
    `held_until`. `mark` names the conflicts under which it was decided, for want of another
    officer. `left_why` and `left_on` say that the person left the programme. `record_sealed` is
    what BPJS is told of the person.
    """

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    programme: str
    village: str
    state: str
    version: int = 1
    person_id: int = Field(sa_column=telegram_id(index=True))
    whom: str
    nik_hash: bytes = Field(sa_column=Column(LargeBinary(), nullable=False, index=True))
    nik_sealed: bytes = Field(sa_column=sealed())
    name_sealed: bytes = Field(sa_column=sealed())
    warnings: str = Field(default="", sa_column=Column(Text(), nullable=False))
    note_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    returned_question: str = ""
    officer_id: int | None = Field(default=None, sa_column=telegram_id(nullable=True))
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    created_at: datetime = Field(sa_column=moment())
    changed_at: datetime = Field(sa_column=moment())
    queued_at: datetime = Field(sa_column=moment())
    group_key: str = "vulnerable_workers"
    kk_hash: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    line: str = ""
    offers: int = 0
    offered_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    held_by: int | None = Field(default=None, sa_column=telegram_id(nullable=True))
    held_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    mark: str = ""
    minutes_id: str | None = None
    left_why: str = ""
    left_on: date | None = None
    record_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    __table_args__ = (
        Index("registration_queue", *QUEUE),
        Index("registration_line", "programme", "group_key", "state", "line"),
        Index("registration_sheet", "programme", "state", "village", "id"),
        Index("registration_held", "held_by"),
        Index("registration_decided", "officer_id", "decided_at"),
        _partly("registration_clean", "warnings = ''", *QUEUE),
        _partly("registration_doubtful", "warnings != ''", *QUEUE),
        _partly("registration_mine", "held_by IS NOT NULL", "held_by", *QUEUE),
        _partly("registration_undocumented", "minutes_id IS NULL", "village", "state"),
    )


class Answer(SQLModel, table=True):
    """Proof: what was asked, what was answered, by whom, when, under which words and rules.

    Rows are added, never changed but for `replaced_at`. `place` tells their order, which no clock
    does: a clock can jump. It is 0 in rows that are older than the column.
    """

    id: str = Field(primary_key=True)
    registration_id: str = Field(foreign_key="registration.id", index=True)
    question: str
    value_sealed: bytes = Field(sa_column=sealed())
    asked_sealed: bytes = Field(sa_column=sealed())
    given_by: int = Field(sa_column=telegram_id())
    given_at: datetime = Field(sa_column=moment())
    words: str
    rules: str
    replaced_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    place: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class IndexHash(SQLModel, table=True):
    """Keyed hashes by which possible duplicates are found: nik, nik with a digit masked, name."""

    __tablename__ = "registration_index"
    hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))
    registration_id: str = Field(foreign_key="registration.id", primary_key=True)
    kind: str


class SeatCounter(SQLModel, table=True):
    """How many seats of a village or programme are used; changed in the confirming transaction."""

    __tablename__ = "seat_counter"
    key: str = Field(primary_key=True)
    used: int = 0


class Seat(SQLModel, table=True):
    """Who holds a seat: one per NIK and programme, whoever signed up how often.

    `stage` is the stage of the programme whose money pays for it, "" where it has none.
    """

    programme: str = Field(primary_key=True)
    nik_hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))
    registration_id: str = Field(foreign_key="registration.id", unique=True)
    since: datetime = Field(sa_column=moment())
    stage: str = ""


class Member(SQLModel, table=True):
    """A sign-up that BPJS has accepted: the number of the card and the day it counts from.

    `card_given_on` is the day the card was handed over, None while it lies at the village.
    """

    registration_id: str = Field(foreign_key="registration.id", primary_key=True)
    kpj_hash: bytes = Field(sa_column=Column(LargeBinary(), nullable=False, unique=True))
    kpj_sealed: bytes = Field(sa_column=sealed())
    active_from: date
    ended_on: date | None = None
    card_given_on: date | None = None
    card_given_to_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    created_at: datetime = Field(sa_column=moment())
    changed_at: datetime = Field(sa_column=moment())


class Contribution(SQLModel, table=True):
    """One paid month of a member, named by its first day; `paid_by` is a `rules.coverage.Payer`."""

    registration_id: str = Field(foreign_key="member.registration_id", primary_key=True)
    month: date = Field(primary_key=True)
    paid_by: str
    received_on: date
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: int = Field(sa_column=telegram_id())


class ProgrammeState(SQLModel, table=True):
    """Whether the operator has opened a programme."""

    __tablename__ = "programme_state"
    key: str = Field(primary_key=True)
    is_open: bool
    changed_at: datetime = Field(sa_column=moment())


class Interest(SQLModel, table=True):
    """Who wants to be told when a programme opens."""

    programme: str = Field(primary_key=True)
    person_id: int = Field(sa_column=telegram_id(primary=True))
    village: str
    since: datetime = Field(sa_column=moment())


class Audit(SQLModel, table=True):
    """Who did what, when, from which state to which, and why. Rows are only added."""

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    )
    at: datetime = Field(sa_column=moment())
    actor_id: int = Field(sa_column=telegram_id())
    role: str
    action: str
    object_type: str
    object_id: str
    from_state: str = ""
    to_state: str = ""
    reason: str = ""
    __table_args__ = (Index("audit_object", "object_type", "object_id"),)


class Timer(SQLModel, table=True):
    """Something that is due at a moment: a digest, an expiry."""

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=moment(index=True))
