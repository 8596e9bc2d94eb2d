"""The chain store: append-only, for many taxpayers, on SQLite or PostgreSQL.

``append`` works on a connection and in a transaction of the caller, so that an application saves an
invoice and its record in one commit. :class:`ChainStore` has a connection of its own, and shares
one synchronised commit among all who wait.
"""

from aeat_sii.verifactu.store._sql import TABLES, Connection, create_tables
from aeat_sii.verifactu.store.appending import (
    Head,
    Key,
    StoredRecord,
    append,
    head_of,
    last_of,
    record_in,
    record_of,
    walk,
)
from aeat_sii.verifactu.store.group import (
    MAX_GROUP,
    ChainStore,
    Reached,
    open_postgresql,
    open_sqlite,
)
from aeat_sii.verifactu.store.importing import import_chain

__all__ = [
    "MAX_GROUP",
    "TABLES",
    "ChainStore",
    "Connection",
    "Head",
    "Key",
    "Reached",
    "StoredRecord",
    "append",
    "create_tables",
    "head_of",
    "import_chain",
    "last_of",
    "open_postgresql",
    "open_sqlite",
    "record_in",
    "record_of",
    "walk",
]
