"""The root of every exception of the suite.

EInvoiceError                      einvoice
├── AmountError                    einvoice.amount    (in ``money``)
├── NotInForceError                einvoice.not_in_force
├── BadParameterError              einvoice.bad_parameter
└── the tree of each package, drawn at the top of its ``errors`` module
"""

from types import MappingProxyType
from typing import Any, ClassVar

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

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error travel to another process, whatever arguments its kind takes."""
        state = {**self.__dict__, "details": dict(self.details)}
        return _rebuilt, (type(self), self.args, state)


def _rebuilt(
    kind: type[EInvoiceError], args: tuple[object, ...], state: dict[str, Any]
) -> EInvoiceError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state, details=MappingProxyType(state["details"]))
    return error


class NotInForceError(EInvoiceError):
    """No value is recorded for that day."""

    code = "einvoice.not_in_force"


class BadParameterError(EInvoiceError):
    """A file of parameters is incomplete or contradicts itself."""

    code = "einvoice.bad_parameter"
