"""What the service of EN 16931 answers."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Copied",
    "FindingView",
    "LossView",
    "Mended",
    "Messages",
    "Returned",
    "RuleView",
    "StatusStep",
    "StatusView",
    "UniqueCodeView",
    "Verdict",
]


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


class UniqueCodeView(BaseModel):
    """What tells an invoice from every other (Orden HAC/1028/2026, art. 6)."""

    model_config = ConfigDict(frozen=True)

    nif: str
    number: str
    issued_on: date


class Returned(BaseModel):
    """An invoice as a Facturae file, unsigned."""

    model_config = ConfigDict(frozen=True)

    document: str
    losses: tuple[LossView, ...]


class Copied(BaseModel):
    """The faithful copy of an invoice for the public solution."""

    model_config = ConfigDict(frozen=True)

    document: str
    """In UBL 2.5."""
    unique_code: UniqueCodeView
    losses: tuple[LossView, ...]
    verdict: Verdict


class Messages(BaseModel):
    """Status messages of one invoice, in their order."""

    model_config = ConfigDict(extra="forbid")

    messages: list[str] = Field(min_length=1, max_length=100)
    """Each an ApplicationResponse of UBL 2.5."""
    is_copy: bool = False
    """Whether what was registered is a faithful copy."""


class StatusStep(BaseModel):
    """What one message did."""

    model_config = ConfigDict(frozen=True)

    code: str
    problem: str = ""
    """Why it does not follow from the state before it; empty when it does."""


class StatusView(BaseModel):
    """What the messages make of an invoice."""

    model_config = ConfigDict(frozen=True)

    registration: str
    recipient: str
    issuer: str
    steps: tuple[StatusStep, ...]
