"""Helpers of the conformance run: official documents, and the official stylesheets as judge."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from einvoice_core.testing.judges import official

Judge = Callable[[str, Mapping[str, str]], Mapping[str, frozenset[str] | None]]
"""Stylesheet and documents by name -> the ids that fired, or None where the run stopped."""


@pytest.fixture(scope="session")
def saxon() -> Judge:
    """Return a judge that runs an official stylesheet in a process of its own."""
    if importlib.util.find_spec("saxonche") is None:
        reason = "saxonche is not installed: the official stylesheets need it"
        if os.environ.get("EINVOICE_JUDGES") == "required":
            pytest.fail(f"a required judge is missing: {reason}")
        pytest.skip(reason)

    def judge(stylesheet: str, documents: Mapping[str, str]) -> Mapping[str, frozenset[str] | None]:
        task = {"stylesheet": str(official(stylesheet)), "documents": dict(documents)}
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("_saxon.py"))],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=True,
        )
        answers: dict[str, dict[str, list[str]]] = json.loads(done.stdout)
        return {
            name: frozenset(answer["fired"]) if "fired" in answer else None
            for name, answer in answers.items()
        }

    return judge


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
