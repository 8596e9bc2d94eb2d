"""Makes the entry of an issued invoice in the SII of its VERI*FACTU record.

Both say the same of an invoice of IVA to a customer with a NIF. Where the SII wants more than the
record knows (goods apart from services, buildings), nothing is guessed: it is refused.

Source: SuministroInformacion.xsd of the tax agency, for VERI*FACTU 1.0 and for the SII 1.1; the
correspondence is ours.
"""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import ValidationError

from aeat_sii.errors import AeatError
from aeat_sii.sii import codes
from aeat_sii.sii.records import (
    ExemptLine,
    IssuedBreakdown,
    IssuedInvoice,
    IssuedInvoiceId,
    IssuedLine,
    IssuedRecord,
    NotExemptPart,
    NotSubject,
    Period,
    Person,
    RectifiedAmounts,
    RelatedInvoice,
    Subject,
    Treatment,
)
from aeat_sii.verifactu.codes import Qualification, TaxKind
from aeat_sii.verifactu.records import BreakdownLine, InvoiceId, RegistrationRecord
from einvoice_core.money import total

__all__ = ["CannotBookError", "issued_of"]

# Regimes that both name alike and for which the record knows what the SII asks.
_REGIMES = frozenset({*(f"{number:02}" for number in range(1, 11)), "14", "15"})


class CannotBookError(AeatError):
    """The SII wants to know more of the invoice than its record says."""

    code = "aeat.record.sii"


def issued_of(record: RegistrationRecord) -> IssuedRecord:
    """Make the entry of an issued invoice in the SII of its VERI*FACTU record.

    Args:
        record: Of an invoice of IVA, to one customer with a NIF or to nobody named.

    Raises:
        CannotBookError: Another tax; a foreign customer (the SII wants goods and services apart) or
            several; a regime that asks for more, or means something else; more than three regimes.
    """
    try:
        return _issued_of(record)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise CannotBookError(f"the SII does not take it: {field}: {first['msg']}") from error


def _issued_of(record: RegistrationRecord) -> IssuedRecord:
    regimes = _regimes(record.breakdown)
    at_cost = [row.base_at_cost for row in record.breakdown if row.base_at_cost is not None]
    replaced = record.rectified_amounts
    content = IssuedInvoice(
        kind=codes.InvoiceKind(record.kind.value),
        rectification=record.rectification and codes.RectificationKind(record.rectification.value),
        grouped=_related(record.substituted),
        rectified=_related(record.rectified),
        rectified_amounts=replaced
        and RectifiedAmounts(
            taxable_base=replaced.taxable_base,
            tax=replaced.output_tax,
            equivalence_surcharge=replaced.equivalence_surcharge,
        ),
        operated_on=record.operated_on,
        regime=regimes[0],
        regime_2=regimes[1] if len(regimes) > 1 else None,
        regime_3=regimes[2] if len(regimes) > 2 else None,
        agreement=record.agreement,
        total=record.total,
        base_at_cost=total(at_cost) if at_cost else None,
        description=record.description,
        external_reference=record.external_reference,
        is_simplified_with_recipient=record.is_simplified_with_recipient,
        is_macrodata=record.is_macrodata,
        issued_by_other=True if record.issued_by else None,
        has_coupon=record.has_coupon,
        lacks_recipient=record.lacks_recipient,
        other_party=_customer(record),
        breakdown=IssuedBreakdown(whole=_treatment(record.breakdown)),
    )
    invoice = record.invoice
    return IssuedRecord(
        period=Period.of(record.operated_on or invoice.issued_on),
        invoice=IssuedInvoiceId(
            issuer_nif=invoice.issuer_nif, number=invoice.number, issued_on=invoice.issued_on
        ),
        content=content,
    )


def _related(invoices: Iterable[InvoiceId]) -> tuple[RelatedInvoice, ...]:
    return tuple(RelatedInvoice(number=i.number, issued_on=i.issued_on) for i in invoices)


def _regimes(rows: Iterable[BreakdownLine]) -> list[codes.Regime]:
    found = list(dict.fromkeys(row.regime.value if row.regime else "" for row in rows))
    strange = [each for each in found if each not in _REGIMES]
    if strange:
        raise CannotBookError(
            f"regime {strange[0] or 'not stated'}: the SII asks for more, or gives the key another "
            "meaning; make the entry with aeat_sii.sii"
        )
    if len(found) > 3:
        raise CannotBookError(f"{len(found)} regimes: an entry of the SII names three at most")
    return [codes.Regime(each) for each in found]


def _customer(record: RegistrationRecord) -> Person | None:
    if not record.recipients:
        return None
    first = record.recipients[0]
    if len(record.recipients) > 1:
        raise CannotBookError(
            f"{len(record.recipients)} recipients: an entry of the SII names one; which one is "
            "yours to say"
        )
    if first.nif is None or first.nif.startswith("N"):
        raise CannotBookError(
            "the customer is foreign: the SII wants goods and services apart, and the record does "
            "not tell them apart"
        )
    return Person(name=first.name, nif=first.nif)


def _treatment(rows: tuple[BreakdownLine, ...]) -> Treatment:
    other = [row.tax for row in rows if row.tax not in (None, TaxKind.IVA)]
    if other:
        raise CannotBookError(f"tax {other[0]}: an entry at the tax agency is of IVA")
    taxed = [r for r in rows if r.qualification in (Qualification.S1, Qualification.S2)]
    exempt = [row for row in rows if row.exemption]
    subject = Subject(exempt=_exempt(exempt), taxed=_taxed(taxed)) if taxed or exempt else None
    by_law = _amount(rows, Qualification.N1)
    by_place = _amount(rows, Qualification.N2)
    is_outside = by_law is not None or by_place is not None
    return Treatment(
        subject=subject,
        not_subject=NotSubject(by_law=by_law, by_place=by_place) if is_outside else None,
    )


def _exempt(rows: list[BreakdownLine]) -> tuple[ExemptLine, ...]:
    causes = dict.fromkeys(row.exemption.value for row in rows if row.exemption)
    return tuple(
        ExemptLine(
            cause=codes.Exemption(cause),
            taxable_base=total(row.taxable_base for row in rows if row.exemption == cause),
        )
        for cause in causes
    )


def _taxed(rows: list[BreakdownLine]) -> NotExemptPart | None:
    if not rows:
        return None
    kinds = {row.qualification.value for row in rows if row.qualification}
    return NotExemptPart(
        kind=codes.NotExempt.S3 if len(kinds) > 1 else codes.NotExempt(kinds.pop()),
        lines=tuple(
            IssuedLine(
                rate_percent=row.rate_percent,
                taxable_base=row.taxable_base,
                output_tax=row.output_tax,
                surcharge_percent=row.surcharge_percent,
                equivalence_surcharge=row.equivalence_surcharge,
            )
            for row in rows
        ),
    )


def _amount(rows: Iterable[BreakdownLine], kind: Qualification) -> Decimal | None:
    amounts = [row.taxable_base for row in rows if row.qualification is kind]
    return total(amounts) if amounts else None
