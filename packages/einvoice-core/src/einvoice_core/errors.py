"""The root of every exception of the suite.

EInvoiceError                      einvoice
├── AmountError                    einvoice.amount    (in ``money``)
├── NotInForceError                einvoice.not_in_force
├── BadParameterError              einvoice.bad_parameter
└── the tree of each package, drawn at the top of its ``errors`` module
"""

from types import MappingProxyType
from typing import ClassVar

__all__ = ["BadParameterError", "EInvoiceError", "NotInForceError"]


class EInvoiceError(Exception):
    """An operation could not be done.

    Args:
        message: What happened, to which value, and the way out; without keys, passwords or
            personal data.
        details: Machine-readable facts about the failure, such as ``wait_s=60``.
    """

    code: ClassVar[str] = "einvoice"
    """Public and stable, like the name of a function."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = MappingProxyType(details)


class NotInForceError(EInvoiceError):
    """No value is recorded for that day."""

    code = "einvoice.not_in_force"


class BadParameterError(EInvoiceError):
    """A file of parameters is incomplete or contradicts itself."""

    code = "einvoice.bad_parameter"
