"""The tables of the village's desk: offices, invitations, minutes, sheets for BPJS, tallies."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String
from sqlmodel import Field, SQLModel

from storage.columns import moment, sealed, telegram_id


class Staff(SQLModel, table=True):
    """An office: who, in which role (`rules.permissions.Role`), where, since when, until when.

    `area` is a Kemendagri code: a village's, or a regency's for who answers for all its villages.
    `phone_sealed` is the number that was invited, by which families reach the officer.
    """

    id: str = Field(primary_key=True)
    person_id: int = Field(sa_column=telegram_id(index=True))
    role: str
    # The column has its first name still: the release before this one reads it.
    area: str = Field(sa_column=Column("village", String(), nullable=False))
    name_sealed: bytes = Field(sa_column=sealed())
    phone_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    since: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class OwnCard(SQLModel, table=True):
    """Hashes of an identity card and a family card that an officer has declared the own ones.

    One declared anew joins the others and replaces none: else a wrong number would open the way to
    a case of one's own.
    """

    __tablename__ = "own_card"
    person_id: int = Field(sa_column=telegram_id(primary=True))
    nik_hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))
    kk_hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))


class Invitation(SQLModel, table=True):
    """A one-time invitation; only the hashes of its token and number are stored.

    `replaces` is the office that ends when this one is taken up; `made_by` the office that invited,
    "" for the operator: with it ends what it has invited to.
    """

    token_hash: bytes = Field(sa_column=Column(LargeBinary(), primary_key=True))
    role: str
    area: str = Field(sa_column=Column("village", String(), nullable=False))
    phone_hash: bytes = Field(sa_column=sealed())
    replaces: str = ""
    made_by: str = ""
    inviter_id: int | None = Field(default=None, sa_column=telegram_id(nullable=True))
    created_at: datetime = Field(sa_column=moment())
    expires_at: datetime = Field(sa_column=moment())
    attempts: int = 0
    used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class Minutes(SQLModel, table=True):
    """Minutes of a village's deliberation (musyawarah desa): number, day, and a photo of them.

    `photo_sealed` is the id under which Telegram keeps the photo, None without one.
    """

    __tablename__ = "minutes"
    id: str = Field(primary_key=True)
    village: str = Field(index=True)
    number: str
    held_on: date
    photo_sealed: bytes | None = Field(default=None, sa_column=sealed(nullable=True))
    recorded_by: int = Field(sa_column=telegram_id())
    recorded_at: datetime = Field(sa_column=moment())


class Export(SQLModel, table=True):
    """A sheet for BPJS: `wanted` and `sent` in the chat, `making` and `made` by a command, or
    `failed`; then `marking` and `marked` while and after its people are noted as sent to BPJS.

    It holds the sign-ups of `programme` in `area` that were confirmed before `cutoff`. Nobody takes
    it up before `taken_until`: it is being worked at, or waits for another try.
    """

    id: str = Field(primary_key=True)
    programme: str
    area: str
    asked_by: int = Field(sa_column=telegram_id())
    state: str = Field(default="wanted", index=True)
    rows: int = 0
    attempts: int = 0
    cutoff: datetime = Field(sa_column=moment())
    asked_at: datetime = Field(sa_column=moment())
    finished_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    taken_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    __table_args__ = (Index("export_asked_by", "asked_by", "asked_at"),)


class ExportRow(SQLModel, table=True):
    """That somebody stands in a sheet; kept until its people are marked."""

    __tablename__ = "export_row"
    export_id: str = Field(primary_key=True)
    registration_id: str = Field(primary_key=True, index=True)


class Tally(SQLModel, table=True):
    """How many sign-ups of a village are in a state: `<village>/<state>`, `<village>/clean`.

    Changed in the transaction of the move (`storage/tallies.py`); counted anew every day.
    """

    key: str = Field(primary_key=True)
    count: int = Field(sa_column=Column(BigInteger(), nullable=False))
