"""Which revision the schema of a database has, and which one this code needs."""

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from storage.database import MIGRATIONS


def _ours() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def newest() -> str:
    """The revision that this code needs."""
    return _ours().get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this code knows a revision: one of later code it does not."""
    return revision in {one.revision for one in _ours().walk_revisions()}


def revision(engine: Engine) -> str:
    """The revision that a database has; "" where it has no tables yet."""
    with engine.execution_options(reads=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
