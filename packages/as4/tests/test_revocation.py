"""Asking whether a certificate was revoked, over HTTP, and what an outage does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from as4_peppol import LocalIdentity, Payload, Receiver, pack
from as4_peppol.peppol.revocation import FetchedRevocation
from as4_peppol.peppol.trust import NotTrustedError, PeppolTrust
from as4_peppol.profiles import PEPPOL
from as4_peppol.stores import MemoryStore
from as4_peppol.testing import NOW, Pair, PeppolPki
from einvoice_core import http
from einvoice_core.certificates.revocation import RevocationStatus

SERVICE = "http://revocation.example.test"


class Authority(http.BaseTransport):
    """Its responder and its list, on a scripted wire."""

    def __init__(self, pki: PeppolPki) -> None:
        self.pki = pki
        self.revoked: list[Any] = []
        self.asked: list[str] = []
        self.faults: dict[str, Callable[[], http.Response]] = {}

    def handle_request(self, request: http.Request) -> http.Response:
        path = request.url.path
        self.asked.append(path)
        if path in self.faults:
            return self.faults[path]()
        if path == "/crl":
            return http.Response(200, content=self.pki.revocation_list(*self.revoked))
        assert request.headers["content-type"] == "application/ocsp-request"
        return http.Response(200, content=self.pki.revocation_answer(request.read(), *self.revoked))


class Bench:
    def __init__(self) -> None:
        self.now, self.seconds = NOW, 0.0
        self.pki = PeppolPki(clock=lambda: NOW, revocation_url=SERVICE)
        self.authority = Authority(self.pki)
        self.point = LocalIdentity(self.pki.access_point())
        self.check = FetchedRevocation(
            http.client(transport=self.authority), timer=lambda: self.seconds
        )
        self.trust = PeppolTrust.of_sandbox(
            self.pki.ap_ca, self.pki.smp_ca, revocation=self.check, clock=self.clock
        )

    def clock(self) -> datetime:
        return self.now

    def status(self) -> RevocationStatus:
        return self.check(self.point.certificate, self.pki.ap_ca, self.now).status

    def go_down(self) -> None:
        def refuse() -> http.Response:
            raise http.ConnectError("down")

        self.authority.faults = {"/ocsp": refuse, "/crl": refuse}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_responder_is_asked_once_in_a_while(bench: Bench) -> None:
    for _ in range(3):
        assert bench.status() is RevocationStatus.GOOD
    assert bench.authority.asked == ["/ocsp"]
    bench.authority.revoked.append(bench.point.certificate)
    bench.seconds = 3601
    assert bench.status() is RevocationStatus.REVOKED
    with pytest.raises(NotTrustedError, match="revoked"):
        bench.trust.access_point(bench.point.certificate)


def garbage() -> http.Response:
    return http.Response(200, content=b"\x30\x03\x0a\x01\x06")


def huge() -> http.Response:
    return http.Response(200, content=bytes(20 * 1024 * 1024))


def broken() -> http.Response:
    return http.Response(503)


def slow() -> http.Response:
    raise http.ReadTimeout("slow")


@pytest.mark.parametrize("fault", [garbage, huge, broken, slow])
def test_the_list_is_asked_where_the_responder_fails(
    bench: Bench, fault: Callable[[], http.Response]
) -> None:
    bench.authority.faults["/ocsp"] = fault
    assert bench.status() is RevocationStatus.GOOD
    assert bench.authority.asked == ["/ocsp", "/crl"]
    bench.authority.revoked.append(bench.point.certificate)
    bench.seconds = 3601
    assert bench.status() is RevocationStatus.REVOKED


@pytest.mark.parametrize("fault", [garbage, huge, broken, slow])
def test_nobody_tells(bench: Bench, fault: Callable[[], http.Response]) -> None:
    bench.authority.faults = {"/ocsp": fault, "/crl": fault}
    assert bench.status() is RevocationStatus.UNKNOWN
    bench.trust.access_point(bench.point.certificate)
    hard = replace(bench.trust, unknown_is_refused=True)
    with pytest.raises(NotTrustedError, match="unknown"):
        hard.access_point(bench.point.certificate)
    # An outage does not slow every message: nobody is asked again at once.
    assert len(bench.authority.asked) == 2
    bench.seconds = 61
    bench.authority.faults.clear()
    hard.access_point(bench.point.certificate)


def test_an_outage_is_bridged_by_what_still_holds(bench: Bench) -> None:
    assert bench.status() is RevocationStatus.GOOD
    bench.go_down()
    bench.seconds, bench.now = 4000, NOW + timedelta(hours=2)
    assert bench.status() is RevocationStatus.GOOD
    bench.seconds, bench.now = 90_000, NOW + timedelta(hours=25)
    assert bench.status() is RevocationStatus.UNKNOWN


def test_an_answer_of_somebody_else_tells_nothing(bench: Bench) -> None:
    other = PeppolPki("OTHER", clock=lambda: NOW)
    bench.authority.pki = other
    other._issued[bench.point.certificate.serial_number] = bench.point.certificate
    assert bench.status() is RevocationStatus.UNKNOWN
    assert bench.authority.asked == ["/ocsp", "/crl"]


def test_a_certificate_that_names_nobody(bench: Bench, pair: Pair) -> None:
    found = bench.check(pair.sender.certificate, pair.pki.ap_ca, NOW)
    assert found.status is RevocationStatus.UNKNOWN
    assert bench.authority.asked == []


def test_nobody_is_asked_about_a_stranger(bench: Bench) -> None:
    """The addresses in a certificate count when an authority that is known signed them."""
    stranger = PeppolPki("OTHER", clock=lambda: NOW, revocation_url=SERVICE).access_point()
    with pytest.raises(NotTrustedError):
        bench.trust.access_point(stranger.certificate)
    assert bench.authority.asked == []


def test_a_message_of_a_revoked_access_point(bench: Bench) -> None:
    bench.authority.revoked.append(bench.point.certificate)
    receiver = LocalIdentity(bench.pki.access_point("PES000002"))
    pair = Pair(bench.pki, bench.point, receiver)
    sent = pack(pair.message(), [Payload(b"<x/>")], PEPPOL, bench.point, receiver.certificate)
    box = Receiver(
        PEPPOL, [receiver], MemoryStore(), trusted=bench.trust.access_point, clock=bench.clock
    )
    reply = box.receive(sent.content_type, sent.chunks())
    assert reply.verdict.error == "EBMS:0101"
    bench.authority.revoked.clear()
    bench.seconds = 4000
    assert box.receive(sent.content_type, sent.chunks()).verdict.error is None
