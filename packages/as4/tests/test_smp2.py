import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from as4_peppol import Endpoint
from as4_peppol.peppol.discovery import AsyncDiscovery, Discovery
from as4_peppol.peppol.identifiers import ParticipantId, ProcessId
from as4_peppol.peppol.locator import (
    SERVICE,
    SERVICE_2,
    LookupFailedError,
    Naptr,
    NotRegisteredError,
)
from as4_peppol.peppol.smp import MetadataRefusedError
from as4_peppol.peppol.smp2 import PATH, address_of, read_group, read_metadata
from as4_peppol.peppol.trust import PeppolTrust
from as4_peppol.testing import BILLING, INVOICE, NOW, Pair
from as4_peppol.testing.publisher import Publisher
from einvoice_core import http

ZONE = "participant.example.test"
WHO = ParticipantId.parse("9920:ESB12345674")
SMP, OTHER = "https://smp.example.test/two", "https://other.example.test"
ADDRESS = f"{SMP}{PATH}/{WHO}/services/{INVOICE}"


class Records:
    def __init__(self, *services: str) -> None:
        self.services = services

    def naptr(self, name: str) -> list[Naptr]:
        rows = enumerate(self.services)
        return [Naptr(100, n, "U", service, f"!.*!{SMP}!") for n, service in rows]


class Asynchronous(http.AsyncBaseTransport):
    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher

    async def handle_async_request(self, request: http.Request) -> http.Response:
        answer = self.publisher.handle_request(request)
        return http.Response(answer.status_code, content=answer.read())


class Bench:
    """The same questions, asked by the one that waits or by the one with ``await``."""

    def __init__(self, pair: Pair, is_async: bool, *services: str) -> None:
        self.pair, self.is_async = pair, is_async
        self.publisher = Publisher(pair.pki, pair.receiver.certificate, SMP)
        self.trust = PeppolTrust.of_sandbox(pair.pki.ap_ca, pair.pki.smp_ca, clock=lambda: NOW)
        self.records = Records(*(services or (SERVICE_2,)))

    def find(self, process: ProcessId = BILLING) -> Endpoint:
        return self._ask(lambda discovery: discovery.find(WHO, INVOICE, process))

    def kinds(self) -> Any:
        return self._ask(lambda discovery: discovery.group(WHO)).document_types

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        settings: Any = {"services": (SERVICE_2, SERVICE), "clock": lambda: NOW}
        if not self.is_async:
            with http.client(transport=self.publisher) as client:
                return question(Discovery(ZONE, self.records, client, self.trust, **settings))

        async def ask() -> Any:
            async with http.async_client(transport=Asynchronous(self.publisher)) as client:
                found = AsyncDiscovery(ZONE, self.records, client, self.trust, **settings)
                return await question(found)

        return asyncio.run(ask())


@pytest.fixture(params=[False, True], ids=["waits", "awaits"])
def bench(pair: Pair, request: pytest.FixtureRequest) -> Bench:
    return Bench(pair, request.param)


def test_an_access_point_is_found(bench: Bench) -> None:
    bench.publisher.publish_2(WHO)
    found = bench.find()
    assert found.url == "https://ap.example.test/as4"
    assert found.certificate == bench.pair.receiver.certificate
    assert bench.publisher.asked == [ADDRESS]


def test_the_records_say_what_a_publisher_speaks(pair: Pair, bench: Bench) -> None:
    old = Bench(pair, bench.is_async, SERVICE)
    old.publisher.publish(WHO)
    assert old.find().url
    named = Bench(pair, bench.is_async, "Meta:SMP", "oasis-bdxr-smp-2#network-1.0")
    named.publisher.publish_2(WHO)
    assert named.find().url
    with pytest.raises(NotRegisteredError, match="without"):
        Bench(pair, bench.is_async, "oasis-bdxr-smp-3").find()


def test_documents_are_listed(bench: Bench) -> None:
    bench.publisher.group_2(WHO, INVOICE)
    assert bench.kinds() == (INVOICE,)


@pytest.mark.parametrize(
    "changes", [{"until": "2026-01-01"}, {"from": "2027-01-01"}, {"profile": "another"}]
)
def test_an_endpoint_that_cannot_be_used_now(bench: Bench, changes: dict[str, str]) -> None:
    bench.publisher.publish_2(WHO, **changes)
    bench.publisher.group_2(WHO, INVOICE)
    with pytest.raises(NotRegisteredError, match="no endpoint"):
        bench.find()


