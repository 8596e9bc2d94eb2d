"""What a conformance run leaves behind: rules by suites with their result, as JSON."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from ubl_peppol.testing.differential import Outcome

__all__ = ["record"]


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
    named = environment("EINVOICE_EVIDENCE")
    target = path or (Path(named) if named else None)
    if target is None:
        return
    known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    entry = known.setdefault(outcome.artefact, {"suites": {}, "rules": {}})
    entry["suites"][outcome.suite] = dict(outcome.evidence())
    for rule in sorted(outcome.known):
        result = {"fired": outcome.fired[rule], "silent": outcome.silent[rule]}
        entry["rules"].setdefault(rule, {})[outcome.suite] = result
    text = json.dumps(known, sort_keys=True).replace('}, "', '},\n"')
    target.write_text(text + "\n", encoding="utf-8")
