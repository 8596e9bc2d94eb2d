"""What can stop the making and the verification of a signature.

SigningError                signing
├── CannotSignError         signing.cannot_sign
├── DeviceError             signing.device      (of a smart card, token or module)
├── MalformedSignature      signing.malformed   (becomes a failed check of the report)
│   └── ForbiddenAlgorithm  signing.algorithm   (likewise: of the check of algorithms)
└── SignatureRefused        signing.refused     (carries the report)
"""

from typing import TYPE_CHECKING

from einvoice_core.errors import EInvoiceError

if TYPE_CHECKING:
    from einvoice_core.signing.report import SignatureReport

__all__ = [
    "CannotSignError",
    "DeviceError",
    "ForbiddenAlgorithm",
    "MalformedSignature",
    "SignatureRefused",
    "SigningError",
]


class SigningError(EInvoiceError):
    """A signature cannot be made or relied on."""

    code = "signing"


class CannotSignError(SigningError):
    """The document, the role or the key does not allow the signature asked for."""

    code = "signing.cannot_sign"


class DeviceError(SigningError):
    """The device that keeps the key is not there, or does not do what it was asked."""

    code = "signing.device"


class MalformedSignature(SigningError):  # noqa: N818 - it names the state of the signature
    """The signature is not built as the specification says, or asks for what is not allowed."""

    code = "signing.malformed"


class ForbiddenAlgorithm(MalformedSignature):
    """An algorithm, a transform or a key is not known or not allowed."""

    code = "signing.algorithm"


class SignatureRefused(SigningError):  # noqa: N818 - the outcome is a refusal, and is named so
    """The signature does not hold; :attr:`report` says which checks failed."""

    code = "signing.refused"

    def __init__(self, report: "SignatureReport") -> None:
        reasons = "; ".join(f"{check.name}: {check.reason}" for check in report.failed)
        super().__init__(
            f"the signature is refused: {reasons}", checks=[check.name for check in report.failed]
        )
        self.report = report
