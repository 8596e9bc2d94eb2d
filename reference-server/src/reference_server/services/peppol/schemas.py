"""What the service of EN 16931 answers."""

from pydantic import BaseModel, ConfigDict

__all__ = ["FindingView", "LossView", "Verdict"]


class FindingView(BaseModel):
    """One thing that is wrong, where it is, and what to change."""

    model_config = ConfigDict(frozen=True)

    rule: str
    severity: str
    message: str
    path: str
    line: int | None
    undecided: bool


class LossView(BaseModel):
    """A datum that the other format does not carry, or carries otherwise."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """``dropped``, ``moved``, ``derived`` or ``assumed``."""
    path: str
    value: str
    reason: str
    term: str


class Verdict(BaseModel):
    """The judgement of a document: findings, and which layers and rules were there to judge."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    profile: str
    findings: tuple[FindingView, ...]
    layers_run: tuple[str, ...]
    layers_skipped: dict[str, str]
    rules: int
    losses: tuple[LossView, ...] = ()
