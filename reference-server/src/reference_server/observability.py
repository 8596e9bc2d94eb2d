"""Metrics and the log of requests."""

import logging
import time
import uuid
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as latest

from reference_server.errors import TooLargeError
from reference_server.problems import MEDIA_TYPE, problem_of

__all__ = ["Metrics", "install"]

logger = logging.getLogger(__name__)
_CORRELATION = "x-correlation-id"


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "path", "status")
        self.requests = Counter(
            "http_requests_total", "Requests answered.", labels, registry=self.registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time to answer.",
            ("method", "path"),
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests being answered.", registry=self.registry
        )
        self.invoices = Counter(
            "invoices_created_total", "Invoices issued.", registry=self.registry
        )
        self.submissions = Counter(
            "aeat_submissions_total",
            "Records answered by the tax agency.",
            ("state",),
            registry=self.registry,
        )


def install(app: FastAPI, metrics: Metrics, max_body_bytes: int) -> None:
    """Count and log every request of an application, and refuse those that are too large."""

    @app.get("/metrics", include_in_schema=False)
    def read_metrics() -> Response:
        return Response(latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def observe(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        begun = time.perf_counter()
        correlation = request.headers.get(_CORRELATION, "")[:64] or uuid.uuid4().hex
        with metrics.in_flight.track_inprogress():
            response = _too_large(request, max_body_bytes) or await call_next(request)
        taken = time.perf_counter() - begun
        route = request.scope.get("route")
        path = getattr(route, "path", "unknown")
        metrics.requests.labels(request.method, path, response.status_code).inc()
        metrics.duration.labels(request.method, path).observe(taken)
        response.headers[_CORRELATION] = correlation
        logger.info(
            "%s %s %s %.1f ms %s",
            request.method,
            path,
            response.status_code,
            taken * 1e3,
            correlation,
        )
        return response


def _too_large(request: Request, limit: int) -> Response | None:
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) <= limit:
        return None
    if not stated and "transfer-encoding" not in request.headers:
        return None
    error = TooLargeError(
        f"the body must state its length and have at most {limit} bytes", limit=limit
    )
    problem = problem_of(error)
    return Response(problem.model_dump_json(), problem.status, media_type=MEDIA_TYPE)
