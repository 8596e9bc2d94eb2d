from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from reference_server.database import METADATA, Database, migrate
from reference_server.tables import load_tables


def test_the_migrated_tables_are_those_of_the_code(tmp_path: Path) -> None:
    load_tables()
    url = f"sqlite:///{tmp_path / 'a.db'}"
    migrate(url)
    migrate(url)
    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_each_commit_of_sqlite_reaches_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
