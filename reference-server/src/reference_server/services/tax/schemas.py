"""What the service of tax questions answers."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tax_es.exchange import CounterpartKind, DocumentKind
from tax_es.ledger import Ledger

__all__ = [
    "Anomaly",
    "Books",
    "Choice",
    "DocumentQuestion",
    "FormAnswer",
    "NifAnswer",
    "Obligation",
    "RateAnswer",
    "Requirement",
    "Term",
]


class DocumentQuestion(BaseModel):
    """One document of a company to one counterpart on a day."""

    turnover: Decimal = Field(ge=0)
    on: date
    postal_code: str = Field("28001", max_length=10)
    counterpart: CounterpartKind = CounterpartKind.BUSINESS
    in_spain: bool = True
    document: DocumentKind = DocumentKind.INVOICE


class Books(Ledger):
    """The books of a taxpayer, as a request brings them."""

    # The framework wants the model built before the first request.
    model_config = ConfigDict(defer_build=False)


class NifAnswer(BaseModel):
    """Whether a text is a NIF, and what to change when it is not."""

    model_config = ConfigDict(frozen=True)

    valid: bool
    normalised: str
    kind: str | None
    reason: str


class RateAnswer(BaseModel):
    """A rate on a day, with the text that fixes it."""

    model_config = ConfigDict(frozen=True)

    tax: str
    kind: str
    percent: Decimal
    day: date
    since: date
    source: str


class FormAnswer(BaseModel):
    """A closed form: boxes by number, and how each came about."""

    model_config = ConfigDict(frozen=True)

    model: str
    period: str
    design: str
    boxes: dict[str, str]
    digest: str
    records: list[dict[str, str]] = []
    marks: list[str] = []
    trace: list[dict[str, Any]] = []


class Anomaly(BaseModel):
    """Something to look at in the books."""

    model_config = ConfigDict(frozen=True)

    check: str
    entry: str
    message: str
    is_certain: bool


class Choice(BaseModel):
    """A legal option."""

    model_config = ConfigDict(frozen=True)

    name: str
    amount: Decimal
    article: str
    figures: dict[str, Decimal]
    marks: tuple[str, ...]


class Term(BaseModel):
    """The term of a form for a period."""

    model_config = ConfigDict(frozen=True)

    model: str
    period: str
    opens_on: date
    due_on: date
    direct_debit_until: date | None
    source: str


class Obligation(BaseModel):
    """Whether a regime of invoicing obliges a company on a day."""

    model_config = ConfigDict(frozen=True)

    regime: str
    applies: bool
    since: date | None
    article: str
    reason: str
    mark: str


class Requirement(BaseModel):
    """What a regime of invoicing asks of one document."""

    model_config = ConfigDict(frozen=True)

    regime: str
    applies: bool
    since: date | None
    by: date | None
    formats: tuple[str, ...]
    companion: str
    article: str
    reason: str
    mark: str
