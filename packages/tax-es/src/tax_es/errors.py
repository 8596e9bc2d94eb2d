"""Everything that can stop a question about Spanish taxes.

TaxError                           tax
├── ArgumentError                  tax.argument      (a float, a date with a time, a text for a day)
├── IdentifierError                tax.identifier    (``details["check"]`` says what is wrong)
├── TerritoryError                 tax.territory     (unknown, foral, or its rates are not recorded)
├── UnknownKindError               tax.unknown_kind  (``details["known"]`` lists the names)
├── NoSuchRateError                tax.no_such_rate  (no rate had that percentage on that day)
├── ConditionError                 tax.condition     (``details["condition"]`` must be resolved)
└── UnverifiedParameterError       tax.unverified    (allow it, or read the source again)

A day for which nothing is recorded raises ``einvoice_core.errors.NotInForceError``, an amount that
is not a finite number ``einvoice_core.money.AmountError``.
"""

from einvoice_core.errors import EInvoiceError

__all__ = [
    "ArgumentError",
    "ConditionError",
    "IdentifierError",
    "NoSuchRateError",
    "TaxError",
    "TerritoryError",
    "UnknownKindError",
    "UnverifiedParameterError",
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


class UnverifiedParameterError(TaxError):
    """The only value for that day has not been confirmed in its source."""

    code = "tax.unverified"
