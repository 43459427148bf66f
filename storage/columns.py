"""Kinds of columns that the tables share."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, LargeBinary

from storage.database import Moment


def moment(nullable: bool = False, index: bool = False, primary: bool = False) -> Column[datetime]:
    """An aware UTC moment."""
    return Column(Moment(), nullable=nullable, index=index, primary_key=primary)


def telegram_id(primary: bool = False, nullable: bool = False, index: bool = False) -> Column[int]:
    """A Telegram id, which has up to 52 bits; SQLModel's int would be 32 on PostgreSQL."""
    return Column(
        BigInteger(), primary_key=primary, nullable=nullable, index=index, autoincrement=False
    )


def sealed(nullable: bool = False) -> Column[bytes]:
    """A personal value, sealed (`sealing.py`), or a keyed hash."""
    return Column(LargeBinary(), nullable=nullable)
