"""What a conformance run leaves behind: rules by suites with their result, as JSON."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ubl_peppol.testing.differential import Outcome

__all__ = ["record", "record_counts"]


def record(
    outcome: Outcome,
    path: Path | None = None,
    *,
    environment: Callable[[str], str | None] = os.environ.get,
) -> None:
    """Put the result of a suite into the evidence.

    Args:
        outcome: The result.
        path: The file; by default the one that ``EINVOICE_EVIDENCE`` names, else nothing is kept.
        environment: Where that name is looked up.
    """
    rules = {
        rule: {"fired": outcome.fired[rule], "silent": outcome.silent[rule]}
        for rule in sorted(outcome.known)
    }
    record_counts(
        outcome.artefact, outcome.suite, outcome.evidence(), rules, path, environment=environment
    )


def record_counts(
    artefact: str,
    suite: str,
    counts: Mapping[str, int],
    rules: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
    path: Path | None = None,
    *,
    environment: Callable[[str], str | None] = os.environ.get,
) -> None:
    """Put the counts of a suite into the evidence.

    Args:
        artefact: What was judged beside: an official artefact, or a schema.
        suite: The documents.
        counts: Of the suite.
        rules: Of each rule, where there are rules.
        path: As in :func:`record`.
        environment: Likewise.
    """
    named = environment("EINVOICE_EVIDENCE")
    target = path or (Path(named) if named else None)
    if target is None:
        return
    known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    entry = known.setdefault(artefact, {"suites": {}, "rules": {}})
    entry["suites"][suite] = dict(counts)
    for rule, result in rules.items():
        entry["rules"].setdefault(rule, {})[suite] = dict(result)
    text = json.dumps(known, sort_keys=True).replace('}, "', '},\n"')
    target.write_text(text + "\n", encoding="utf-8")
