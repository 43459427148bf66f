"""What every turn needs besides the database: words, programmes, keys, and who runs the bot."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from bot import texts
from bot.settings import Settings
from bot.texts import Texts
from bot.topics.recogniser import Recogniser, shipped
from bot.walks import Walks
from bot.zones import zone
from rules import programmes, quiet_hours
from rules.programmes import Programme
from rules.quiet_hours import QuietHours
from storage import sealing
from storage.database import migrate, open_engine
from storage.sealing import Keyring


@dataclass(frozen=True)
class House:
    """Everything that stays the same from turn to turn."""

    engine: Engine
    keys: Keyring
    texts: Texts
    programmes: Mapping[str, Programme]
    contact: str
    rules: str
    clock: Callable[[], datetime]
    topics: Recogniser
    bot_name: str = ""  # by Telegram; links need it
    operator: int | None = None  # the account that hears what no office settles
    anchors: Path | None = None  # the folder in which the evidence is anchored every day
    quiet_hours: QuietHours | None = None  # when nobody is woken; None for never
    walks: Walks = field(default_factory=Walks)

    def day(self, now: datetime, village: str = "") -> date:
        """The day it is in a village."""
        return now.astimezone(zone(village)).date()


def real_clock() -> datetime:
    """The present moment. Everything below is told the time by this one function."""
    return datetime.now(UTC)


def open_house(settings: Settings, clock: Callable[[], datetime] = real_clock) -> House:
    """Read everything that the settings name; brings the database's schema up to date."""
    settings.lindung_home.mkdir(parents=True, exist_ok=True)
    folder = settings.lindung_programmes
    loaded = programmes.load(folder) if folder else programmes.shipped()
    versions = [programmes.rule_version(programme) for programme in loaded.values()]
    engine = open_engine(settings.database)
    migrate(engine)
    return House(
        engine=engine,
        keys=_keys(settings),
        texts=texts.load(
            {"operator": settings.operator_name, "contact": settings.operator_contact}
        ),
        programmes=loaded,
        contact=settings.operator_contact,
        rules=hashlib.sha256(" ".join(versions).encode()).hexdigest()[:12],
        clock=clock,
        topics=shipped(),
        operator=settings.operator_chat_id,
        anchors=settings.lindung_home / "anchors",
        quiet_hours=quiet_hours.read(settings.quiet_hours),
    )


def _keys(settings: Settings) -> Keyring:
    if given := settings.lindung_keys.get_secret_value():
        return sealing.read_keys(given)
    return sealing.keys_from_file(settings.lindung_home / "keys")
