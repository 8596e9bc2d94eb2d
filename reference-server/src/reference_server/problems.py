"""The one place where errors become HTTP answers (RFC 9457, ``application/problem+json``)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from einvoice_core.certificates import CertificateError
from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding
from reference_server.errors import ServerError

__all__ = [
    "MEDIA_TYPE",
    "Problem",
    "install",
    "problem_of",
    "responses",
]

MEDIA_TYPE = "application/problem+json"
_MAX_SHOWN = 100
"""Findings or wrong fields that an answer shows."""

logger = logging.getLogger(__name__)


class Problem(BaseModel):
    """Why a request failed: a stable code, a text for people, and the facts."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare the problems that a route answers with."""
    return {
        status: {
            "model": Problem,
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""
    app.add_exception_handler(EInvoiceError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _unexpected)
    app.add_exception_handler(Exception, _unexpected)


def problem_of(error: EInvoiceError) -> Problem:
    """Describe an error of the server or of a package."""
    status = HTTPStatus(_status(error))
    return Problem(
        title=status.phrase,
        status=status,
        detail=error.message,
        code=error.code,
        **_facts(error.details),
    )


def _status(error: EInvoiceError) -> int:
    if isinstance(error, ServerError):
        return error.status
    if error.code.startswith("aeat.") and not error.code.startswith("aeat.record"):
        return HTTPStatus.BAD_GATEWAY
    if error.code.startswith(("face.", "http.")):
        return HTTPStatus.BAD_GATEWAY
    if isinstance(error, CertificateError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _facts(details: Mapping[str, object]) -> dict[str, object]:
    reserved = Problem.model_fields.keys()
    return {key: _plain(value) for key, value in details.items() if key not in reserved}


def _plain(value: object) -> object:
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, Finding):
        return {
            "rule": value.rule,
            "severity": value.severity.value,
            "message": value.message,
            "path": value.path,
            "line": value.line,
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value[:_MAX_SHOWN]]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(), problem.status, dict(headers or {}), media_type=MEDIA_TYPE
    )


def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EInvoiceError)  # noqa: S101 - registered for this class
    problem = problem_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else None
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s %s: %s", request.method, request.url.path, error.code)
    return _answer(problem, headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    wrong = [
        {"at": "/".join(str(step) for step in fault["loc"]), "message": fault["msg"]}
        for fault in error.errors()[:_MAX_SHOWN]
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = "; ".join(f"{fault['at']}: {fault['message']}" for fault in wrong[:3])
    return _answer(
        Problem(
            title=status.phrase,
            status=status,
            detail=f"the request is not as the API says: {shown}",
            code="server.invalid",
            errors=wrong,
        )
    )


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    status = HTTPStatus(error.status_code)
    codes = {404: "server.not_found", 405: "server.method_not_allowed"}
    return _answer(
        Problem(
            title=status.phrase,
            status=status,
            detail=f"{request.method} {request.url.path}: {error.detail}",
            code=codes.get(status, "server"),
        ),
        error.headers,
    )


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(
        Problem(
            title=status.phrase,
            status=status,
            detail="the server could not do this; the log says why",
            code="server",
        )
    )
