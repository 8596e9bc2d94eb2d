from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from as4_peppol._text import octets_of
from as4_peppol.peppol.discovery import CACHE_SECONDS, Discovery
from as4_peppol.peppol.dns import DnsResolver
from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from as4_peppol.peppol.locator import (
    LookupFailedError,
    Naptr,
    NotRegisteredError,
    locate,
)
from as4_peppol.peppol.smp import MetadataRefusedError, best_document_type
from as4_peppol.peppol.trust import Network, NotTrustedError, PeppolTrust
from as4_peppol.testing import BILLING, INVOICE, NOW, Pair
from as4_peppol.testing.names import NameServer, serve_names
from as4_peppol.testing.publisher import Publisher
from einvoice_core import http
from einvoice_core.certificates.revocation import Evidence, load_crls

ZONE = "participant.example.test"
WHO = ParticipantId.parse("9920:ESB12345674")
SMP = "https://smp.example.test/peppol"


class Zone:
    """A resolver with a few names."""

    def __init__(self, *records: Naptr, error: Exception | None = None) -> None:
        self.records, self.error, self.asked = records, error, 0

    def naptr(self, name: str) -> Sequence[Naptr]:
        self.asked += 1
        assert name == WHO.dns_name(ZONE)
        if self.error is not None:
            raise self.error
        return self.records


def leads(address: str = SMP, **changes: Any) -> Naptr:
    row = Naptr(100, 10, "U", "Meta:SMP", f"!.*!{address}!")
    return replace(row, **changes)


class Bench:
    def __init__(self, pair: Pair, zone: Zone | None = None) -> None:
        self.pair = pair
        self.zone = zone or Zone(leads())
        self.publisher = Publisher(pair.pki, pair.receiver.certificate, SMP)
        self.seconds = 0.0
        trust = PeppolTrust.of_sandbox(pair.pki.ap_ca, pair.pki.smp_ca, clock=lambda: NOW)
        self.discovery = Discovery(
            ZONE,
            self.zone,
            http.client(transport=self.publisher),
            trust,
            clock=lambda: NOW,
            timer=lambda: self.seconds,
        )

    def find(self, process: ProcessId = BILLING) -> Any:
        return self.discovery.find(WHO, INVOICE, process)


@pytest.fixture
def bench(pair: Pair) -> Bench:
    return Bench(pair)


def test_a_participant_is_found(bench: Bench) -> None:
    bench.publisher.publish(WHO)
    found = bench.find()
    assert found.url == "https://ap.example.test/as4"
    assert found.certificate == bench.pair.receiver.certificate
    assert bench.publisher.asked == [f"{SMP}/{WHO}/services/{INVOICE}"]


def test_an_answer_is_used_again_for_a_while(bench: Bench) -> None:
    bench.publisher.publish(WHO)
    bench.find()
    bench.find()
    assert (bench.zone.asked, len(bench.publisher.asked)) == (1, 1)
    bench.seconds = CACHE_SECONDS + 1
    bench.find()
    assert (bench.zone.asked, len(bench.publisher.asked)) == (2, 2)


def test_an_outage_is_not_taken_for_a_refusal(pair: Pair) -> None:
    down = Bench(pair, Zone(error=LookupFailedError("no answer")))
    with pytest.raises(LookupFailedError):
        down.find()
    bench = Bench(pair)
    for status in (500, 503, 302):
        bench.publisher.answers[f"{SMP}/{WHO}/services/{INVOICE}"] = lambda status=status: (
            http.Response(status)
        )
        with pytest.raises(LookupFailedError):
            bench.find()

    def refuse() -> http.Response:
        raise http.ConnectError("down")

    bench.publisher.answers[f"{SMP}/{WHO}/services/{INVOICE}"] = refuse
    with pytest.raises(LookupFailedError):
        bench.find()
    bench.publisher.publish(WHO)  # a failure is not kept
    assert bench.find().url


def test_who_is_not_registered(pair: Pair, bench: Bench) -> None:
    for zone in (Zone(error=NotRegisteredError("unknown")), Zone(), Zone(leads(service="x"))):
        with pytest.raises(NotRegisteredError):
            Bench(pair, zone).find()
    bench.publisher.group(WHO)
    with pytest.raises(NotRegisteredError):
        bench.find()


@pytest.mark.parametrize(
    "changes",
    [{"until": "2026-01-01"}, {"from": "2027-01-01Z"}, {"profile": "busdox-transport-as2-ver1p0"}],
)
def test_an_endpoint_that_cannot_be_used_now(bench: Bench, changes: dict[str, str]) -> None:
    bench.publisher.publish(WHO, **changes)
    with pytest.raises(NotRegisteredError):
        bench.find()


