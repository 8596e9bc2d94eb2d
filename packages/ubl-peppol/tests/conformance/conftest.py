"""Helpers of the conformance run: official documents, and the official stylesheets as judge."""

import importlib.util
import os
from collections.abc import Callable, Iterator

import pytest

from einvoice_core.testing.judges import official
from ubl_peppol.testing.official import Official


@pytest.fixture(scope="session")
def stylesheet() -> Iterator[Callable[[str], Official]]:
    """Return what opens an official stylesheet; each runs in a process of its own, once."""
    if importlib.util.find_spec("saxonche") is None:
        reason = "saxonche is not installed: the official stylesheets need it"
        if os.environ.get("EINVOICE_JUDGES") == "required":
            pytest.fail(f"a required judge is missing: {reason}")
        pytest.skip(reason)
    opened: dict[str, Official] = {}

    def open_sheet(path: str) -> Official:
        if path not in opened:
            opened[path] = Official(official(path))
        return opened[path]

    yield open_sheet
    for sheet in opened.values():
        sheet.close()


@pytest.fixture(scope="session")
def examples() -> dict[str, bytes]:
    """Return the official example documents."""
    folders = (
        "en16931/ubl/examples",
        "peppol/billing/3.0.19/examples",
        "peppol/billing/3.0.19/national-examples",
    )
    paths = [path for folder in folders for path in sorted(official(folder).rglob("*"))]
    return {path.name: path.read_bytes() for path in paths if path.suffix.lower() == ".xml"}
