"""FACe and FACeB2B: send invoices, follow them, cancel them, receive them.

A *service* (:class:`Rest`, :class:`Soap`, :class:`SoapClassic`, :class:`FaceB2B`) turns what you
want into an :class:`Operation`; a *client* carries it. Nothing but the client does any I/O.

It needs ``facturae-es[face]``. What is known of these services, and what is our reading, stands in
the limits of the package.
"""

from facturae_es.face.client import AsyncClient, Client, Patience
from facturae_es.face.environments import Environment, local, production, staging
from facturae_es.face.errors import (
    AnswerError,
    AuthenticationError,
    ConflictError,
    DuplicateError,
    FaceError,
    ForbiddenError,
    GoneError,
    RefusedError,
    ServiceError,
    UnknownInvoiceError,
)
from facturae_es.face.faceb2b import Downloaded, FaceB2B
from facturae_es.face.operations import Operation
from facturae_es.face.records import (
    Attachment,
    Cancellation,
    Catalogue,
    Centre,
    File,
    FileLink,
    Identity,
    Invoice,
    Notification,
    Page,
    Party,
    Relation,
    Submission,
)
from facturae_es.face.rest import Rest
from facturae_es.face.soap import Soap, SoapClassic
from facturae_es.face.states import (
    AssignmentState,
    CancellationState,
    ProcessingState,
    Status,
)

__all__ = [
    "AnswerError",
    "AssignmentState",
    "AsyncClient",
    "Attachment",
    "AuthenticationError",
    "Cancellation",
    "CancellationState",
    "Catalogue",
    "Centre",
    "Client",
    "ConflictError",
    "Downloaded",
    "DuplicateError",
    "Environment",
    "FaceB2B",
    "FaceError",
    "File",
    "FileLink",
    "ForbiddenError",
    "GoneError",
    "Identity",
    "Invoice",
    "Notification",
    "Operation",
    "Page",
    "Party",
    "Patience",
    "ProcessingState",
    "RefusedError",
    "Relation",
    "Rest",
    "ServiceError",
    "Soap",
    "SoapClassic",
    "Status",
    "Submission",
    "UnknownInvoiceError",
    "local",
    "production",
    "staging",
]