def test_another_process(bench: Bench) -> None:
    bench.publisher.publish(WHO)
    with pytest.raises(NotRegisteredError):
        bench.find(ProcessId.parse("urn:example:other"))


def test_a_redirect_is_followed_once(bench: Bench) -> None:
    other = "https://other.example.test"
    uid = bench.publisher.identity.certificate.subject.rfc4514_string().lower()
    inner = (
        f'<Redirect href="{other}/{WHO.encoded}/services/{INVOICE.encoded}">'
        f"<CertificateUID>{uid}</CertificateUID></Redirect>"
    )
    first = f"{SMP}/{WHO}/services/{INVOICE}"
    bench.publisher.answer(first, bench.publisher.signed(inner))
    bench.publisher.publish(WHO, base=other)
    assert bench.find().url
    bench.seconds = CACHE_SECONDS + 1
    bench.publisher.answer(f"{other}/{WHO}/services/{INVOICE}", bench.publisher.signed(inner))
    with pytest.raises(MetadataRefusedError, match="again"):
        bench.find()
    bench.publisher.publish(WHO, base=other)
    wrong = inner.replace(uid, "CN=PES000008")
    bench.publisher.answer(first, bench.publisher.signed(wrong))
    with pytest.raises(MetadataRefusedError, match="not trusted"):
        bench.find()


class TestAnswersThatCannotBeReliedOn:
    def refused(self, bench: Bench, body: bytes) -> str:
        bench.publisher.answer(f"{SMP}/{WHO}/services/{INVOICE}", body)
        with pytest.raises(MetadataRefusedError) as caught:
            bench.find()
        return caught.value.message

    def signed(self, bench: Bench) -> bytes:
        bench.publisher.publish(WHO)
        return bench.publisher.answers[f"{SMP}/{WHO}/services/{INVOICE}"]().read()

    def test_a_changed_one(self, bench: Bench) -> None:
        body = self.signed(bench).replace(b"ap.example", b"evil.example")
        assert "digest" in self.refused(bench, body)

    def test_an_unsigned_one(self, bench: Bench) -> None:
        head, _, _ = self.signed(bench).partition(b"<ds:Signature")
        assert "0 signatures" in self.refused(bench, head + b"</SignedServiceMetadata>")

    def test_one_of_an_access_point(self, bench: Bench) -> None:
        bench.publisher.identity = bench.pair.pki.access_point("PES000003")
        assert "not trusted" in self.refused(bench, self.signed(bench))

    def test_one_about_somebody_else(self, bench: Bench) -> None:
        other = ParticipantId.parse("9920:ESA1")
        bench.publisher.publish(other)
        body = bench.publisher.answers[f"{SMP}/{other}/services/{INVOICE}"]().read()
        assert "not about" in self.refused(bench, body)

    def test_one_about_something_else(self, bench: Bench) -> None:
        kind = DocumentTypeId.parse("urn:x::Order##urn:c::1")
        bench.publisher.publish(WHO, kind)
        body = bench.publisher.answers[f"{SMP}/{WHO}/services/{kind}"]().read()
        assert "another document type" in self.refused(bench, body)

    @pytest.mark.parametrize("body", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff"])
    def test_garbage(self, bench: Bench, body: bytes) -> None:
        assert self.refused(bench, body)

    def test_an_address_without_tls(self, bench: Bench, pair: Pair) -> None:
        bench.publisher.publish(WHO, address="http://ap.example.test/as4")
        with pytest.raises(MetadataRefusedError, match="https"):
            bench.find()
        with pytest.raises(MetadataRefusedError, match="https"):
            Bench(pair, Zone(leads("http://smp.example.test"))).find()

    def test_a_certificate_of_the_wrong_role(self, bench: Bench) -> None:
        der = bench.publisher.identity.certificate.public_bytes(Encoding.DER)
        bench.publisher.publish(WHO, certificate=b64encode(der).decode())
        with pytest.raises(NotTrustedError):
            bench.find()

    def test_a_certificate_that_is_none(self, bench: Bench) -> None:
        bench.publisher.publish(WHO, certificate="AAAA")
        with pytest.raises(MetadataRefusedError, match="certificate"):
            bench.find()


def test_a_certificate_in_armour_is_read(bench: Bench) -> None:
    pem = bench.pair.receiver.certificate.public_bytes(Encoding.PEM).decode()
    bench.publisher.publish(WHO, certificate=pem)
    assert bench.find().certificate == bench.pair.receiver.certificate


def kind(customization: str, scheme: str = "peppol-doctype-wildcard") -> DocumentTypeId:
    return DocumentTypeId(scheme, f"urn:x::Invoice##{customization}::2.1")


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("urn:pint:1.0", ["urn:pint:1.0"], "urn:pint:1.0"),
        ("urn:pint:1.0@jp", ["urn:pint:1.0*"], "urn:pint:1.0*"),
        ("urn:pint:1.0@jp@x", ["urn:pint:1.0@jp*", "urn:pint:1.0*"], "urn:pint:1.0@jp*"),
        ("urn:pint:1.0@jp", ["urn:other*"], None),
        ("urn:*:1.0", ["urn:*:1.0*"], None),
    ],
)
def test_wildcards(wanted: str, offered: list[str], found: str | None) -> None:
    result = best_document_type(kind(wanted, "busdox-docid-qns"), [kind(each) for each in offered])
    assert result == (None if found is None else kind(found))


