"""Where messages are kept between their receipt and their consumer: memory, SQLite, PostgreSQL."""

from as4_peppol.stores.base import (
    IdentifierTakenError,
    Kept,
    Store,
    StoredMessage,
    StoredPayload,
)
from as4_peppol.stores.memory import MemoryStore
from as4_peppol.stores.sqlite import SqliteStore

__all__ = [
    "IdentifierTakenError",
    "Kept",
    "MemoryStore",
    "SqliteStore",
    "Store",
    "StoredMessage",
    "StoredPayload",
]
