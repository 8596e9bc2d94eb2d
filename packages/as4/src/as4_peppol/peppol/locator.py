"""Where the metadata of a participant are: the DNS tells (SML).

Source: Peppol SML specification 1.3.0; OASIS BDX Location 1.0; RFC 4848 (U-NAPTR).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from as4_peppol.errors import As4Error
from as4_peppol.peppol.identifiers import ParticipantId

__all__ = [
    "SERVICE",
    "LookupFailedError",
    "Naptr",
    "NotRegisteredError",
    "Resolver",
    "locate",
]

SERVICE = "Meta:SMP"
"""The service of the records that lead to a metadata publisher."""


class NotRegisteredError(As4Error):
    """The network does not know the participant, or it does not take that document."""

    code = "as4.not_registered"


class LookupFailedError(As4Error):
    """The lookup failed for a technical reason; it says nothing about the participant."""

    code = "as4.lookup"


@dataclass(frozen=True, slots=True)
class Naptr:
    """A NAPTR record.

    Args:
        order: Lower ones come first.
        preference: Lower ones come first among those of the same order.
        flags: ``U``: the result is an address.
        service: What it leads to.
        regexp: Delimiter, pattern, delimiter, replacement, delimiter.
    """

    order: int
    preference: int
    flags: str
    service: str
    regexp: str


class Resolver(Protocol):
    """Asks the DNS."""

    def naptr(self, name: str) -> Sequence[Naptr]:
        """Return the NAPTR records of a name; none when the name exists without any.

        Raises:
            NotRegisteredError: The name does not exist.
            LookupFailedError: No answer came.
        """


def locate(participant: ParticipantId, zone: str, resolver: Resolver) -> str:
    """Return the address of a participant's metadata publisher, without a slash at its end.

    Args:
        participant: Whom to look for.
        zone: Such as :func:`as4_peppol.peppol.trust.zone_of` gives.
        resolver: Asks the DNS.

    Raises:
        NotRegisteredError: The participant is not registered, or without metadata.
        LookupFailedError: No answer came, or one that cannot be read.
    """
    name = participant.dns_name(zone)
    records = sorted(resolver.naptr(name), key=lambda r: (r.order, r.preference))
    fitting = [
        r for r in records if r.flags.upper() == "U" and r.service.lower() == SERVICE.lower()
    ]
    if not fitting:
        raise NotRegisteredError(f"{participant} is registered without a metadata publisher")
    address = _apply(fitting[0].regexp, name)
    if not re.fullmatch(r"https?://[^\s/@]+(/[^\s?#]*)?", address):
        raise LookupFailedError(f"the DNS leads {participant} to {address[:100]!r}: no address")
    return address.rstrip("/")


def _apply(regexp: str, name: str) -> str:
    """Apply the substitution once to the whole name.

    The pattern is nearly always one for everything; replacing every match of it would write the
    address twice.
    """
    parts = regexp.split(regexp[:1]) if regexp else []
    if len(parts) < 3:
        raise LookupFailedError(f"the DNS record has the expression {regexp[:100]!r}")
    pattern, replacement = parts[1], parts[2]
    if pattern in {".*", "^.*$", "^.*", ".*$", ".+", "^.+$"}:
        return replacement
    # Patterns of strangers are not run: none is in use, and some take for ever.
    raise LookupFailedError(f"the DNS record of {name} has the pattern {pattern[:60]!r}")
