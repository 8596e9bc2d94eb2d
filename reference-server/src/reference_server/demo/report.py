"""The outcome as a table for people and as JSON for programs."""

import json

from reference_server.demo.outcome import Outcome, Verdict

__all__ = ["as_json", "as_table"]

_MARKS = {
    Verdict.OK: "ok",
    Verdict.WARNING: "warning",
    Verdict.REFUSED: "REFUSED",
    Verdict.NOT_RUN: "not run",
}


def as_table(outcome: Outcome) -> str:
    """Write the steps with verdict and milliseconds, what they say, and the files."""
    width = max(len(step.title) for step in outcome.steps)
    rows = [f"{'step':<{width + 3}} {'verdict':<8} {'ms':>8}  result", "─" * (width + 60)]
    for number, step in enumerate(outcome.steps, 1):
        time = f"{step.ms:8.1f}" if step.verdict is not Verdict.NOT_RUN else " " * 8
        rows.append(
            f"{number}. {step.title:<{width}} {_MARKS[step.verdict]:<8} {time}  {step.said}"
        )
        rows.extend(f"     {rule}: {text}" for rule, text in step.findings)
        rows.extend(f"     · {note}" for note in step.notes)
    if outcome.files:
        rows.append("")
        rows.append("files written:")
        rows.extend(f"   {file}" for file in outcome.files)
    return "\n".join(rows)


def as_json(outcome: Outcome) -> str:
    """Write everything that is known of the outcome."""
    return json.dumps(
        {
            "ok": outcome.ok,
            "steps": [
                {
                    "name": step.name,
                    "verdict": step.verdict.value,
                    "ms": round(step.ms, 1),
                    "said": step.said,
                    "findings": [{"rule": rule, "text": text} for rule, text in step.findings],
                    "notes": step.notes,
                }
                for step in outcome.steps
            ],
            "files": outcome.files,
        },
        ensure_ascii=False,
        indent=2,
    )
