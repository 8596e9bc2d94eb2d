import hashlib
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from aeat_sii.errors import ChainError, UnlinkedRecordError
from aeat_sii.testing import examples, strategies
from aeat_sii.verifactu import chain
from aeat_sii.verifactu.records import FIRST, CancellationRecord, InvoiceId, RegistrationRecord
from einvoice_core.testing.vectors import Case, load_cases
from einvoice_core.xml.binding import write
from einvoice_core.xml.parsing import parse


@pytest.mark.parametrize("case", load_cases("vectors/chain.json"), ids=lambda case: case.name)
def test_fingerprint(case: Case) -> None:
    record = examples.registration(case.input["number"], total=case.input["total"])

    linked = chain.link(record, None)

    assert chain.fingerprint_input(linked) == case.expected["text"]
    assert linked.fingerprint == case.expected["fingerprint"]


def test_the_first_record_says_so_and_names_no_other() -> None:
    linked = chain.link(examples.registration(), None)

    assert linked.chaining == FIRST
    assert "&Huella=&" in chain.fingerprint_input(linked)


def test_a_record_names_the_one_before_it() -> None:
    first = chain.link(examples.registration("2026/0001"), None)

    second = chain.link(examples.registration("2026/0002"), first)

    assert second.chaining.previous == chain.link_to(first)
    assert f"&Huella={first.fingerprint}&" in chain.fingerprint_input(second)


def test_a_cancellation_stands_in_the_same_chain() -> None:
    first = chain.link(examples.registration(), None)

    cancelled = chain.link(examples.cancellation(), first)
    third = chain.link(examples.registration("2026/0002"), cancelled)

    assert cancelled.chaining.previous == chain.link_to(first)
    assert third.chaining.previous == chain.link_to(cancelled)


def test_linking_leaves_the_given_record_as_it_was() -> None:
    record = examples.registration()

    chain.link(record, None)

    assert record.fingerprint == ""


def test_linking_again_gives_the_same_fingerprint() -> None:
    linked = chain.link(examples.registration(), None)

    assert chain.link(linked, None) == linked


def test_a_record_without_fingerprint_cannot_be_followed() -> None:
    with pytest.raises(UnlinkedRecordError, match="2026/0001"):
        chain.link(examples.registration("2026/0002"), examples.registration("2026/0001"))


def test_a_chain_belongs_to_one_issuer() -> None:
    first = chain.link(examples.registration(), None)
    other = InvoiceId(issuer_nif="89890002E", number="1", issued_on=first.invoice.issued_on)

    with pytest.raises(ChainError):
        chain.link(examples.registration(invoice=other), first)


def test_the_way_an_amount_is_written_counts() -> None:
    short = chain.link(examples.registration(total=Decimal("121.4")), None)
    long = chain.link(examples.registration(total=Decimal("121.40")), None)

    assert short.total == long.total
    assert short.fingerprint != long.fingerprint


def _from_the_text(record: RegistrationRecord | CancellationRecord) -> str:
    """Compute the fingerprint again from nothing but the XML."""
    root = parse(write(record))
    end = "" if isinstance(record, RegistrationRecord) else "Anulada"
    paths = [f"IDEmisorFactura{end}", f"NumSerieFactura{end}", f"FechaExpedicionFactura{end}"]
    texts = [(name, root.findtext(f"{{*}}IDFactura/{{*}}{name}") or "") for name in paths]
    if not end:
        texts += [
            (name, root.findtext(f"{{*}}{name}") or "")
            for name in ("TipoFactura", "CuotaTotal", "ImporteTotal")
        ]
    texts += [("Huella", root.findtext("{*}Encadenamiento/{*}RegistroAnterior/{*}Huella") or "")]
    texts += [("FechaHoraHusoGenRegistro", root.findtext("{*}FechaHoraHusoGenRegistro") or "")]
    joined = "&".join(f"{name}={text.strip()}" for name, text in texts)
    return hashlib.sha256(joined.encode()).hexdigest().upper()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.registrations())
def test_the_fingerprint_is_that_of_the_text_in_the_xml(record: RegistrationRecord) -> None:
    assert record.fingerprint == _from_the_text(record)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.cancellations())
def test_the_fingerprint_of_a_cancellation_too(record: CancellationRecord) -> None:
    assert record.fingerprint == _from_the_text(record)
