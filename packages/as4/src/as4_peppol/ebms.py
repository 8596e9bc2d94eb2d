"""The errors of ebMS 3.0 and AS4, by code.

Source: OASIS ebXML Messaging Services 3.0 core, section 6.7; OASIS AS4 profile 1.0 for 03xx.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["CODES", "Severity", "StandardError", "standard"]

Severity = Literal["failure", "warning"]


@dataclass(frozen=True, slots=True)
class StandardError:
    """One error as the standard lists it.

    Args:
        code: ``EBMS:`` and four digits.
        name: Short description.
        severity: ``failure`` or ``warning``.
        category: Content, Communication, Unpackaging or Processing.
    """

    code: str
    name: str
    severity: Severity
    category: str


_ROWS: tuple[tuple[str, str, Severity, str], ...] = (
    ("EBMS:0001", "ValueNotRecognized", "failure", "Content"),
    ("EBMS:0002", "FeatureNotSupported", "warning", "Content"),
    ("EBMS:0003", "ValueInconsistent", "failure", "Content"),
    ("EBMS:0004", "Other", "failure", "Content"),
    ("EBMS:0005", "ConnectionFailure", "failure", "Communication"),
    ("EBMS:0006", "EmptyMessagePartitionChannel", "warning", "Communication"),
    ("EBMS:0007", "MimeInconsistency", "failure", "Unpackaging"),
    ("EBMS:0008", "FeatureNotSupported", "failure", "Unpackaging"),
    ("EBMS:0009", "InvalidHeader", "failure", "Unpackaging"),
    ("EBMS:0010", "ProcessingModeMismatch", "failure", "Processing"),
    ("EBMS:0011", "ExternalPayloadError", "failure", "Content"),
    ("EBMS:0101", "FailedAuthentication", "failure", "Processing"),
    ("EBMS:0102", "FailedDecryption", "failure", "Processing"),
    ("EBMS:0103", "PolicyNoncompliance", "failure", "Processing"),
    ("EBMS:0201", "DysfunctionalReliability", "failure", "Processing"),
    ("EBMS:0202", "DeliveryFailure", "failure", "Communication"),
    ("EBMS:0301", "MissingReceipt", "failure", "Communication"),
    ("EBMS:0302", "InvalidReceipt", "failure", "Communication"),
    ("EBMS:0303", "DecompressionFailure", "failure", "Communication"),
)

CODES = MappingProxyType({row[0]: StandardError(*row) for row in _ROWS})
"""Every standard error by its code."""

_OTHER = CODES["EBMS:0004"]


def standard(code: str) -> StandardError:
    """Return the row of a code; a code of somebody's own has the severity of ``Other``."""
    return CODES.get(code) or StandardError(code, "Other", _OTHER.severity, _OTHER.category)
