"""Everything that can stop a conversation with a tax authority.

AeatError                        aeat
├── CertificateError             aeat.certificate
├── ChainError                   aeat.chain
│   ├── UnlinkedRecordError      aeat.unlinked
│   ├── ClockWentBackError       aeat.clock_back          (``details["wait_s"]``)
│   └── BrokenChainError         aeat.broken_chain        (``details["position"]``)
├── DeclarationError             aeat.declaration
├── DraftError                   aeat.draft
├── OutboxError                  aeat.outbox
├── QrError                      aeat.qr
├── BatchError                   aeat.batch
├── SandboxError                 aeat.sandbox
├── UnknownServiceError          aeat.unknown_service
├── CannotRegisterError          aeat.record              (in ``facturae``)
├── CannotBookError              aeat.record.sii          (in ``sii.converting``)
├── NotForTicketBaiError         aeat.ticketbai           (in ``ticketbai``)
├── SubmissionRefusedError       aeat.submission_refused  (``details["agency_code"]``)
├── ProtocolError                aeat.protocol            (``details["delivery"]``)
│   └── WrongAnswerError         aeat.wrong_answer
└── TransportError               aeat.transport           (retry; ``details["delivery"]``)
    ├── ServiceFaultError        aeat.service_fault       (retry; the service said so itself)
    └── ThrottledError           aeat.throttled           (retry after ``details["wait_s"]``)

``details["delivery"]`` says what is known of the submission: ``"none"``, the agency has not seen
it; ``"unknown"``, it may hold the records although no answer came. Sending the same records again
is then the way to find out: the agency answers with the state of the duplicate.
"""

from einvoice_core.errors import EInvoiceError

__all__ = [
    "AeatError",
    "BatchError",
    "BrokenChainError",
    "CertificateError",
    "ChainError",
    "ClockWentBackError",
    "DeclarationError",
    "DraftError",
    "OutboxError",
    "ProtocolError",
    "QrError",
    "SandboxError",
    "ServiceFaultError",
    "SubmissionRefusedError",
    "ThrottledError",
    "TransportError",
    "UnknownServiceError",
    "UnlinkedRecordError",
    "WrongAnswerError",
]


class AeatError(EInvoiceError):
    """A conversation with a tax authority could not be held."""

    code = "aeat"


class CertificateError(AeatError):
    """The certificate cannot be used with this service."""

    code = "aeat.certificate"


class ChainError(AeatError):
    """A record cannot stand at that place of that chain."""

    code = "aeat.chain"


class UnlinkedRecordError(ChainError):
    """A record has no fingerprint yet, so it cannot be sent nor followed by another."""

    code = "aeat.unlinked"


class ClockWentBackError(ChainError):
    """A record would be older than the one before it: the clock of the machine went back."""

    code = "aeat.clock_back"


class BrokenChainError(ChainError):
    """A chain of another system is broken, and was not taken over."""

    code = "aeat.broken_chain"


class DeclarationError(AeatError):
    """The declaration of a program (declaración responsable) lacks a content or has a wrong one."""

    code = "aeat.declaration"


class DraftError(AeatError):
    """What a record shall be made of cannot be read, or is not what its fields say."""

    code = "aeat.draft"


class OutboxError(AeatError):
    """An entry of an outbox cannot be made or changed so."""

    code = "aeat.outbox"


class QrError(AeatError):
    """The data do not fit in the tax QR, or the address read from one is not such a QR."""

    code = "aeat.qr"


class SandboxError(AeatError):
    """The sandbox could not be started or stopped."""

    code = "aeat.sandbox"


class UnknownServiceError(AeatError):
    """No address is known for that service of that authority."""

    code = "aeat.unknown_service"


class BatchError(AeatError):
    """These records cannot go in one submission: too many, none, or of several taxpayers."""

    code = "aeat.batch"


class SubmissionRefusedError(AeatError):
    """The authority refused the whole submission; sending it again unchanged cannot help."""

    code = "aeat.submission_refused"


class ProtocolError(AeatError):
    """What came back is not an answer of the service: not XML, cut off, or another message."""

    code = "aeat.protocol"


class WrongAnswerError(ProtocolError):
    """The answer is well formed and speaks of records other than those that were sent."""

    code = "aeat.wrong_answer"


class TransportError(AeatError):
    """The service could not be reached or did not answer; trying again later may help."""

    code = "aeat.transport"


class ServiceFaultError(TransportError):
    """The service says that it failed on its side; the submission has to be sent again."""

    code = "aeat.service_fault"


class ThrottledError(TransportError):
    """The service asks to wait before the next submission."""

    code = "aeat.throttled"
