"""What the service of EN 16931 answers."""

from pydantic import BaseModel, ConfigDict

__all__ = ["FindingView", "LossView", "Mended", "RuleView", "Verdict"]


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


class RuleView(BaseModel):
    """What a rule asks for."""

    model_config = ConfigDict(frozen=True)

    rule: str
    severity: str
    requirement: str
    terms: tuple[str, ...]
    source: str
    profiles: tuple[str, ...]


class Mended(BaseModel):
    """A document after its certain mistakes were mended."""

    model_config = ConfigDict(frozen=True)

    document: str
    """The document; it is what came when nothing was certain."""
    patch: str
    """The changes as an XML patch (RFC 5261)."""
    changes: int
    verdict: Verdict
