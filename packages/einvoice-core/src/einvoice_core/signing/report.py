"""What was checked in a signature, and how it came out.

A check that could not run is listed as such; it never counts as passed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cryptography import x509
from lxml import etree

from einvoice_core.signing.errors import ForbiddenAlgorithm, MalformedSignature

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
    TIMESTAMP = "timestamp"
    VALIDITY = "validity at signing time"
    CHAIN = "chain"
    REVOCATION = "revocation"


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

    Args:
        checks: All of them, in the order of :class:`CheckName`.
        certificate: Whose key made the signature.
        signed_at: When the signer says that it was made.
        policy: Identifier of the policy; empty for none.
        roles: In which roles the signer claims to have signed.
        timestamped_at: When a trusted authority says that it existed.
        countersignatures: The reports of the signatures on this signature; whether they hold does
            not touch it.
        element: The signature in the document that was examined.
    """

    checks: tuple[Check, ...]
    certificate: x509.Certificate | None = field(default=None, repr=False)
    signed_at: datetime | None = None
    policy: str = ""
    roles: tuple[str, ...] = ()
    timestamped_at: datetime | None = None
    countersignatures: "tuple[SignatureReport, ...]" = field(default=(), repr=False)
    element: etree._Element | None = field(default=None, repr=False, compare=False)

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

    def check(self, name: CheckName) -> Check:
        """One check; one that is not listed did not run."""
        for check in self.checks:
            if check.name is name:
                return check
        return Check(name, Outcome.NOT_RUN, "it was not asked for")

    def outcome(self, name: CheckName) -> Outcome:
        """How one check came out; one that is not listed did not run."""
        return self.check(name).outcome

    def _with(self, outcome: Outcome) -> Iterator[Check]:
        return (check for check in self.checks if check.outcome is outcome)


_LONGEST_REASON = 400


def _short(reason: str) -> str:
    """Cut a reason that quotes what a stranger wrote at length."""
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"


class Checklist:
    """Collects checks while they run; the first failure of a check is the one that counts."""

    def __init__(self) -> None:
        self._checks: dict[CheckName, Check] = {}

    def run(self, name: CheckName, check: Callable[[], T]) -> T | None:
        """Run a check; what it returns, or ``None`` when it failed."""
        try:
            value = check()
        except MalformedSignature as error:
            if isinstance(error, ForbiddenAlgorithm):
                name = CheckName.ALGORITHMS
            if not self.has_failed(name):
                self._checks[name] = Check(name, Outcome.FAILED, _short(error.message))
            return None
        self._checks.setdefault(name, Check(name, Outcome.PASSED))
        return value

    def skip(self, name: CheckName, reason: str, *, although_read: bool = False) -> None:
        """Note that a check could not run; what was only read so far has not passed it."""
        known = self._checks.get(name)
        if known is None or (although_read and known.outcome is Outcome.PASSED):
            self._checks[name] = Check(name, Outcome.NOT_RUN, reason)

    def has_failed(self, name: CheckName) -> bool:
        """Whether a check failed so far."""
        known = self._checks.get(name)
        return known is not None and known.outcome is Outcome.FAILED

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks in the order of :class:`CheckName`; one that was not reached did not run."""
        unreached = "an earlier check failed"
        return tuple(
            self._checks.get(name) or Check(name, Outcome.NOT_RUN, unreached) for name in CheckName
        )
