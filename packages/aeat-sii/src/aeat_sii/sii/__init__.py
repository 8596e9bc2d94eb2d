"""SII: the books of VAT taxpayers, kept at the tax authority (Suministro Inmediato de Información).

::

    report = sii.validate(record, titular, now=now)
    with sii.Client(credential, place=sii.TEST) as client:
        answer = client.submit([record], titular)
"""

from aeat_sii.sii.answers import Answer, AnswerLine, Duplicate
from aeat_sii.sii.asking import Asked, query_of_invoice, query_of_period
from aeat_sii.sii.authorities import PRODUCTION, TEST, Authority, Place, Stage, local
from aeat_sii.sii.books import BOOKS, Book, Service
from aeat_sii.sii.client import AsyncClient, Client
from aeat_sii.sii.codes import Communication, ContrastState
from aeat_sii.sii.converting import CannotBookError, issued_of
from aeat_sii.sii.deadlines import deadline_of
from aeat_sii.sii.messages import build, match, prepare, read_answer, read_submission
from aeat_sii.sii.querying import build_query, next_page, read_query_answer
from aeat_sii.sii.rules import validate

__all__ = [
    "BOOKS",
    "PRODUCTION",
    "TEST",
    "Answer",
    "AnswerLine",
    "Asked",
    "AsyncClient",
    "Authority",
    "Book",
    "CannotBookError",
    "Client",
    "Communication",
    "ContrastState",
    "Duplicate",
    "Place",
    "Service",
    "Stage",
    "build",
    "build_query",
    "deadline_of",
    "issued_of",
    "local",
    "match",
    "next_page",
    "prepare",
    "query_of_invoice",
    "query_of_period",
    "read_answer",
    "read_query_answer",
    "read_submission",
    "validate",
]
