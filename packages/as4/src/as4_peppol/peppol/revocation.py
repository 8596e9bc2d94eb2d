"""Asks whether a certificate was revoked: its OCSP responder first, then its revocation list.

Give it to :class:`~as4_peppol.peppol.trust.PeppolTrust`, which calls it only for certificates that
an authority it knows has signed: the addresses that are asked stand in the certificate.

Source: RFC 6960, appendix A; RFC 5280, sections 4.2.1.13 and 4.2.2.1.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from einvoice_core import http
from einvoice_core.certificates.errors import DAMAGED, CertificateError
from einvoice_core.certificates.revocation import (
    Evidence,
    Revocation,
    RevocationStatus,
    load_crls,
    load_ocsp,
)

__all__ = ["FetchedRevocation"]

_MAX_OCSP_BYTES = 64 * 1024
_MAX_LIST_BYTES = 16 * 1024 * 1024
_MAX_ADDRESSES = 2
_MAX_KEPT = 10_000
_OCSP_REQUEST = "application/ocsp-request"


@dataclass(frozen=True, slots=True)
class _Known:
    verdict: Revocation
    fresh_until_s: float
    holds_until: datetime | None


class FetchedRevocation:
    """Tells the state of certificates over HTTP, and remembers it; may be called from threads.

    An answer is used for a while without asking again. When nobody answers later, it is used for
    as long as its authority said that it holds; then the state is *unknown*. Whether that refuses
    a certificate is the choice of ``PeppolTrust(unknown_is_refused=...)``.

    Args:
        client: HTTP client.
        fresh_s: Seconds for which an answer is used without asking again.
        pause_s: Seconds for which nobody is asked again after a failure, so that an outage does
            not slow every message.
        deadline_s: Seconds for one answer, however slowly it comes.
        timer: Says how the time passes.
    """

    def __init__(
        self,
        client: http.Client,
        *,
        fresh_s: float = 3600.0,
        pause_s: float = 60.0,
        deadline_s: float = 10.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._fresh_s, self._pause_s = fresh_s, pause_s
        self._deadline_s = deadline_s
        self._timer = timer
        self._known: dict[tuple[bytes, int], _Known] = {}

    def __call__(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Revocation:
        """Tell the state of a certificate at an instant.

        Args:
            certificate: The one in question, signed by the issuer.
            issuer: The certificate of the authority that issued it.
            at: The instant, with its zone.
        """
        key = issuer.fingerprint(hashes.SHA256()), certificate.serial_number
        known = self._known.get(key)
        if known is not None and self._timer() < known.fresh_until_s:
            return known.verdict
        reasons: list[str] = []
        for ask in (self._by_ocsp, self._by_list):
            for evidence, holds_until in ask(certificate, issuer, reasons):
                verdict = evidence(certificate, issuer, at)
                if verdict.status is not RevocationStatus.UNKNOWN:
                    return self._keep(key, verdict, self._fresh_s, holds_until)
                reasons.append(verdict.reason)
        if known is not None and known.holds_until is not None and at < known.holds_until:
            return self._keep(key, known.verdict, self._pause_s, known.holds_until)
        why = "; ".join(reasons) or "the certificate names nobody who could tell"
        unknown = Revocation(RevocationStatus.UNKNOWN, why)
        return self._keep(key, unknown, self._pause_s, None)

    def _keep(
        self,
        key: tuple[bytes, int],
        verdict: Revocation,
        seconds: float,
        holds_until: datetime | None,
    ) -> Revocation:
        while len(self._known) >= _MAX_KEPT:
            self._known.pop(next(iter(self._known)), None)
        self._known[key] = _Known(verdict, self._timer() + seconds, holds_until)
        return verdict

    def _by_ocsp(
        self, certificate: x509.Certificate, issuer: x509.Certificate, reasons: list[str]
    ) -> Iterator[tuple[Evidence, datetime | None]]:
        asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
        question = asked.build().public_bytes(Encoding.DER)
        for address in _responders(certificate):
            body = self._fetch("POST", address, question, _MAX_OCSP_BYTES, reasons)
            if body is None:
                continue
            try:
                response = load_ocsp(body)
                holds_until = max(
                    (r.next_update_utc for r in response.responses if r.next_update_utc),
                    default=None,
                )
            except (CertificateError, *DAMAGED) as error:
                reasons.append(f"{address} gave no response that can be read: {error}")
                continue
            yield Evidence(responses=(response,)), holds_until

    def _by_list(
        self, certificate: x509.Certificate, issuer: x509.Certificate, reasons: list[str]
    ) -> Iterator[tuple[Evidence, datetime | None]]:
        del issuer
        for address in _lists(certificate):
            body = self._fetch("GET", address, None, _MAX_LIST_BYTES, reasons)
            if body is None:
                continue
            try:
                lists = load_crls(body)
            except CertificateError as error:
                reasons.append(f"{address} gave no list that can be read: {error.message}")
                continue
            yield Evidence(crls=lists), lists[0].next_update_utc

    def _fetch(
        self, method: str, address: str, question: bytes | None, limit: int, reasons: list[str]
    ) -> bytes | None:
        headers = {"content-type": _OCSP_REQUEST} if question is not None else None
        request = self._client.build_request(method, address, headers=headers, content=question)
        try:
            reply = http.send(self._client, request, max_bytes=limit, deadline_s=self._deadline_s)
        except http.TransportError as error:
            reasons.append(error.message)
            return None
        if reply.status != 200:
            reasons.append(f"{address} answered {reply.status}")
            return None
        return reply.body


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        kind = x509.AuthorityInformationAccess
        rows = certificate.extensions.get_extension_for_class(kind).value
        places = [r.access_location for r in rows if r.access_method == _OCSP]
    except (x509.ExtensionNotFound, *DAMAGED):
        return []
    return _addresses(places)


_OCSP = AuthorityInformationAccessOID.OCSP


def _lists(certificate: x509.Certificate) -> list[str]:
    try:
        kind = x509.CRLDistributionPoints
        points = certificate.extensions.get_extension_for_class(kind).value
        places = [name for point in points for name in point.full_name or ()]
    except (x509.ExtensionNotFound, *DAMAGED):
        return []
    return _addresses(places)


def _addresses(places: list[x509.GeneralName]) -> list[str]:
    found = [p.value for p in places if isinstance(p, x509.UniformResourceIdentifier)]
    return [a for a in found if a.lower().startswith(("http://", "https://"))][:_MAX_ADDRESSES]
