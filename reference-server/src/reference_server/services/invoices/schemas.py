"""What the service of invoices takes and answers.

A line names its rate (``general``) and gets the percentage of the day of the operation, or states a
percentage, for taxes whose rates are not recorded here.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from einvoice_core.money import Amount
from einvoice_core.records import Record
from facturae_es.codes import PaymentMeans, TaxType, UnitOfMeasure
from facturae_es.model import Corrective, Party, Period, SpecialTaxableEvent
from facturae_es.totals import Adjustment
from facturae_es.versions import Version
from ubl_peppol.render import Language

__all__ = [
    "Draft",
    "DraftLine",
    "DraftPayment",
    "DraftTax",
    "DraftWithholding",
    "FacturaeConversion",
    "FacturaeFinding",
    "FacturaeLoss",
    "FacturaeVerdict",
    "InvoicePage",
    "InvoiceView",
    "Language",
    "NewSeries",
    "Party",
    "Series",
    "SignatureFinding",
    "SignatureVerdict",
    "SignedBy",
    "Version",
]

_SeriesCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,20}$")]


class DraftTax(Record):
    """A tax of a line: a named rate, or a percentage."""

    tax_type: TaxType = TaxType.IVA
    rate: Annotated[str, Field(max_length=40)] | None = None
    """Name of the rate in the tables of the tax, such as ``general``."""
    rate_percent: Amount | None = None
    surcharge: bool = False
    """Whether the equivalence surcharge (recargo de equivalencia) is charged as well."""
    surcharge_percent: Amount | None = None
    """Only beside ``rate_percent``, when the surcharge of the day is not meant."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "DraftTax":
        if (self.rate is None) == (self.rate_percent is None):
            raise ValueError("give the name of a rate or a percentage, not both")
        return self


class DraftWithholding(Record):
    """What the buyer keeps back: a named rate of IRPF, or a percentage."""

    tax_type: TaxType = TaxType.IRPF
    rate: Annotated[str, Field(max_length=60)] | None = None
    rate_percent: Amount | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "DraftWithholding":
        if (self.rate is None) == (self.rate_percent is None):
            raise ValueError("give the name of a rate or a percentage, not both")
        return self


class DraftLine(Record):
    """What is sold."""

    description: Annotated[str, Field(min_length=1, max_length=2500)]
    unit_price: Amount
    quantity: Amount = Decimal(1)
    unit: UnitOfMeasure | None = UnitOfMeasure.UNIT
    discounts: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    taxes: Annotated[tuple[DraftTax, ...], Field(min_length=1, max_length=20)] = (
        DraftTax(rate="general"),
    )
    withholdings: tuple[DraftWithholding, ...] = ()
    article_code: Annotated[str, Field(max_length=20)] | None = None
    special_taxable_event: SpecialTaxableEvent | None = None
    additional_information: Annotated[str, Field(max_length=2500)] | None = None


class DraftPayment(Record):
    """How the invoice is paid; the last one takes what the others leave."""

    due_on: date
    means: PaymentMeans = PaymentMeans.CREDIT_TRANSFER
    iban: Annotated[str, Field(max_length=42)] | None = None
    amount: Amount | None = None


class Draft(Record):
    """An invoice before it is issued."""

    # FastAPI silences a warning while it builds the schema of a body, and not when it is put off.
    model_config = ConfigDict(defer_build=False)

    client_id: Annotated[str, Field(max_length=36)]
    series: _SeriesCode
    lines: Annotated[tuple[DraftLine, ...], Field(min_length=1, max_length=10_000)]
    discounts: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    operation_on: date | None = None
    period: Period | None = None
    corrective: Corrective | None = None
    payments: tuple[DraftPayment, ...] = ()
    description: Annotated[str, Field(max_length=2500)] | None = None
    file_reference: Annotated[str, Field(max_length=20)] | None = None
    receiver_contract: Annotated[str, Field(max_length=20)] | None = None
    receiver_transaction: Annotated[str, Field(max_length=20)] | None = None
    legal_texts: tuple[Annotated[str, Field(max_length=250)], ...] = ()
    note: Annotated[str, Field(max_length=2500)] | None = None


class NewSeries(BaseModel):
    """A series of numbers."""

    model_config = ConfigDict(extra="forbid")

    code: _SeriesCode


class Series(BaseModel):
    """A series and its next number."""

    model_config = ConfigDict(frozen=True)

    code: str
    next_number: int


class InvoiceView(BaseModel):
    """An invoice."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: str
    version: int
    series: str
    number: int | None
    full_number: str | None
    """Series and number, as printed."""
    issued_on: date | None
    total: Decimal | None
    body: Draft
    seller: Party
    buyer: Party


class InvoicePage(BaseModel):
    """Some invoices, and where the next ones begin."""

    items: tuple[InvoiceView, ...]
    next_after: str | None


class FacturaeFinding(BaseModel):
    """One thing that is wrong in a document, where it is, and what to change."""

    model_config = ConfigDict(frozen=True)

    rule: str
    severity: str
    message: str
    path: str
    line: int | None


class FacturaeVerdict(BaseModel):
    """The judgement of a Facturae document: findings, and the layers that ran."""

    model_config = ConfigDict(frozen=True)

    valid: bool
    findings: tuple[FacturaeFinding, ...]
    layers_run: tuple[str, ...]
    layers_skipped: dict[str, str]
    truncated: bool


class FacturaeLoss(BaseModel):
    """Something that the other version cannot carry, or carries otherwise."""

    model_config = ConfigDict(frozen=True)

    path: str
    element: str
    value: str
    became: str


class FacturaeConversion(BaseModel):
    """A document in another version, and what did not fit into it."""

    model_config = ConfigDict(frozen=True)

    version: str
    document: str
    losses: tuple[FacturaeLoss, ...]


class SignedBy(BaseModel):
    """Who signed a document, and what exactly; only of a signature that holds."""

    model_config = ConfigDict(frozen=True)

    nif: str | None
    name: str
    roles: tuple[str, ...]
    signed_at: datetime
    document_sha256: str
    """Digest of the canonical document without its signature."""


class SignatureFinding(FacturaeFinding):
    """Why a receiver would refuse the signature, where, and what to do."""

    element: str
    """Spanish name of what it is about."""


class SignatureVerdict(BaseModel):
    """The judgement of a signature; a check that could not run is listed and has not passed."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    signed_by: SignedBy | None
    findings: tuple[SignatureFinding, ...]
    skipped: dict[str, str]
