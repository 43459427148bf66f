"""The tables of claims: their steps, papers and photos, heirs and who follows, codes and links."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from storage.columns import moment, sealed, telegram_id


class Claim(SQLModel, table=True):
    """One death or accident, from the first word of it to its end (`rules/claims.py`).

    `registration_id` is None until an officer has said whom it is about. `happened_on` is the day
    of the death or accident; `since` the moment from which the present state counts, which may lie
    before it was written down. `complete_on` starts the clock of BPJS. `due_at` is when the state
    is late, `late` how often it was said to be. `told_at` is the last news to the family.
    `facts_sealed` holds what was reported (`storage/claims.py`).
    """

    id: str = Field(primary_key=True)
    kind: str
    state: str
    version: int = 1
    registration_id: str | None = Field(default=None, foreign_key="registration.id", index=True)
    village: str
    happened_on: date
    facts_sealed: bytes = Field(sa_column=sealed())
    reported_by: int = Field(sa_column=telegram_id())
    reported_at: datetime = Field(sa_column=moment())
    since: datetime = Field(sa_column=moment())
    complete_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    late: int = 0
    told_at: datetime = Field(sa_column=moment())
    changed_at: datetime = Field(sa_column=moment())
    code_hash: bytes | None = Field(
        default=None, sa_column=Column(LargeBinary(), nullable=True, unique=True)
    )
    disputed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    receipt_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    amount_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    __table_args__ = (Index("claim_desk", "village", "state", "due_at", "id"),)


class ClaimStep(SQLModel, table=True):
    """One move of a claim: on which day it happened, when it was written down, by whom.

    `seq` is the version of the claim that it made. `note_sealed` is why it was rejected or sent
    back, None for most. Rows are only added.
    """

    __tablename__ = "claim_step"
    claim_id: str = Field(primary_key=True, foreign_key="claim.id")
    seq: int = Field(primary_key=True)
    from_state: str
    to_state: str
    happened_on: date
    at: datetime = Field(sa_column=moment())
    by_id: int = Field(sa_column=telegram_id())
    role: str
    note_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))


class ClaimPaper(SQLModel, table=True):
    """One paper of a claim (`rules/papers.py`): `have` or `missing` by the family's own word,
    `accepted` or `returned` by an officer, who says why.
    """

    __tablename__ = "claim_paper"
    claim_id: str = Field(primary_key=True, foreign_key="claim.id")
    paper: str = Field(primary_key=True)
    state: str
    reason_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    changed_by: int = Field(sa_column=telegram_id())
    changed_at: datetime = Field(sa_column=moment())


class ClaimPhoto(SQLModel, table=True):
    """A photo of a paper: `wanted` from Telegram, then `kept`, or `refused` with a reason (`why`).

    Nobody fetches it before `taken_until`: somebody is at it, or it waits for another try.
    """

    __tablename__ = "claim_photo"
    id: str = Field(primary_key=True)
    claim_id: str = Field(foreign_key="claim.id", index=True)
    paper: str
    sent_by: int = Field(sa_column=telegram_id())
    sent_at: datetime = Field(sa_column=moment())
    file_sealed: bytes = Field(sa_column=sealed())
    state: str = Field(default="wanted", index=True)
    why: str = ""
    content_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    attempts: int = 0
    taken_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class Heir(SQLModel, table=True):
    """Somebody who may follow a claim with its code, known by the number noted here.

    `relation` is a `rules.heirs.Relation`; `noted_by` 0 where it comes from the sign-up itself.
    """

    id: str = Field(primary_key=True)
    claim_id: str = Field(foreign_key="claim.id", index=True)
    relation: str
    name_sealed: bytes = Field(sa_column=sealed())
    phone_hash: bytes = Field(sa_column=sealed())
    phone_sealed: bytes = Field(sa_column=sealed())
    noted_by: int = Field(sa_column=telegram_id())
    noted_at: datetime = Field(sa_column=moment())


class Follower(SQLModel, table=True):
    """An account bound to a claim: by its `code`, at the `counter`, or as the `worker` himself."""

    claim_id: str = Field(primary_key=True, foreign_key="claim.id")
    person_id: int = Field(sa_column=telegram_id(primary=True, index=True))
    heir_id: str = ""
    bound_by: str
    since: datetime = Field(sa_column=moment())


class ClaimLink(SQLModel, table=True):
    """A one-time link by which an officer binds an account at the counter; its hash alone."""

    __tablename__ = "claim_link"
    token_hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))
    claim_id: str = Field(foreign_key="claim.id")
    made_by: int = Field(sa_column=telegram_id())
    expires_at: datetime = Field(sa_column=moment())
    used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class ClaimLock(SQLModel, table=True):
    """Wrong claim codes of one account: how many in a row, and until when none is looked at."""

    __tablename__ = "claim_lock"
    person_id: int = Field(sa_column=telegram_id(primary=True))
    tries: int
    until: datetime = Field(sa_column=moment())


class ClaimAlarm(SQLModel, table=True):
    """How many wrong claim codes all accounts together typed in an hour."""

    __tablename__ = "claim_alarm"
    hour: datetime = Field(sa_column=moment(primary=True))
    tries: int
    told: bool = False


class Evidence(SQLModel, table=True):
    """One link of the chain that protects what a sign-up was decided on (`storage/evidence.py`).

    `seq` counts from 1 in each sign-up. `subject` says what it is of (a question, a fact).
    `content_sealed` is the content with its salt, None once deleted; `commitment` outlives it.
    `link` is the keyed hash over the link before and all this.
    """

    registration_id: str = Field(primary_key=True, foreign_key="registration.id")
    seq: int = Field(primary_key=True)
    kind: str
    subject: str
    at: datetime = Field(sa_column=moment(index=True))
    by_id: int = Field(sa_column=telegram_id())
    role: str
    content_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    commitment: bytes = Field(sa_column=sealed())
    link: bytes = Field(sa_column=sealed())


class EvidenceHead(SQLModel, table=True):
    """How long the chain of a sign-up is, its last link, and a keyed hash over both."""

    __tablename__ = "evidence_head"
    registration_id: str = Field(primary_key=True, foreign_key="registration.id")
    count: int
    link: bytes = Field(sa_column=sealed())
    mac: bytes = Field(sa_column=sealed())
