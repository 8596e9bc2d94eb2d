"""Run by Alembic: applies the steps to the database that :func:`migrate` names."""

from alembic import context

from reference_server.database import METADATA, Database
from reference_server.tables import load_tables

load_tables()
database = Database(context.config.attributes["url"])
try:
    with database.write() as connection:
        context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
        context.run_migrations()
finally:
    database.close()
