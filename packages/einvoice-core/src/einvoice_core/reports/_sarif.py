"""SARIF 2.1.0, for code scanning.

A finding is a result of kind ``fail``; one that could not be decided is of kind ``open``, as the
standard has it, and stands with the level ``none`` that goes with it. Layers are no results: how
often each ran or was skipped stands in the properties of the run, and a skipped one is also a
notification. Rules and notifications come after the results, when they are known: the order of
members means nothing in JSON.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) 2.1.0.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from einvoice_core.findings import Finding, Severity
from einvoice_core.reports._results import FileReport, Summary, Tool, clean

__all__ = ["pieces"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MAX_REASONS = 200
_LEVELS = {Severity.FATAL: "error", Severity.WARNING: "warning"}


def pieces(results: Iterable[FileReport], tool: Tool, summary: Summary) -> Iterator[str]:
    """Write one run, results first."""
    seen: dict[str, Severity] = {}
    run: Counter[str] = Counter()
    skipped: Counter[tuple[str, str]] = Counter()
    start = {"$schema": _SCHEMA, "version": "2.1.0"}
    yield json.dumps(start)[:-1] + ', "runs": [{"results": ['
    before = "\n"
    for result in results:
        run.update(result.report.layers_run)
        for layer, reason in result.report.layers_skipped.items():
            known = (layer, reason) in skipped or len(skipped) < _MAX_REASONS
            skipped[layer, reason if known else "for other reasons"] += 1
        for finding in result.findings:
            seen.setdefault(finding.rule, finding.severity)
            yield before + json.dumps(_result(result.file, finding))
            before = ",\n"
    yield "\n], "
    yield json.dumps(_rest(tool, summary, seen, run, skipped))[1:-1]
    yield "}]}\n"


def _rest(
    tool: Tool,
    summary: Summary,
    seen: dict[str, Severity],
    run: Counter[str],
    skipped: Counter[tuple[str, str]],
) -> dict[str, object]:
    driver: dict[str, object] = {
        "name": tool.name,
        "rules": [_rule(tool, rule_id, severity) for rule_id, severity in seen.items()],
    }
    if tool.version:
        driver["version"] = tool.version
    notes = [
        {
            "level": "warning",
            "descriptor": {"id": "layer-skipped"},
            "message": {"text": clean(f"{layer} did not run on {times} files: {reason}")},
        }
        for (layer, reason), times in skipped.items()
    ]
    invocation: dict[str, object] = {
        "executionSuccessful": summary.unreadable == 0,
        "exitCode": summary.exit_code,
    }
    if notes:
        invocation["toolExecutionNotifications"] = notes
    layers: dict[str, dict[str, int]] = {name: {"run": times} for name, times in run.items()}
    for (layer, _), times in skipped.items():
        counts = layers.setdefault(layer, {})
        counts["skipped"] = counts.get("skipped", 0) + times
    return {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "properties": {"files": summary.files, "layers": layers},
    }


def _rule(tool: Tool, rule_id: str, severity: Severity) -> dict[str, object]:
    described = tool.describe(rule_id)
    level = _LEVELS[described.severity if described else severity]
    entry: dict[str, object] = {"id": rule_id, "defaultConfiguration": {"level": level}}
    if described is not None and described.requirement:
        entry["shortDescription"] = {"text": described.requirement}
        entry["properties"] = {"source": described.source, "terms": list(described.terms)}
    return entry


def _result(file: str, finding: Finding) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if finding.line:
        physical["region"] = {"startLine": finding.line}
    location: dict[str, object] = {"physicalLocation": physical}
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "element"}]
    return {
        "ruleId": finding.rule,
        "kind": "open" if finding.undecided else "fail",
        "level": "none" if finding.undecided else _LEVELS[finding.severity],
        "message": {"text": clean(finding.message) or finding.rule},
        "locations": [location],
    }


def _uri(file: str) -> str:
    """Write the name of a file as a URI reference; one with a root becomes a ``file:`` URI."""
    octets = file.replace("\\", "/").encode("utf-8", "surrogateescape")
    path = quote(octets, safe="/!~")
    return f"file://{path}" if path.startswith("/") else path
