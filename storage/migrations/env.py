"""Alembic's entry: migrations run on the connection that `storage.database.migrate` hands in."""

from alembic import context
from sqlmodel import SQLModel

from storage import models

assert models  # noqa: S101 (the import fills the metadata)

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
