"""Everything that can stop the exchange of a message.

As4Error                     as4
├── EbmsError                as4.ebms             (``error.ebms`` is the code that goes on the wire)
├── PackError                as4.pack
├── ReceiptRefusedError      as4.receipt          (the receipt does not prove what was sent)
├── ExchangeError            as4.exchange         (``details["retry"]``: whether it can help)
├── StoreError               as4.store
│   └── IdentifierTakenError as4.store.taken      (in ``stores``)
├── IdentifierError          as4.identifier       (in ``peppol.identifiers``)
├── SbdhError                as4.sbdh             (in ``peppol.sbdh``; carries the findings)
├── MlsError                 as4.mls              (in ``peppol.mls``; carries the findings)
├── ResponseError            as4.response         (in ``peppol.responses``; carries the findings)
├── NotTrustedError          as4.not_trusted      (in ``peppol.trust``)
├── NotRegisteredError       as4.not_registered   (in ``peppol.locator``)
├── LookupFailedError        as4.lookup           (in ``peppol.locator``; try again)
└── MetadataRefusedError     as4.metadata         (in ``peppol.smp``)
"""

from einvoice_core.errors import EInvoiceError

__all__ = [
    "As4Error",
    "EbmsError",
    "ExchangeError",
    "PackError",
    "ReceiptRefusedError",
    "StoreError",
]


class As4Error(EInvoiceError):
    """A message could not be exchanged."""

    code = "as4"


class EbmsError(As4Error):
    """A message that came in is not acceptable; its sender is told with an ebMS error.

    Args:
        ebms: Code of the error, such as ``EBMS:0303``.
        detail: What is wrong, for the sender; constant where a secret is involved.
        message_id: Of the message it refers to, where that could be read.
    """

    code = "as4.ebms"

    def __init__(self, ebms: str, detail: str, message_id: str | None = None) -> None:
        super().__init__(f"{ebms}: {detail}", ebms=ebms, message_id=message_id)
        self.ebms = ebms
        self.detail = detail
        self.message_id = message_id


class PackError(As4Error):
    """The message cannot be built as its profile demands."""

    code = "as4.pack"


class ReceiptRefusedError(As4Error):
    """The answer is no receipt of what was sent, or nobody trusted signed it."""

    code = "as4.receipt"


class ExchangeError(As4Error):
    """No answer came, or none that could be read."""

    code = "as4.exchange"


class StoreError(As4Error):
    """A message could not be kept; no receipt was given for it."""

    code = "as4.store"