def test_who_is_not_registered_and_what_does_not_answer(bench: Bench) -> None:
    with pytest.raises(NotRegisteredError):
        bench.find()
    bench.publisher.answers[ADDRESS] = lambda: http.Response(503)
    with pytest.raises(LookupFailedError, match="503"):
        bench.find()

    def down() -> http.Response:
        raise http.ConnectError("down")

    bench.publisher.answers[ADDRESS] = down
    with pytest.raises(LookupFailedError, match="did not answer"):
        bench.find()


def test_a_redirect_of_a_process_is_followed_once(bench: Bench) -> None:
    bench.publisher.publish_2(WHO, redirect=OTHER)
    bench.publisher.publish_2(WHO, base=OTHER)
    assert bench.find().url
    # The other one redirects again: nothing is found there.
    bench.publisher.publish_2(WHO, base=OTHER, redirect="https://third.example.test")
    with pytest.raises(NotRegisteredError):
        bench.find()


def test_a_redirect_names_the_other_publisher(bench: Bench) -> None:
    stranger = bench.pair.pki.metadata_publisher("PES000008").certificate
    text = b64encode(stranger.public_bytes(Encoding.DER)).decode()
    bench.publisher.publish_2(WHO, redirect=OTHER, certificate=text)
    bench.publisher.publish_2(WHO, base=OTHER)
    with pytest.raises(MetadataRefusedError, match="not trusted"):
        bench.find()
    bench.publisher.publish_2(WHO, redirect=OTHER, certificate="AAAA")
    with pytest.raises(MetadataRefusedError, match="certificate"):
        bench.find()


def body(bench: Bench) -> bytes:
    bench.publisher.publish_2(WHO)
    return bench.publisher.answers[ADDRESS]().read()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"ap.example", b"evil.example", "digest"),
        (b">2.0<", b">1.0<", "version"),
        (b"SMP/2/ServiceMetadata", b"SMP/3/ServiceMetadata", "not ServiceMetadata"),
        (b"<smb:ParticipantID ", b"<smb:Participant ", "cannot be read"),
    ],
)
def test_a_changed_answer(bench: Bench, old: bytes, new: bytes, reason: str) -> None:
    bench.publisher.answer(ADDRESS, body(bench).replace(old, new))
    with pytest.raises(MetadataRefusedError, match=reason):
        bench.find()


def test_an_answer_without_signature(bench: Bench) -> None:
    head, _, _ = body(bench).partition(b"<ds:Signature")
    bench.publisher.answer(ADDRESS, head + b"</ServiceMetadata>")
    with pytest.raises(MetadataRefusedError, match="0 signatures"):
        bench.find()


def test_an_answer_about_somebody_else(bench: Bench) -> None:
    other = ParticipantId.parse("9920:ESA1")
    bench.publisher.publish_2(other)
    answer = bench.publisher.answers[f"{SMP}{PATH}/{other}/services/{INVOICE}"]().read()
    bench.publisher.answer(ADDRESS, answer)
    with pytest.raises(MetadataRefusedError, match="not about"):
        bench.find()


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff"])
def test_garbage(pair: Pair, data: bytes) -> None:
    with pytest.raises(MetadataRefusedError):
        read_group(data, WHO)
    with pytest.raises(MetadataRefusedError):
        read_metadata(data, WHO, INVOICE, lambda certificate: None)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_changed_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    body = _signed()
    place = data.draw(st.integers(0, len(body) - 1))
    octet = data.draw(st.integers(0, 255))
    changed = body[:place] + bytes([octet]) + body[place + 1 :]
    try:
        found = read_metadata(changed, WHO, INVOICE, lambda certificate: None)
    except MetadataRefusedError:
        return
    # Whether the certificate is one to be trusted is asked of the caller, who takes any here: what
    # its authority signed may differ, the key of the signature may not.
    original = read_metadata(body, WHO, INVOICE, lambda certificate: None)
    assert found.publisher.public_key() == original.publisher.public_key()
    assert replace(found, publisher=original.publisher) == original


@cache
def _signed() -> bytes:
    pair = Pair.new()
    publisher = Publisher(pair.pki, pair.receiver.certificate, SMP)
    publisher.publish_2(WHO)
    return publisher.answers[ADDRESS]().read()


def test_a_redirect_may_lead_below_the_path_of_the_version() -> None:
    assert address_of(f"{OTHER}{PATH}/", WHO) == address_of(OTHER, WHO)