def test_a_wildcard_is_looked_up_through_the_group(bench: Bench) -> None:
    wild = DocumentTypeId("peppol-doctype-wildcard", INVOICE.value.replace("::2.1", "*::2.1"))
    bench.publisher.group(WHO, wild)
    bench.publisher.publish(WHO, wild)
    assert bench.find().url


@pytest.mark.parametrize(
    ("regexp", "address"),
    [("!.*!https://a.test/x!", "https://a.test/x"), ("+^.*$+https://a.test/+", "https://a.test")],
)
def test_the_address_is_written_once(regexp: str, address: str) -> None:
    zone = Zone(leads(regexp=regexp, order=2), leads(regexp="!.*!https://z.test!", order=3))
    assert locate(WHO, ZONE, zone) == address


@pytest.mark.parametrize(
    "regexp", ["", "x", "!.*!", "!(a+)+$!https://a.test!", "!.*!ftp://a!", "!.*!https://u@a/!"]
)
def test_a_record_that_leads_nowhere(regexp: str) -> None:
    with pytest.raises(LookupFailedError):
        locate(WHO, ZONE, Zone(leads(regexp=regexp)))


class TestTrust:
    def test_roles_and_time(self, pair: Pair) -> None:
        pki = pair.pki
        trust = PeppolTrust.of_sandbox(pki.ap_ca, pki.smp_ca, clock=lambda: NOW)
        trust.access_point(pair.sender.certificate)
        trust.metadata_publisher(pki.metadata_publisher().certificate)
        with pytest.raises(NotTrustedError):
            trust.metadata_publisher(pair.sender.certificate)
        with pytest.raises(NotTrustedError, match="authority"):
            trust.access_point(pki.ap_ca)
        with pytest.raises(NotTrustedError, match="seat"):
            trust.access_point(pki.access_point("anybody").certificate)
        late = replace(trust, clock=lambda: NOW + timedelta(days=4000))
        with pytest.raises(NotTrustedError, match="not valid"):
            late.access_point(pair.sender.certificate)

    def test_revoked_and_unknown(self, pair: Pair) -> None:
        pki = pair.pki
        listed = load_crls(pki.revocation_list(pair.sender.certificate))
        trust = PeppolTrust.of_sandbox(
            pki.ap_ca, pki.smp_ca, revocation=Evidence(listed), clock=lambda: NOW
        )
        with pytest.raises(NotTrustedError, match="revoked"):
            trust.access_point(pair.sender.certificate)
        trust.access_point(pair.receiver.certificate)
        nothing = replace(trust, revocation=Evidence())
        nothing.access_point(pair.receiver.certificate)
        hard = replace(nothing, unknown_is_refused=True)
        with pytest.raises(NotTrustedError, match="unknown"):
            hard.access_point(pair.receiver.certificate)

    def test_an_empty_choice_is_refused(self) -> None:
        with pytest.raises(NotTrustedError, match="missing"):
            PeppolTrust.of_network(Network.PRODUCTION, b"")


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    with serve_names() as server:
        yield server


def test_the_dns_is_asked(name_server: NameServer) -> None:
    port, table = name_server.port, name_server.table
    resolver = DnsResolver(["127.0.0.1"], port, seconds=2)
    name = WHO.dns_name(ZONE) + "."
    with pytest.raises(NotRegisteredError):
        locate(WHO, ZONE, resolver)
    table[name] = ['100 10 "U" "Meta:SMP" "!.*!https://smp.example.test/smp!" .']
    assert locate(WHO, ZONE, resolver) == "https://smp.example.test/smp"
    table[name] = []
    with pytest.raises(NotRegisteredError, match="without"):
        locate(WHO, ZONE, resolver)
    table[name] = None
    with pytest.raises(LookupFailedError):
        locate(WHO, ZONE, resolver)
    with pytest.raises(LookupFailedError):
        locate(WHO, ZONE, DnsResolver(["127.0.0.1"], 9, seconds=0.2))


def test_base64_of_publishers() -> None:
    assert octets_of(" AA\n== ") == b"\x00"
