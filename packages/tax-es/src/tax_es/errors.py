"""Everything that can stop a question about Spanish taxes.

TaxError                           tax
├── ArgumentError                  tax.argument      (a float, a date with a time, a text for a day)
├── IdentifierError                tax.identifier    (``details["check"]`` says what is wrong)
├── TerritoryError                 tax.territory     (unknown, foral, or its rates are not recorded)
├── UnknownKindError               tax.unknown_kind  (``details["known"]`` lists the names)
├── NoSuchRateError                tax.no_such_rate  (no rate had that percentage on that day)
├── ConditionError                 tax.condition     (``details["condition"]`` must be resolved)
├── CalendarError                  tax.calendar      (the holidays of a year are not recorded)
├── LedgerError                    tax.ledger        (``details["findings"]`` says entry by entry)
├── FormError                      tax.form          (a form cannot be made of those figures)
├── CaseError                      tax.case          (a worked case lacks or adds something)
├── ServiceError                   tax.service       (VIES or the gazette gave no usable answer)
└── UnverifiedParameter            tax.unverified    (allow it, or read the source again)

A day for which nothing is recorded raises ``einvoice_core.errors.NotInForceError``, an amount that
is not a finite number ``einvoice_core.money.AmountError``.
"""

from einvoice_core.errors import EInvoiceError

__all__ = [
    "ArgumentError",
    "CalendarError",
    "CaseError",
    "ConditionError",
    "FormError",
    "IdentifierError",
    "LedgerError",
    "NoSuchRateError",
    "ServiceError",
    "TaxError",
    "TerritoryError",
    "UnknownKindError",
    "UnverifiedParameter",
]


class TaxError(EInvoiceError):
    """A question about Spanish taxes could not be answered."""

    code = "tax"


class ArgumentError(TaxError):
    """An argument has a type that could not be exact or has no single meaning."""

    code = "tax.argument"


class IdentifierError(TaxError):
    """A text that had to be a valid identifier is not one."""

    code = "tax.identifier"


class TerritoryError(TaxError):
    """The tax is not regulated here for that territory."""

    code = "tax.territory"


class UnknownKindError(TaxError):
    """No rate has that name."""

    code = "tax.unknown_kind"


class NoSuchRateError(TaxError):
    """No rate had that percentage on that day."""

    code = "tax.no_such_rate"


class ConditionError(TaxError):
    """The rate depends on a condition whose outcome is not recorded."""

    code = "tax.condition"


class UnverifiedParameter(TaxError):  # noqa: N818 - reads as the state of the value, not as a fault
    """The only value for that day has not been confirmed in its source."""

    code = "tax.unverified"


class CalendarError(TaxError):
    """The holidays of a year are not recorded."""

    code = "tax.calendar"


class LedgerError(TaxError):
    """A ledger holds entries that no close can use."""

    code = "tax.ledger"


class FormError(TaxError):
    """A form cannot be made of those figures, or not for that period."""

    code = "tax.form"


class CaseError(TaxError):
    """A worked case lacks an input, has one that nothing reads, or is of an unknown kind."""

    code = "tax.case"


class ServiceError(TaxError):
    """An outside service gave no answer, or one that cannot be read."""

    code = "tax.service"
