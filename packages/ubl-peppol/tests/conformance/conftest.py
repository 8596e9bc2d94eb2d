"""Helpers of the conformance run: official documents, and the official stylesheets as judge."""

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from einvoice_core.findings import RuleSet
from einvoice_core.testing.judges import official
from ubl_peppol.reading import Reading, read

HERE = Path(__file__).parent
EN16931_XSLT = "en16931/ubl/xslt/EN16931-UBL-validation.xslt"
PEPPOL_XSLT = "peppol/billing/2026.5/xslt/PEPPOL-EN16931-UBL.xslt"


@dataclass(frozen=True)
class Verdict:
    """How often each rule fired on a document, or that no verdict was reached."""

    fired: Mapping[str, int]
    undecided: bool = False


Judge = Callable[[str, Mapping[str, str]], Mapping[str, Verdict]]


def ours(rules: RuleSet[Reading], xml: str | bytes | etree._Element) -> Verdict:
    """Judge a document with our rules."""
    root = xml if isinstance(xml, etree._Element) else etree.fromstring(xml)
    reading = read(root)
    report = rules.validate(reading)
    fired = Counter(finding.rule for finding in report.findings if not finding.undecided)
    return Verdict(fired, bool(report.undecided or reading.unreadable))


@pytest.fixture(scope="session")
def saxon() -> Judge:
    """Return a judge that runs an official stylesheet in a process of its own."""
    if importlib.util.find_spec("saxonche") is None:
        reason = "saxonche is not installed: the official stylesheets need it"
        if os.environ.get("EINVOICE_JUDGES") == "required":
            pytest.fail(f"a required judge is missing: {reason}")
        pytest.skip(reason)

    def judge(stylesheet: str, documents: Mapping[str, str]) -> Mapping[str, Verdict]:
        task = {"stylesheets": [str(official(stylesheet))], "documents": dict(documents)}
        done = subprocess.run(
            [sys.executable, str(HERE / "_saxon.py")],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=True,
        )
        return {
            name: Verdict(answer.get("fired", {}), "error" in answer)
            for name, answer in json.loads(done.stdout).items()
        }

    return judge


@pytest.fixture(scope="session")
def examples() -> dict[str, bytes]:
    """Return the official example documents."""
    folders = ("en16931/ubl/examples", "peppol/billing/3.0.19/examples")
    paths = [path for folder in folders for path in sorted(official(folder).iterdir())]
    return {path.name: path.read_bytes() for path in paths if path.suffix.lower() == ".xml"}
