"""The TicketBAI file of an invoice, from the same record that VERI*FACTU and the SII take."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import ValidationError

from aeat_sii.errors import AeatError
from aeat_sii.ticketbai.records import (
    Breakdown,
    BreakdownKind,
    ByOperation,
    Contents,
    Corrective,
    Detail,
    Developer,
    Device,
    Exempt,
    Heading,
    InvoicePart,
    Issuer,
    NotExempt,
    NotSubject,
    OtherId,
    OtherInvoice,
    Previous,
    Recipient,
    RegimeKey,
    ReplacedAmounts,
    Software,
    Subject,
    Subjects,
    Taxed,
    TicketBai,
    Trace,
)
from aeat_sii.verifactu.codes import InvoiceKind, IssuedBy, Qualification, TaxKind
from aeat_sii.verifactu.records import BreakdownLine, InvoiceId, Person, RegistrationRecord

__all__ = ["NotForTicketBaiError", "make"]

_LONGEST = 20
_NOT_SUBJECT = {Qualification.N1: "OT", Qualification.N2: "RL"}
"""Not subject by articles 7 and 14 of the law, and by its rules of place."""
_SIMPLIFIED = frozenset({InvoiceKind.F2, InvoiceKind.R5})
_ISSUED_BY = {IssuedBy.THIRD_PARTY: "T", IssuedBy.RECIPIENT: "D"}


class NotForTicketBaiError(AeatError):
    """A record holds something that the file of TicketBAI has no place for."""

    code = "aeat.ticketbai"


def make(
    record: RegistrationRecord,
    device: Device,
    *,
    previous: Previous | None = None,
    series: str | None = None,
    withheld: Decimal | None = None,
    services: bool | None = None,
    details: Iterable[Detail] = (),
) -> TicketBai:
    """Make the file of an invoice, to be signed by the rules of its treasury.

    Args:
        record: The invoice as VERI*FACTU records it; its chain and system play no part.
        device: The program, as it was registered with the treasury.
        previous: The file before this one; nothing for the first.
        series: The series with which the number begins.
        withheld: What the recipient keeps back (``RetencionSoportada``).
        services: Whether a recipient without a NIF was served (goods otherwise); the schema wants
            the breakdown by kind of operation then.
        details: The lines, which some treasuries want.

    Raises:
        NotForTicketBaiError: Another tax than IVA, a number of more than twenty characters, more
            than three regimes, a recipient without a NIF and nothing about the operation, or a
            value that the schema does not take.

    Source:
        TicketBAI, schema 1.2.2; the causes of what is not subject are those of the foral norms, of
        which N1 and N2 tell two.
    """
    try:
        return _made(record, device, previous, series, withheld, services, tuple(details))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        text = f"TicketBAI does not take it: {first['input']!r} ({field}): {first['msg']}"
        raise NotForTicketBaiError(text) from error


def _made(
    record: RegistrationRecord,
    device: Device,
    previous: Previous | None,
    series: str | None,
    withheld: Decimal | None,
    services: bool | None,
    details: tuple[Detail, ...],
) -> TicketBai:
    if any(line.tax not in (None, TaxKind.IVA) for line in record.breakdown):
        raise NotForTicketBaiError("TicketBAI is for IVA: another tax has no place")
    number = _number(record.invoice.number, series)
    regimes = list(dict.fromkeys(line.regime or "01" for line in record.breakdown))
    if len(regimes) > 3:
        raise NotForTicketBaiError(f"{len(regimes)} regimes: TicketBAI takes three")
    foreign = any(person.nif is None for person in record.recipients)
    if foreign and services is None:
        raise NotForTicketBaiError(
            "a recipient without a NIF: say whether it is services (`services`) or goods"
        )
    return TicketBai(
        subjects=_subjects(record),
        invoice=InvoicePart(
            heading=_heading(record, number, series),
            contents=Contents(
                operated_on=record.operated_on,
                description=record.description[:250],
                details=details,
                total=record.total,
                withheld=withheld,
                base_at_cost=_at_cost(record.breakdown),
                regimes=tuple(RegimeKey.model_validate({"code": str(key)}) for key in regimes),
            ),
            breakdown=_form(_breakdown(record.breakdown), foreign=foreign, services=services),
        ),
        trace=Trace(
            previous=previous,
            software=Software(
                licence=device.licence,
                developer=Developer(nif=device.developer_nif),
                name=device.name,
                version=device.version,
            ),
            device=device.serial,
        ),
    )


def _number(number: str, series: str | None) -> str:
    own = number
    if series:
        if not number.startswith(series) or number == series:
            raise NotForTicketBaiError(f"the number {number!r} does not begin with {series!r}")
        own = number.removeprefix(series)
    if len(own) > _LONGEST or len(series or "") > _LONGEST:
        raise NotForTicketBaiError(
            f"{own!r} has more than {_LONGEST} characters: give the series of the invoice"
        )
    return own


def _subjects(record: RegistrationRecord) -> Subjects:
    issued_by = _ISSUED_BY.get(record.issued_by) if record.issued_by else None
    return Subjects.model_validate(
        {
            "issuer": Issuer(nif=record.invoice.issuer_nif, name=record.issuer_name),
            "recipients": tuple(map(_recipient, record.recipients)),
            "several_recipients": len(record.recipients) > 1 if record.recipients else None,
            "issued_by": issued_by or "N",
        }
    )


def _recipient(person: Person) -> Recipient:
    other = person.other_id
    return Recipient(
        nif=person.nif,
        other_id=OtherId.model_validate(
            {"country": other.country, "kind": other.kind.value, "id": other.id}
        )
        if other
        else None,
        name=person.name,
    )


def _heading(record: RegistrationRecord, number: str, series: str | None) -> Heading:
    corrective = None
    if record.rectification is not None:
        amounts = record.rectified_amounts
        corrective = Corrective.model_validate(
            {
                "code": record.kind.value,
                "kind": record.rectification.value,
                "replaced": ReplacedAmounts(
                    taxable_base=amounts.taxable_base,
                    output_tax=amounts.output_tax,
                    equivalence_surcharge=amounts.equivalence_surcharge,
                )
                if amounts
                else None,
            }
        )
    return Heading(
        series=series,
        number=number,
        issued_on=record.invoice.issued_on,
        issued_at=record.recorded_at.time().replace(microsecond=0),
        is_simplified=record.kind in _SIMPLIFIED,
        replaces_simplified=record.kind is InvoiceKind.F3,
        corrective=corrective,
        others=tuple(map(_other, (*record.rectified, *record.substituted))),
    )


def _other(invoice: InvoiceId) -> OtherInvoice:
    return OtherInvoice(number=_number(invoice.number, None), issued_on=invoice.issued_on)


def _at_cost(lines: Iterable[BreakdownLine]) -> Decimal | None:
    found = [line.base_at_cost for line in lines if line.base_at_cost is not None]
    return sum(found, Decimal(0)) if found else None


def _breakdown(lines: Iterable[BreakdownLine]) -> Breakdown:
    exempt: dict[str, Decimal] = {}
    not_subject: dict[str, Decimal] = {}
    taxed: dict[str, list[Taxed]] = {}
    for line in lines:
        base = line.taxable_base
        if line.exemption is not None:
            exempt[line.exemption.value] = exempt.get(line.exemption.value, Decimal(0)) + base
        elif line.qualification in _NOT_SUBJECT:
            cause = _NOT_SUBJECT[line.qualification]
            not_subject[cause] = not_subject.get(cause, Decimal(0)) + base
        else:
            kind = "S2" if line.qualification is Qualification.S2 else "S1"
            taxed.setdefault(kind, []).append(
                Taxed(
                    taxable_base=base,
                    rate_percent=line.rate_percent,
                    output_tax=line.output_tax,
                    surcharge_percent=line.surcharge_percent,
                    equivalence_surcharge=line.equivalence_surcharge,
                )
            )
    subject = None
    if exempt or taxed:
        subject = Subject(
            exempt=tuple(
                Exempt.model_validate({"cause": cause, "taxable_base": base})
                for cause, base in exempt.items()
            ),
            not_exempt=tuple(
                NotExempt.model_validate({"kind": kind, "rates": tuple(rates)})
                for kind, rates in sorted(taxed.items())
            ),
        )
    return Breakdown(
        subject=subject,
        not_subject=tuple(
            NotSubject.model_validate({"cause": cause, "amount": amount})
            for cause, amount in not_subject.items()
        ),
    )


def _form(breakdown: Breakdown, *, foreign: bool, services: bool | None) -> BreakdownKind:
    if not foreign:
        return BreakdownKind(invoice=breakdown)
    if services:
        return BreakdownKind(by_operation=ByOperation(services=breakdown))
    return BreakdownKind(by_operation=ByOperation(goods=breakdown))
