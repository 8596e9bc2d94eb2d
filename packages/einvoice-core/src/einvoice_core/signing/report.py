"""What was checked in a signature, and how it came out.

A check that could not run is listed as such; it never counts as passed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cryptography import x509

from einvoice_core.signing.errors import MalformedSignature

__all__ = ["Check", "CheckName", "Checklist", "Outcome", "SignatureReport"]

T = TypeVar("T")


class CheckName(StrEnum):
    """What is looked at in a signature, in this order."""

    STRUCTURE = "structure"
    PLACEMENT = "placement"
    DUPLICATE_IDS = "duplicate ids"
    ALGORITHMS = "algorithms"
    INTEGRITY = "integrity"
    COVERAGE = "coverage"
    CERTIFICATE_BOUND = "certificate bound"
    POLICY = "policy"
    ROLE = "role"
    SIGNING_TIME = "signing time"
    VALIDITY = "validity at signing time"
    CHAIN = "chain"


class Outcome(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, how it came out, and why when it did not pass."""

    name: CheckName
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """All checks of one signature, and what it says about itself.

    What a signature says (time, policy, roles, certificate) is only worth something when
    :attr:`ok` is true.
    """

    checks: tuple[Check, ...]
    certificate: x509.Certificate | None = field(default=None, repr=False)
    signed_at: datetime | None = None
    policy: str = ""
    roles: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(self._with(Outcome.FAILED))

    @property
    def not_run(self) -> tuple[Check, ...]:
        """The checks that could not run, each with the reason."""
        return tuple(self._with(Outcome.NOT_RUN))

    @property
    def ok(self) -> bool:
        """Whether no check failed and the signature itself was checked."""
        outcomes = {check.name: check.outcome for check in self.checks}
        return not self.failed and outcomes.get(CheckName.INTEGRITY) is Outcome.PASSED

    def outcome(self, name: CheckName) -> Outcome:
        """How one check came out; one that is not listed did not run."""
        for check in self.checks:
            if check.name is name:
                return check.outcome
        return Outcome.NOT_RUN

    def _with(self, outcome: Outcome) -> Iterator[Check]:
        return (check for check in self.checks if check.outcome is outcome)


class Checklist:
    """Collects checks while they run; the first failure of a check is the one that counts."""

    def __init__(self) -> None:
        self._checks: dict[CheckName, Check] = {}

    def run(self, name: CheckName, check: Callable[[], T]) -> T | None:
        """Run a check; what it returns, or ``None`` when it failed."""
        try:
            value = check()
        except MalformedSignature as error:
            self._checks[name] = Check(name, Outcome.FAILED, error.message)
            return None
        self._checks.setdefault(name, Check(name, Outcome.PASSED))
        return value

    def skip(self, name: CheckName, reason: str) -> None:
        """Note that a check could not run."""
        self._checks.setdefault(name, Check(name, Outcome.NOT_RUN, reason))

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks in the order of :class:`CheckName`; one that was not reached did not run."""
        unreached = "an earlier check failed"
        return tuple(
            self._checks.get(name) or Check(name, Outcome.NOT_RUN, unreached) for name in CheckName
        )
