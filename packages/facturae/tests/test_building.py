from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

import facturae_es
from einvoice_core.xml.errors import DocumentRefused
from facturae_es.codes import (
    CorrectionMethod,
    InvoiceClass,
    InvoiceIssuerType,
    Modality,
    PersonType,
    ReasonCode,
    ResidenceType,
)
from facturae_es.errors import TotalsError
from facturae_es.facets import Version
from facturae_es.model import Facturae, OverseasAddress, Party, Period

D = Decimal
DAY = date(2026, 3, 2)
LINE = facturae_es.Line(
    description="x", unit_price=D(10), taxes=(facturae_es.Tax(rate_percent=D(21)),)
)


def test_a_single_invoice(simple: Facturae) -> None:
    header = simple.file_header
    assert header.modality is Modality.SINGLE
    assert header.issuer_type is InvoiceIssuerType.SUPPLIER
    assert header.batch.identifier == "B1234567417A"
    assert header.batch.total_invoices.total == D("363.00")
    assert facturae_es.validate(facturae_es.write(simple)).findings == ()


def test_a_batch_adds_its_invoices_up(seller: Party, buyer: Party) -> None:
    invoices = [facturae_es.invoice(str(n), DAY, [LINE]) for n in range(1, 4)]
    document = facturae_es.batch(seller, buyer, invoices)
    assert document.file_header.modality is Modality.BATCH
    assert document.file_header.batch.invoices_count == 3
    assert document.file_header.batch.total_executable.total == D("36.30")
    assert facturae_es.validate(facturae_es.write(document)).ok


def test_a_batch_needs_an_invoice(seller: Party, buyer: Party) -> None:
    with pytest.raises(TotalsError):
        facturae_es.batch(seller, buyer, [])


@pytest.mark.parametrize("version", list(Version))
def test_a_document_is_built_for_each_version(version: Version, seller: Party) -> None:
    document = facturae_es.build(seller, seller, "1", DAY, [LINE], version=version)
    assert facturae_es.examine(facturae_es.write(document)).version is version


def test_a_long_identifier_is_cut(seller: Party, buyer: Party) -> None:
    document = facturae_es.build(seller, buyer, "9" * 100, DAY, [LINE])
    assert len(document.file_header.batch.identifier) == 70
    with pytest.raises(DocumentRefused, match="InvoiceNumber"):
        facturae_es.write(document)


def test_a_party_abroad(buyer: Party) -> None:
    address = OverseasAddress(
        street="1 Rue Inventée", post_code_and_town="75001 Paris", province="Paris", country="FRA"
    )
    party = facturae_es.company(
        "FR12345678901", "Inventée SA", address, residence=ResidenceType.EUROPEAN_UNION
    )
    assert party.legal_entity is not None
    assert party.legal_entity.overseas_address == address
    document = facturae_es.build(party, buyer, "1", DAY, [LINE])
    assert facturae_es.validate(facturae_es.write(document)).ok


def test_a_person(rich: Facturae) -> None:
    seller = rich.parties.seller
    assert seller.tax_identification.person_type is PersonType.INDIVIDUAL
    assert seller.individual is not None


def test_a_corrective_invoice(seller: Party, buyer: Party) -> None:
    period = Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
    corrective = facturae_es.correction(
        ReasonCode.DISCOUNTS,
        CorrectionMethod.DIFFERENCES,
        period,
        number="5",
        issued_on=date(2026, 1, 15),
    )
    document = facturae_es.build(seller, buyer, "R1", DAY, [LINE], corrective=corrective)
    assert document.invoices[0].header.invoice_class is InvoiceClass.CORRECTIVE
    assert facturae_es.validate(facturae_es.write(document)).ok


def test_a_float_is_refused() -> None:
    with pytest.raises(ValidationError):
        facturae_es.Line(
            description="x",
            unit_price=0.1,  # type: ignore[arg-type]  # what the test is about
            taxes=(facturae_es.Tax(rate_percent=D(21)),),
        )


def test_records_are_frozen_and_refuse_unknown_fields(simple: Facturae) -> None:
    with pytest.raises(ValidationError):
        simple.signature = None
    with pytest.raises(ValidationError):
        facturae_es.Tax(rate_percent=D(21), rate=D(21))  # type: ignore[call-arg]  # unknown
