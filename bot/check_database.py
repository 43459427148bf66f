"""Checks of the database: there, of this schema, with room, and what waits in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from bot.checks import Finding, apart, ok, warn, wrong
from bot.house import real_clock
from bot.settings import Settings
from storage import inbox, schema, sealing
from storage.database import open_engine, reading
from storage.models import Inbound
from storage.pulse import Pulse, answers, pulse
from storage.sealing import KeyringError, SealError

SCARCE, TOO_SCARCE = 2 * 1024**3, 200 * 1024**2  # bytes left on the disk
OLDEST_POSTGRESQL = 14  # what is older gets no more mends
LATE, TOO_LATE = 60, 600  # seconds that an update may wait
MIGRATE = "lindung migrate"


def checked(settings: Settings) -> Iterator[Finding]:
    """Everything about the database; changes nothing in it."""
    sqlite = settings.database.startswith("sqlite")
    if sqlite and not Path(settings.database.partition(":///")[2]).exists():
        yield warn("database", "there is none yet; it is made at the first start", MIGRATE)
        yield _room(settings.lindung_home)
        return
    engine = open_engine(settings.database, writes=False)
    try:
        answers(engine)
    except SQLAlchemyError as error:
        yield wrong("database", f"does not answer ({type(error).__name__})", _bring_back(sqlite))
        return
    try:
        yield from _of_sqlite(engine, settings) if sqlite else _of_postgresql(engine)
        yield _writable(engine)
        yield from _of_schema(engine, settings)
    finally:
        engine.dispose()


def _bring_back(sqlite: bool) -> str:
    if sqlite:
        return "look at the rights and the room of the data folder: ls -l, df -h"
    return "start PostgreSQL; compare DATABASE_URL; psql with the same address must get in"


def _of_sqlite(engine: Engine, settings: Settings) -> Iterator[Finding]:
    with reading(engine) as db:
        mode = db.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = db.connection().exec_driver_sql("PRAGMA synchronous").scalar_one()
    if (mode, synchronous) != ("wal", 2):
        says = f"SQLite runs with journal_mode={mode}, synchronous={synchronous}"
        yield wrong("database", says, "put the data folder on a local disk, not on a network one")
    else:
        yield ok("database", "SQLite answers, with WAL and synchronous=FULL; for one process")
    yield _room(settings.lindung_home)


def _room(folder: Path) -> Finding:
    there = next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
    left = shutil.disk_usage(there).free
    says = f"{left / 1024**3:.1f} GB left for the data folder"
    if left < TOO_SCARCE:
        return wrong("disk", says, "make room now: old logs, old exports; then see disk full")
    return warn("disk", says, "make room this week") if left < SCARCE else ok("disk", says)


def _of_postgresql(engine: Engine) -> Iterator[Finding]:
    query = text("SELECT current_setting('server_version_num')::int / 10000, clock_timestamp()")
    with reading(engine) as db:
        before = real_clock()
        version, there = db.execute(query).one()
        here = before + (real_clock() - before) / 2
    says = f"PostgreSQL {version} answers"
    if version < OLDEST_POSTGRESQL:
        yield warn("database", says, "plan to move to a version that still gets mends")
    else:
        yield ok("database", says)
    yield apart((here - there).total_seconds(), "database clock", "the database's")


def _writable(engine: Engine) -> Finding:
    """Writes something and takes it back."""
    try:
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE doctor_was_here (x int)"))
            connection.rollback()
    except SQLAlchemyError as error:
        says = f"cannot be written ({type(error).__name__})"
        return wrong("writing", says, "is it a standby, is the disk full, may this user write?")
    return ok("writing", "can be written")


def _of_schema(engine: Engine, settings: Settings) -> Iterator[Finding]:
    has, needs = schema.revision(engine), schema.newest()
    if has == needs:
        yield ok("schema", f"is at {has}")
        with reading(engine) as db:
            seen = pulse(db, real_clock())
        yield from _waiting(seen)
        yield from _opened(engine, settings)
    elif has and not schema.is_known(has):
        says = f"is at {has}, which this code does not know"
        yield warn("schema", says, "this program is older than the database: install the newer one")
    else:
        yield wrong("schema", f"is at {has or 'nothing'}, this code needs {needs}", MIGRATE)


def _waiting(seen: Pulse) -> Iterator[Finding]:
    if seen.dead:
        says = f"{seen.dead} updates were given up"
        yield warn("dead letters", says, "lindung letters list, then show and replay")
    else:
        yield ok("dead letters", "none")
    age = round(seen.unserved_age)
    if age > LATE:
        says = f"the oldest update has waited {age} s"
        finding = wrong if age > TOO_LATE else warn
        yield finding("waiting", says, "does the bot run? See its log and /readyz")
    else:
        yield ok("waiting", "no update waits for long")


def _opened(engine: Engine, settings: Settings) -> Iterator[Finding]:
    """Whether the keys open the newest update that is stored."""
    given, file = settings.lindung_keys.get_secret_value(), settings.lindung_home / "keys"
    if not given and not file.exists():
        return
    with reading(engine) as db:
        row = db.exec(select(Inbound).order_by(col(Inbound.received_at).desc()).limit(1)).first()
        try:
            if row:
                inbox.body(sealing.read_keys(given or file.read_text()), row)
        except SealError:
            says = "do not open what is stored"
            yield wrong("keys", says, "stop the bot; put the keys back with which this was sealed")
        except (KeyringError, OSError):
            return  # said already where the keys are read
