"""What the demo did: one record for each step."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Outcome", "Step", "Verdict"]


class Verdict(StrEnum):
    """How a step ended."""

    OK = "ok"
    WARNING = "warning"
    """Done, and somebody named an error in it."""
    REFUSED = "refused"
    NOT_RUN = "not run"


@dataclass(slots=True)
class Step:
    """One step of the demo.

    Args:
        name: Short name.
        title: What it does.
        verdict: How it ended.
        ms: Milliseconds it took.
        said: What came of it, in a line.
        findings: Pairs of rule or code, and text.
        notes: What was derived, moved or left out.
    """

    name: str
    title: str
    verdict: Verdict = Verdict.NOT_RUN
    ms: float = 0.0
    said: str = ""
    findings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """The whole demo: its steps and the files it wrote."""

    steps: list[Step]
    files: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no step was refused or kept from running."""
        return all(step.verdict in {Verdict.OK, Verdict.WARNING} for step in self.steps)
