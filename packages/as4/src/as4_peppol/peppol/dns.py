"""Asks the DNS with dnspython (extra ``[discovery]``)."""

from collections.abc import Sequence

import dns.exception
import dns.resolver
from dns.rdtypes.IN.NAPTR import NAPTR

from as4_peppol.peppol.locator import LookupFailedError, Naptr, NotRegisteredError

__all__ = ["DnsResolver"]

_SECONDS = 10.0


class DnsResolver:
    """A :class:`~as4_peppol.peppol.locator.Resolver` over the network.

    Args:
        nameservers: Addresses to ask; by default those of the system.
        port: Of the name servers.
        seconds: How long to wait for an answer in all.
    """

    def __init__(
        self, nameservers: Sequence[str] = (), port: int = 53, seconds: float = _SECONDS
    ) -> None:
        self._resolver = dns.resolver.Resolver(configure=not nameservers)
        if nameservers:
            self._resolver.nameservers = list(nameservers)
        self._resolver.port = port
        self._resolver.lifetime = seconds

    def naptr(self, name: str) -> Sequence[Naptr]:
        """Return the NAPTR records of a name.

        Raises:
            NotRegisteredError: The name does not exist.
            LookupFailedError: No answer came.
        """
        try:
            answer = self._resolver.resolve(name, "NAPTR", search=False)
        except dns.resolver.NXDOMAIN as error:
            raise NotRegisteredError(f"the DNS does not know {name}") from error
        except dns.resolver.NoAnswer:
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailedError(
                f"the DNS did not answer for {name}: {type(error).__name__}"
            ) from error
        return [
            Naptr(
                record.order,
                record.preference,
                record.flags.decode("ascii", "replace"),
                record.service.decode("ascii", "replace"),
                record.regexp.decode("utf-8", "replace"),
            )
            for record in answer
            if isinstance(record, NAPTR)
        ]
