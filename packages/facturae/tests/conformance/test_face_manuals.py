"""States and addresses of FACe are those that its manuals print."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any

import pytest

from einvoice_core.testing import judges
from facturae_es.face import Environment, ProcessingState, production, staging
from facturae_es.face.states import AssignmentState, CancellationState


@cache
def manuals() -> dict[str, Any]:
    path = judges.official("facturae/codes/face_services.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kind", "states", "more"),
    [
        ("processing", ProcessingState, set()),
        ("cancellation", CancellationState, set()),
        # An answer that the manual for suppliers shows (consultarEstados) has one more.
        ("credit_assignment", AssignmentState, {"6400"}),
    ],
)
def test_the_states_are_those_of_the_manuals(
    kind: str, states: type[StrEnum], more: set[str]
) -> None:
    assert set(states) == set(manuals()["status"][kind]) | more


@pytest.mark.parametrize("make", [production, staging])
def test_the_service_for_suppliers_is_where_the_manual_says(
    make: Callable[[], Environment],
) -> None:
    environment = make()
    assert f"{environment.soap}?wsdl" == manuals()["soap_wsdl"]["suppliers_invoices"][make.__name__]
    documented = manuals()["rest_docs"][make.__name__]["suppliers"]
    assert environment.rest.split("/")[2] == documented.split("/")[2]
