"""Which revision the schema of a database has, and which one this code needs."""

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from storage.database import MIGRATIONS, revision_of
from storage.database import newest as newest


def is_known(revision: str) -> bool:
    """Whether this code knows a revision: one of later code it does not."""
    return revision in {one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def revision(engine: Engine) -> str:
    """The revision that a database has; "" where it has no tables yet."""
    with engine.execution_options(reads=True).connect() as connection:
        return revision_of(connection)
