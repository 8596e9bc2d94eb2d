"""Takes over the chain of another system, so that this one goes on where that one stopped."""

from collections.abc import Iterable

from lxml import etree

from aeat_sii.errors import BrokenChainError, ChainError
from aeat_sii.verifactu.audit import Audit, audit
from aeat_sii.verifactu.chain import link_to
from aeat_sii.verifactu.records import SF
from aeat_sii.verifactu.store._sql import Connection, run
from aeat_sii.verifactu.store.appending import Head, Key, entry_of, head_of, insert, record_in
from einvoice_core.xml.parsing import parse

__all__ = ["import_chain"]


def import_chain(
    connection: Connection,
    key: Key,
    documents: Iterable[bytes],
    *,
    delivered: bool = True,
    accept_breaks: bool = False,
) -> Audit:
    """Store the records of another system with the texts that they have.

    Args:
        connection: In a transaction of the caller, who commits.
        key: Which chain; it is empty.
        documents: XML of records, or of submissions, in the order of the chain.
        delivered: Whether the agency has them; otherwise they are pending.
        accept_breaks: Take a broken chain too, as it is; its audit says where it breaks.

    Returns:
        What the audit of the records found.

    Raises:
        BrokenChainError: The chain is broken; nothing was stored.
        ChainError: The chain here is not empty.
        XmlRefused: A document cannot be read.
        DocumentRefused: A record does not have its structure.
    """
    head = head_of(connection, key, lock=True)
    if head.length:
        raise ChainError("records are taken over into an empty chain only", length=head.length)
    texts = [text for document in documents for text in _texts(document)]
    found = audit(enumerate(texts, start=1))
    if found.first_break and not accept_breaks:
        raise BrokenChainError(
            f"the chain is broken at record {found.first_break.position}: "
            f"{found.first_break.kind.value}",
            position=found.first_break.position,
        )
    for text in texts:
        record = record_in(text.encode("utf-8"))
        insert(connection, key, head, entry_of(record, text))
        head = Head(head.length + 1, link_to(record), record.recorded_at)
    if delivered:
        run(
            connection,
            "UPDATE verifactu_delivery SET state = 'imported' WHERE tenant = ? AND chain = ?",
            (key.tenant, key.chain),
        )
    return found


def _texts(document: bytes) -> list[str]:
    root = parse(document)
    found = root.iter(f"{{{SF}}}RegistroAlta", f"{{{SF}}}RegistroAnulacion")
    return [etree.tostring(element, encoding="unicode", with_tail=False) for element in found]
