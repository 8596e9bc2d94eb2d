"""VERI*FACTU: records, their chain, the tax QR, the rules and the client.

::

    record = verifactu.link(draft, previous)
    report = verifactu.validate(record, now=now)
    answer = client.submit([record])
"""

from aeat_sii.verifactu import chain, codes, qr, records, rules
from aeat_sii.verifactu.advice import Advice, Consequence, Step, advice
from aeat_sii.verifactu.answers import Answer, AnswerLine, Duplicate, match
from aeat_sii.verifactu.chain import AnyRecord, fingerprint, link
from aeat_sii.verifactu.client import AsyncClient, Client
from aeat_sii.verifactu.codes import (
    Exemption,
    IdKind,
    InvoiceKind,
    LineState,
    Qualification,
    Regime,
    StoredState,
    SubmissionState,
    TaxKind,
)
from aeat_sii.verifactu.messages import Conversation, build, prepare, read_answer
from aeat_sii.verifactu.querying import Filter, Period, Query, QueryAnswer, QueryHeader
from aeat_sii.verifactu.records import (
    BreakdownLine,
    CancellationRecord,
    CancelledInvoiceId,
    ChainLink,
    Header,
    InvoiceId,
    InvoicingSystem,
    OtherId,
    Person,
    RectifiedAmounts,
    RegistrationRecord,
    SpanishPerson,
    Submission,
)
from aeat_sii.verifactu.rules import validate

__all__ = [
    "Advice",
    "Answer",
    "AnswerLine",
    "AnyRecord",
    "AsyncClient",
    "BreakdownLine",
    "CancellationRecord",
    "CancelledInvoiceId",
    "ChainLink",
    "Client",
    "Consequence",
    "Conversation",
    "Duplicate",
    "Exemption",
    "Filter",
    "Header",
    "IdKind",
    "InvoiceId",
    "InvoiceKind",
    "InvoicingSystem",
    "LineState",
    "OtherId",
    "Period",
    "Person",
    "Qualification",
    "Query",
    "QueryAnswer",
    "QueryHeader",
    "RectifiedAmounts",
    "Regime",
    "RegistrationRecord",
    "SpanishPerson",
    "Step",
    "StoredState",
    "Submission",
    "SubmissionState",
    "TaxKind",
    "advice",
    "build",
    "chain",
    "codes",
    "fingerprint",
    "link",
    "match",
    "prepare",
    "qr",
    "read_answer",
    "records",
    "rules",
    "validate",
]
