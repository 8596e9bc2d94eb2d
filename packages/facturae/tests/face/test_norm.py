"""FACe takes UBL and CII under its CIUS, and the sandbox reads them as the manuals say."""

from collections.abc import Callable
from typing import Any

import pytest

from facturae_es.face import (
    Client,
    DuplicateError,
    Environment,
    RefusedError,
    Rest,
    Soap,
    Submission,
)
from facturae_es.face.sandbox import RELATIONS, Service

Connect = Callable[..., Client]
CIUS = "urn:cen.eu:en16931:2017#compliant#urn:face.gob.es:CIUS-ES-FACE:1.0.0"
OFFICE, BODY, UNIT = RELATIONS[0].codes
UNITS = f"03|{UNIT}|02|{BODY}|01|{OFFICE}"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"


def ubl(number: str = "17", cius: str = CIUS, units: str = UNITS) -> bytes:
    def party(side: str, nif: str, name: str) -> str:
        return (
            f"<cac:Accounting{side}Party><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>ES{nif}"
            "</cbc:CompanyID></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>"
            f"{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"
            f"</cac:Accounting{side}Party>"
        )

    return (
        f'<Invoice xmlns="{_UBL}Invoice-2" xmlns:cac="{_UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{_UBL}CommonBasicComponents-2">'
        f"<cbc:CustomizationID>{cius}</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>"
        "<cbc:IssueDate>2026-06-30</cbc:IssueDate>"
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"<cbc:BuyerReference>{units}</cbc:BuyerReference>"
        f"{party('Supplier', 'B12345674', 'Ejemplos Inventados, S.L.')}"
        f"{party('Customer', 'P9900001J', 'Ayuntamiento Inventado')}"
        '<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">121.00'
        "</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal><cac:InvoiceLine/></Invoice>"
    ).encode()


def cii(number: str = "18") -> bytes:
    def party(side: str, nif: str, name: str) -> str:
        return (
            f"<ram:{side}TradeParty><ram:Name>{name}</ram:Name><ram:SpecifiedTaxRegistration>"
            f"<ram:ID>ES{nif}</ram:ID></ram:SpecifiedTaxRegistration></ram:{side}TradeParty>"
        )

    return (
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{_CII}CrossIndustryInvoice:100" '
        f'xmlns:ram="{_CII}ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{_CII}UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>'
        f"<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{CIUS}</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:IssueDateTime>"
        '<udt:DateTimeString format="102">20260630</udt:DateTimeString></ram:IssueDateTime>'
        "</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>"
        "<ram:IncludedSupplyChainTradeLineItem/><ram:ApplicableHeaderTradeAgreement>"
        f"<ram:BuyerReference>{UNITS}</ram:BuyerReference>"
        f"{party('Seller', 'B12345674', 'Ejemplos Inventados, S.L.')}"
        f"{party('Buyer', 'P9900001J', 'Ayuntamiento Inventado')}"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>"
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>121.00"
        "</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        "</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>"
        "</rsm:CrossIndustryInvoice>"
    ).encode()


@pytest.mark.parametrize("kind", [Rest, Soap])
@pytest.mark.parametrize(("content", "number"), [(ubl(), "17"), (cii(), "18")], ids=["ubl", "cii"])
def test_both_syntaxes_are_registered_once(
    kind: Any,
    content: bytes,
    number: str,
    environment: Environment,
    connect: Connect,
    service: Service,
) -> None:
    api = kind(environment)
    sent = Submission(f"{number}.xml", content, "ana@example.org")
    invoice = connect(api).call(api.submit(sent))
    (held,) = service.register.all()
    assert held.content == content
    assert (held.document.number, held.document.issued_on) == (number, "2026-06-30")
    assert invoice.is_that_of(sent.identity)
    with pytest.raises(DuplicateError):
        connect(api).call(api.submit(sent))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ubl(cius="urn:cen.eu:en16931:2017"), "no es el de FACe"),
        (ubl(units="REF-1"), "BuyerReference"),
        (ubl(units=f"03|{UNIT}"), "Falta el centro"),
        (ubl().replace(b"<cac:InvoiceLine/>", b""), "InvoiceLine"),
        (ubl().replace(b"2026-06-30", b""), "IssueDate"),
    ],
    ids=["cius", "units", "one unit", "no line", "no date"],
)
def test_what_lacks_something_is_refused(
    content: bytes, reason: str, environment: Environment, connect: Connect
) -> None:
    api = Rest(environment)
    with pytest.raises(RefusedError, match=reason):
        connect(api).call(api.submit(Submission("17.xml", content, "ana@example.org")))
