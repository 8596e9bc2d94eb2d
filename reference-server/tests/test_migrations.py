from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from aeat_sii.sii import outbox
from aeat_sii.verifactu import store
from reference_server.database import METADATA, Database, migrate
from reference_server.tables import load_tables


def is_of_the_server(thing: object, name: str | None, kind: str, *rest: object) -> bool:
    """Leave the tables of the chain store and the outbox aside: the package makes them."""
    return not (kind == "table" and name in (*store.TABLES, *outbox.TABLES))


def test_the_migrated_tables_are_those_of_the_code(tmp_path: Path) -> None:
    load_tables()
    url = f"sqlite:///{tmp_path / 'a.db'}"
    migrate(url)
    migrate(url)
    database = Database(url)
    with database.read() as connection:
        options = {"compare_type": True, "include_object": is_of_the_server}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_each_commit_of_sqlite_reaches_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
