"""The documents of an issued invoice: signed Facturae and page; made once, kept, never changed."""

import uuid
from datetime import UTC, datetime

import facturae_es
from aeat_sii.environments import Environment
from aeat_sii.verifactu import qr
from reference_server import chain, credentials, files, kept
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.security import Caller
from reference_server.services.invoices.page import page_of
from reference_server.services.invoices.service import document_of
from reference_server.settings import Settings
from ubl_peppol.render import Language, TaxQr, pdf

__all__ = ["page_pdf", "signed_facturae"]


def signed_facturae(db: Database, settings: Settings, caller: Caller, invoice_id: str) -> bytes:
    """Return the invoice signed with the company's certificate under the Facturae policy."""
    subject = f"facturae:{invoice_id}"
    with db.read() as tx:
        known = kept.by_subject(tx, caller.company_id, subject)
        credential = None if known else credentials.load(tx, settings, caller.company_id)
    if known is not None or credential is None:
        return files.read(settings.files, known.sha256 if known else "")
    _, unsigned = document_of(db, caller, invoice_id)
    signed = facturae_es.sign(unsigned, credential)
    facturae_es.verify(signed)
    return _keep(db, settings, caller, subject, f"{invoice_id}.xsig", "application/xml", signed)


def page_pdf(
    db: Database,
    settings: Settings,
    environment: Environment,
    caller: Caller,
    invoice_id: str,
    language: Language,
) -> bytes:
    """Return the page of the invoice with its tax QR."""
    subject = f"page:{invoice_id}:{language.value}"
    with db.read() as tx:
        known = kept.by_subject(tx, caller.company_id, subject)
        record = chain.of_invoice(tx, caller.company_id, invoice_id)
    if known is not None:
        return files.read(settings.files, known.sha256)
    if record is None:
        raise NotFoundError(f"invoice {invoice_id} has no record: issue it first")
    document, _ = document_of(db, caller, invoice_id)
    code = TaxQr(
        url=qr.url_of(chain.registration_of(record), environment=environment),
        caption_above=qr.LEGEND_ABOVE,
        caption_below=qr.LEGEND_BELOW,
    )
    page = pdf(page_of(document, document.invoices[0], code), language=language)
    name = f"{invoice_id}-{language.value}.pdf"
    return _keep(db, settings, caller, subject, name, "application/pdf", page)


def _keep(
    db: Database,
    settings: Settings,
    caller: Caller,
    subject: str,
    name: str,
    media_type: str,
    content: bytes,
) -> bytes:
    """Store a document, unless somebody else was faster; return the one that is kept."""
    digest = files.write(settings.files, content)
    with db.write() as tx:
        known = kept.by_subject(tx, caller.company_id, subject)
        if known is None:
            kept.add(
                tx,
                caller.company_id,
                str(uuid.uuid4()),
                subject,
                name,
                media_type,
                len(content),
                digest,
                datetime.now(UTC),
            )
            return content
    return files.read(settings.files, known.sha256)
