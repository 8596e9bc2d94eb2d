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
    "SERVICE_2",
    "Located",
    "LookupFailedError",
    "Naptr",
    "NotRegisteredError",
    "Resolver",
    "locate",
    "publisher_in",
]

SERVICE = "Meta:SMP"
"""The service of the records that lead to a metadata publisher."""

SERVICE_2 = "oasis-bdxr-smp-2"
"""The same for a publisher of OASIS SMP 2.0; a network may add its name behind a ``#``."""


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
    return publisher_in(participant, zone, resolver.naptr(participant.dns_name(zone))).address


@dataclass(frozen=True, slots=True)
class Located:
    """A metadata publisher.

    Args:
        address: Without a slash at its end.
        service: What it speaks, of those that were asked for.
    """

    address: str
    service: str


def publisher_in(
    participant: ParticipantId,
    zone: str,
    records: Sequence[Naptr],
    services: Sequence[str] = (SERVICE,),
) -> Located:
    """Return the first publisher that the records of a participant lead to.

    Args:
        participant: Whose records they are.
        zone: Where its name ends.
        records: What the DNS knows.
        services: Of publishers that the caller understands; earlier ones are preferred.

    Raises:
        NotRegisteredError: None of the records leads to such a publisher.
        LookupFailedError: The record cannot be read.
    """
    ranked = sorted(records, key=lambda r: (r.order, r.preference))
    for service in services:
        for record in ranked:
            kind, _, _ = record.service.lower().partition("#")
            if record.flags.upper() != "U" or kind != service.lower():
                continue
            address = _apply(record.regexp, participant.dns_name(zone))
            if not re.fullmatch(r"https?://[^\s/@]+(/[^\s?#]*)?", address):
                text = f"the DNS leads {participant} to {address[:100]!r}: no address"
                raise LookupFailedError(text)
            return Located(address.rstrip("/"), service)
    raise NotRegisteredError(f"{participant} is registered without a metadata publisher")


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
