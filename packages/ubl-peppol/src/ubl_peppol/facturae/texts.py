"""Notes and attachments of an invoice (BG-1, BG-24)."""

from base64 import b64decode
from collections.abc import Sequence
from decimal import Decimal

from facturae_es.codes import AttachmentCompression, AttachmentEncoding
from facturae_es.model import AdditionalData
from facturae_es.model import Invoice as FacturaeInvoice
from ubl_peppol.facturae import sentences
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import MIME
from ubl_peppol.model import Attachment, Note, SupportingDocument
from ubl_peppol.profiles import Profile

__all__ = ["attachments", "notes"]


def notes(
    source: FacturaeInvoice, due: Decimal, profile: Profile, ledger: Ledger
) -> tuple[Note, ...]:
    """Map the texts of an invoice, and say in words what has no term (BG-1)."""
    texts = [*_own_texts(source), *_moved_texts(source, due, ledger)]
    if len(texts) > 1 and profile.process_id:
        # PEPPOL-EN16931-R002: one note, except between German parties.
        ledger.derived(
            "AdditionalData", len(texts), "BT-22", "Peppol has one note: the texts are lines of it"
        )
        texts = ["\n".join(texts)]
    return tuple(Note(text=_plain(text)) for text in texts)


def _plain(text: str) -> str:
    """Keep a text from looking as if it began with a subject code."""
    return f" {text}" if text.startswith("#") else text


def _own_texts(source: FacturaeInvoice) -> list[str]:
    additional = source.additional_data
    texts = [source.issue_data.description, additional.information if additional else None]
    return [text for text in (*texts, *(source.legal_literals or ())) if text]


def _moved_texts(source: FacturaeInvoice, due: Decimal, ledger: Ledger) -> list[str]:
    """Say in words what the norm has no term for, and note each in the ledger."""
    totals = source.totals
    told = sentences.of_invoice(source)
    if totals.executable_amount != due:
        text = sentences.to_pay(totals, source.issue_data.currency)
        told.append(("InvoiceTotals/TotalExecutableAmount", text))
    for path, text in told:
        ledger.moved(path, text, "BT-22", "EN 16931 has no term for it")
    for subsidy in totals.subsidies:
        ledger.derived(
            "InvoiceTotals/Subsidies",
            subsidy.amount,
            "BT-113",
            f"the subsidy ({subsidy.description}) counts as paid",
        )
    for advance in totals.payments_on_account:
        ledger.dropped(
            "InvoiceTotals/PaymentsOnAccount/PaymentOnAccountDate",
            advance.paid_on,
            "the amount paid (BT-113) has no date",
        )
    return [text for _, text in told]


def attachments(additional: AdditionalData | None, ledger: Ledger) -> Sequence[SupportingDocument]:
    """Map attachments and the related invoice (BG-24)."""
    if additional is None:
        return ()
    path = "AdditionalData/RelatedDocuments/Attachment"
    found: list[SupportingDocument] = []
    for number, entry in enumerate(additional.attachments, start=1):
        mime_code = MIME.get(entry.file_format)
        packed = entry.compression not in (None, AttachmentCompression.NONE)
        encoded = entry.encoding in (None, AttachmentEncoding.BASE64)
        if mime_code is None or packed or not encoded:
            kinds = (entry.file_format, entry.compression, entry.encoding)
            shown = " ".join(str(each) for each in (entry.description, *kinds) if each)
            ledger.dropped(path, shown, "not a kind of file that EN 16931 takes")
            continue
        try:
            content = b64decode("".join(entry.data.split()), validate=True)
        except ValueError:
            ledger.dropped(path, entry.description or number, "its content is not base64")
            continue
        suffix = entry.file_format.value.lower()
        found.append(
            SupportingDocument(
                reference=f"adjunto-{number}",
                description=entry.description,
                attachment=Attachment(
                    content=content, mime_code=mime_code, filename=f"adjunto-{number}.{suffix}"
                ),
            )
        )
    if additional.related_invoice:
        found.append(
            SupportingDocument(
                reference=additional.related_invoice, description="Factura relacionada"
            )
        )
    return found
