"""What can be wrong with a timestamp.

TimestampError                  timestamp
├── NotGrantedError             timestamp.not_granted   (``details["failure"]``, ``["status"]``)
├── TimestampUnreadable         timestamp.unreadable
└── TimestampRefused            timestamp.refused       (carries the report)
"""

from typing import TYPE_CHECKING

from einvoice_core.signing.errors import SigningError

if TYPE_CHECKING:
    from einvoice_core.signing.timestamp._checking import TimestampReport

__all__ = ["NotGrantedError", "TimestampError", "TimestampRefused", "TimestampUnreadable"]


class TimestampError(SigningError):
    """There is no timestamp to rely on."""

    code = "timestamp"


class NotGrantedError(TimestampError):
    """The authority refuses; ``details`` holds its ``status`` and the name of the ``failure``."""

    code = "timestamp.not_granted"


class TimestampUnreadable(TimestampError):  # noqa: N818 - it names the state of the token
    """The octets are not a timestamp, not one in DER, or the answer to another request."""

    code = "timestamp.unreadable"


class TimestampRefused(TimestampError):  # noqa: N818 - the outcome is a refusal, and is named so
    """The timestamp proves nothing about the data; :attr:`report` says why."""

    code = "timestamp.refused"

    def __init__(self, report: "TimestampReport") -> None:
        reasons = "; ".join(f"{check.name}: {check.reason}" for check in report.failed)
        super().__init__(
            f"the timestamp is refused: {reasons}", checks=[check.name for check in report.failed]
        )
        self.report = report
