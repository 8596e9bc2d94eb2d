"""Hypothesis strategies for records of every shape that the schema allows."""

import string
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from aeat_sii.verifactu.chain import link
from aeat_sii.verifactu.codes import (
    COUNTRIES,
    Exemption,
    IdKind,
    InvoiceKind,
    IssuedBy,
    PreviousRejection,
    Qualification,
    RecordedBy,
    RectificationKind,
    Regime,
    TaxKind,
)
from aeat_sii.verifactu.records import (
    BreakdownLine,
    CancellationRecord,
    CancelledInvoiceId,
    ChainLink,
    InvoiceId,
    InvoicingSystem,
    OtherId,
    Person,
    RectifiedAmounts,
    RegistrationRecord,
)

__all__ = [
    "amounts",
    "cancellations",
    "chain_links",
    "days",
    "fingerprints",
    "instants",
    "invoice_ids",
    "lines",
    "nifs",
    "numbers",
    "other_ids",
    "people",
    "percents",
    "registrations",
    "systems",
    "texts",
]

nifs = st.text(string.ascii_uppercase + string.digits, min_size=9, max_size=9)
"""Nine characters; the control character is right by chance only."""
numbers = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
"""Invoice numbers: printable ASCII."""
amounts = st.decimals(
    min_value=Decimal("-999999999999.99"),
    max_value=Decimal("999999999999.99"),
    places=2,
    allow_nan=False,
)
percents = st.decimals(min_value=0, max_value=Decimal("999.99"), places=2, allow_nan=False)
days = st.dates()
fingerprints = st.text("0123456789ABCDEF", min_size=64, max_size=64)
instants = st.builds(
    lambda moment, minutes: moment.replace(
        microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))
    ),
    st.datetimes(),
    st.integers(-14 * 60, 14 * 60),
)


def texts(longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Make texts that XML can hold, of up to that many characters."""
    allowed = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
    return st.text(allowed, min_size=shortest, max_size=min(longest, 40)) | st.text(
        "á&<>\"'ñ€ ", min_size=shortest, max_size=longest
    )


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


invoice_ids = st.builds(InvoiceId, issuer_nif=nifs, number=numbers, issued_on=days)
other_ids = st.builds(
    OtherId,
    country=_maybe(st.sampled_from(sorted(COUNTRIES))),
    kind=st.sampled_from(IdKind),
    id=texts(20),
)
people = st.builds(Person, name=texts(120), nif=nifs) | st.builds(
    Person, name=texts(120), other_id=other_ids
)
chain_links = st.builds(
    ChainLink, issuer_nif=nifs, number=numbers, issued_on=days, fingerprint=fingerprints
)
_amounts_of_line: dict[str, st.SearchStrategy[Any]] = {
    "tax": _maybe(st.sampled_from(TaxKind)),
    "regime": _maybe(st.sampled_from(Regime)),
    "rate_percent": _maybe(percents),
    "taxable_base": amounts,
    "base_at_cost": _maybe(amounts),
    "output_tax": _maybe(amounts),
    "surcharge_percent": _maybe(percents),
    "equivalence_surcharge": _maybe(amounts),
}
lines = st.builds(
    BreakdownLine, qualification=st.sampled_from(Qualification), **_amounts_of_line
) | st.builds(BreakdownLine, exemption=st.sampled_from(Exemption), **_amounts_of_line)
_system_fields: dict[str, st.SearchStrategy[Any]] = {
    "producer_name": texts(120),
    "name": texts(30),
    "id": texts(2),
    "version": texts(50),
    "installation": texts(100),
    "only_verifactu": st.booleans(),
    "can_serve_several": st.booleans(),
    "serves_several": st.booleans(),
}
systems = st.builds(InvoicingSystem, producer_nif=nifs, **_system_fields) | st.builds(
    InvoicingSystem, producer_other_id=other_ids, **_system_fields
)


@st.composite
def registrations(draw: st.DrawFn) -> RegistrationRecord:
    """Make linked registration records of any shape that the schema allows."""
    record = draw(
        st.builds(
            RegistrationRecord,
            invoice=invoice_ids,
            external_reference=_maybe(texts(60)),
            issuer_name=texts(120),
            is_correction=_maybe(st.booleans()),
            previous_rejection=_maybe(st.sampled_from(PreviousRejection)),
            kind=st.sampled_from(InvoiceKind),
            rectification=_maybe(st.sampled_from(RectificationKind)),
            rectified=st.lists(invoice_ids, max_size=3).map(tuple),
            substituted=st.lists(invoice_ids, max_size=3).map(tuple),
            rectified_amounts=_maybe(
                st.builds(
                    RectifiedAmounts,
                    taxable_base=amounts,
                    output_tax=amounts,
                    equivalence_surcharge=_maybe(amounts),
                )
            ),
            operated_on=_maybe(days),
            description=texts(500),
            is_simplified_with_recipient=_maybe(st.booleans()),
            lacks_recipient=_maybe(st.booleans()),
            is_macrodata=_maybe(st.booleans()),
            issued_by=_maybe(st.sampled_from(IssuedBy)),
            third_party=_maybe(people),
            recipients=st.lists(people, max_size=3).map(tuple),
            has_coupon=_maybe(st.booleans()),
            breakdown=st.lists(lines, min_size=1, max_size=12).map(tuple),
            total_tax=amounts,
            total=amounts,
            system=systems,
            recorded_at=instants,
            agreement=_maybe(texts(15)),
            system_agreement=_maybe(texts(16)),
        )
    )
    return link(record, draw(_previous(record.invoice.issuer_nif)))


@st.composite
def cancellations(draw: st.DrawFn) -> CancellationRecord:
    """Make linked cancellation records of any shape that the schema allows."""
    record = draw(
        st.builds(
            CancellationRecord,
            invoice=st.builds(CancelledInvoiceId, issuer_nif=nifs, number=numbers, issued_on=days),
            external_reference=_maybe(texts(60)),
            without_earlier_record=_maybe(st.booleans()),
            previous_rejection=_maybe(st.booleans()),
            recorded_by=_maybe(st.sampled_from(RecordedBy)),
            recorder=_maybe(people),
            system=systems,
            recorded_at=instants,
        )
    )
    return link(record, draw(_previous(record.invoice.issuer_nif)))


def _previous(issuer_nif: str) -> st.SearchStrategy[ChainLink | None]:
    return _maybe(
        chain_links.map(lambda named: named.model_copy(update={"issuer_nif": issuer_nif}))
    )
