"""What the page of an invoice shows, taken from its Facturae document."""

from decimal import Decimal

from aeat_sii.facturae import number_of, party_name
from facturae_es.codes import InvoiceClass, PaymentMeans, TaxType
from facturae_es.model import Facturae, Invoice, InvoiceLine, Party
from ubl_peppol.render import (
    AllowanceView,
    InvoiceView,
    LineView,
    PartyView,
    PaymentView,
    TaxQr,
    TaxView,
    TotalView,
)

__all__ = ["page_of"]

_TAXES = {
    TaxType.IVA: "IVA",
    TaxType.IPSI: "IPSI",
    TaxType.IGIC: "IGIC",
    TaxType.IRPF: "IRPF",
}
_MEANS = {
    PaymentMeans.CASH: "Al contado",
    PaymentMeans.DIRECT_DEBIT: "Recibo domiciliado",
    PaymentMeans.CREDIT_TRANSFER: "Transferencia",
    PaymentMeans.CARD: "Tarjeta",
}


def page_of(document: Facturae, invoice: Invoice, qr: TaxQr | None) -> InvoiceView:
    """Fill the view of an invoice.

    Args:
        document: The file, for its parties.
        invoice: One of its invoices.
        qr: Tax QR with its legends.
    """
    issued, totals = invoice.issue_data, invoice.totals
    corrective = invoice.header.invoice_class in {
        InvoiceClass.CORRECTIVE,
        InvoiceClass.COPY_OF_CORRECTIVE,
    }
    references = [
        ("Expediente", issued.file_reference),
        ("Contrato", issued.receiver_contract),
        ("Pedido", issued.receiver_transaction),
        *(
            (f"Centro {centre.role.value if centre.role else ''}".strip(), centre.centre_code)
            for centre in document.parties.buyer.administrative_centres or ()
        ),
    ]
    if invoice.header.corrective:
        references.append(("Rectifica", _corrected(invoice)))
    notes = [*(invoice.legal_literals or ())]
    if invoice.additional_data and invoice.additional_data.information:
        notes.append(invoice.additional_data.information)
    return InvoiceView(
        title="Factura rectificativa" if corrective else "Factura",
        number=number_of(invoice),
        issued_on=issued.issued_on,
        operation_on=issued.operation_on,
        currency=issued.currency,
        seller=_party(document.parties.seller),
        buyer=_party(document.parties.buyer),
        references=tuple((label, value) for label, value in references if value),
        lines=tuple(_line(line) for line in invoice.lines),
        allowances=(
            *(AllowanceView(reason=d.reason, amount=-d.amount) for d in totals.general_discounts),
            *(AllowanceView(reason=c.reason, amount=c.amount) for c in totals.general_surcharges),
        ),
        taxes=tuple(_taxes(invoice)),
        totals=tuple(_totals(invoice)),
        payments=tuple(
            PaymentView(
                means=_MEANS.get(item.payment_means, f"Medio {item.payment_means.value}"),
                due_on=item.due_on,
                iban=(item.account_to_be_credited.iban or "")
                if item.account_to_be_credited
                else "",
                amount=item.amount,
            )
            for item in invoice.payment_details
        ),
        notes=tuple(notes),
        qr=qr,
    )


def _corrected(invoice: Invoice) -> str:
    corrective = invoice.header.corrective
    if corrective is None:
        return ""
    parts = (corrective.invoice_series, corrective.invoice_number)
    number = "/".join(part for part in parts if part)
    return (
        f"{number} ({corrective.reason_description})" if number else corrective.reason_description
    )


def _party(party: Party) -> PartyView:
    holder = party.legal_entity or party.individual
    rows: list[str] = []
    contact: list[str] = []
    if holder and holder.address_in_spain:
        place = holder.address_in_spain
        rows = [place.street, f"{place.post_code} {place.town}", place.province]
    elif holder and holder.overseas_address:
        far = holder.overseas_address
        rows = [far.street, far.post_code_and_town, far.province, far.country]
    if holder and holder.contact_details:
        details = holder.contact_details
        contact = [text for text in (details.telephone, details.email) if text]
    return PartyView(
        name=party_name(party),
        nif=party.tax_identification.nif,
        address=tuple(rows),
        contact=tuple(contact),
    )


def _line(line: InvoiceLine) -> LineView:
    label = " + ".join(
        f"{_TAXES.get(tax.tax_type, tax.tax_type.value)} {_percent(tax.rate_percent)} %"
        for tax in line.taxes_outputs
    )
    discount = sum((item.amount for item in line.discounts), Decimal(0))
    return LineView(
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=discount or None,
        tax_label=label,
        net_amount=line.gross_amount,
    )


def _percent(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def _taxes(invoice: Invoice) -> list[TaxView]:
    rows: list[TaxView] = []
    for tax in invoice.taxes_outputs:
        label = _TAXES.get(tax.tax_type, f"Impuesto {tax.tax_type.value}")
        rows.append(
            TaxView(
                label=label,
                taxable_base=tax.taxable_base.total,
                percent=tax.rate_percent,
                amount=tax.tax_amount.total if tax.tax_amount else Decimal(0),
            )
        )
        if tax.surcharge_percent is not None and tax.surcharge_amount:
            rows.append(
                TaxView(
                    kind="surcharge",
                    label="Recargo de equivalencia",
                    taxable_base=tax.taxable_base.total,
                    percent=tax.surcharge_percent,
                    amount=tax.surcharge_amount.total,
                )
            )
    rows.extend(
        TaxView(
            kind="withheld",
            label=f"Retención {_TAXES.get(tax.tax_type, tax.tax_type.value)}",
            taxable_base=tax.taxable_base.total,
            percent=tax.rate_percent,
            amount=tax.tax_amount.total if tax.tax_amount else Decimal(0),
        )
        for tax in invoice.taxes_withheld
    )
    return rows


def _totals(invoice: Invoice) -> list[TotalView]:
    totals = invoice.totals
    rows = [
        TotalView(label="Base imponible", amount=totals.gross_amount_before_taxes),
        TotalView(label="Impuestos", amount=totals.total_tax_outputs),
    ]
    if totals.total_taxes_withheld:
        rows.append(TotalView(label="Retenciones", amount=-totals.total_taxes_withheld))
    rows.append(TotalView(label="Total a pagar", amount=totals.executable_amount, strong=True))
    return rows
