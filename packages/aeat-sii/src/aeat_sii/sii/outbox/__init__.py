"""An outbox on disk: what is to be sent to the books, kept until the authority has answered.

``put`` works on a connection and in a transaction of the caller, so that an application saves an
invoice and its entry in one commit, on SQLite or PostgreSQL. A :class:`Dispatcher` sends what is
waiting, and a crash between sending and answer loses nothing and registers nothing twice.

::

    transaction = outbox.transactions(open_sqlite("books.db"))
    with transaction() as connection:
        outbox.create_tables(connection)
        outbox.put(connection, outbox.Box("company-1"), record, titular)
    outbox.Dispatcher(transaction, outbox.Box("company-1"), client).step()
"""

from aeat_sii._database import Connection, transactions
from aeat_sii.sii.outbox._tables import TABLES, create_tables
from aeat_sii.sii.outbox.dispatching import Dispatcher
from aeat_sii.sii.outbox.entries import (
    Box,
    Entry,
    EntryState,
    Pace,
    content_of,
    entries,
    pace_of,
    put,
    withdraw,
)
from aeat_sii.verifactu.delivery import Outcome, Step, Transaction

__all__ = [
    "TABLES",
    "Box",
    "Connection",
    "Dispatcher",
    "Entry",
    "EntryState",
    "Outcome",
    "Pace",
    "Step",
    "Transaction",
    "content_of",
    "create_tables",
    "entries",
    "pace_of",
    "put",
    "transactions",
    "withdraw",
]
