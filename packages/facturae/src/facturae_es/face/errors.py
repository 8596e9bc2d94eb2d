"""What can stop a conversation with FACe or FACeB2B.

FaceError                       face                  (``details["delivery"]``)
├── RefusedError                face.refused          (``details["reasons"]``, by field)
│   └── DuplicateError          face.duplicate        (``details["registry_code"]`` where told)
├── AuthenticationError         face.authentication
├── ForbiddenError              face.forbidden
├── UnknownInvoiceError         face.not_found
├── ConflictError               face.conflict
├── GoneError                   face.gone
├── ServiceError                face.service          (retry; ``details["wait_s"]`` where told)
└── AnswerError                 face.answer           (what came is no answer of the service)

``details["delivery"]`` says what is known of the request: ``"none"``, the service did nothing;
``"unknown"``, it may have done what was asked. What brought no answer at all is a
:class:`einvoice_core.http.TransportError`, with the same detail.
"""

from einvoice_core.errors import EInvoiceError

__all__ = [
    "AnswerError",
    "AuthenticationError",
    "ConflictError",
    "DuplicateError",
    "FaceError",
    "ForbiddenError",
    "GoneError",
    "RefusedError",
    "ServiceError",
    "UnknownInvoiceError",
]


class FaceError(EInvoiceError):
    """FACe did not do what it was asked to."""

    code = "face"


class RefusedError(FaceError):
    """The service refuses the request: it is wrong as it stands."""

    code = "face.refused"


class DuplicateError(RefusedError):
    """The service holds this invoice already."""

    code = "face.duplicate"


class AuthenticationError(FaceError):
    """The service does not know the certificate: register it in the portal of integrators."""

    code = "face.authentication"


class ForbiddenError(FaceError):
    """The certificate may not do this with this invoice."""

    code = "face.forbidden"


class UnknownInvoiceError(FaceError):
    """The service knows no invoice or resource by that name."""

    code = "face.not_found"


class ConflictError(FaceError):
    """The state of the invoice does not allow what was asked."""

    code = "face.conflict"


class GoneError(FaceError):
    """What was asked for was there and is no longer."""

    code = "face.gone"


class ServiceError(FaceError):
    """The service failed on its side, or asks to wait."""

    code = "face.service"


class AnswerError(FaceError):
    """What came back is not an answer of the service, or not one to this request."""

    code = "face.answer"
