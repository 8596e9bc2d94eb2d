from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

import facturae_es
from einvoice_core.records import RawXml
from einvoice_core.xml.errors import DocumentRefused
from facturae_es.codes import TaxType, UnitOfMeasure
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.structure import check

Change = Callable[[Facturae, str, object], Facturae]

LINE = "invoices[0].lines[0]"
EXTENSIONS = "<Extensions xmlns:e='urn:example'>{}</Extensions>"
FACEB2B = (
    "<b:FaceB2BExtension "
    "xmlns:b='http://www.facturae.es/Facturae/Extensions/FaceB2BExtensionv1_1'>{}"
    "</b:FaceB2BExtension>"
)
CORREOS = (
    "<c:CorreosExtension xmlns:c='http://www.facturae.es/Facturae/Extensions/Correos'>"
    "<Version>1.0</Version><Trazability><Trace><Zone>{}</Zone>"
    "<DeliveryNote><Date>2026-01-01</Date></DeliveryNote></Trace></Trazability>"
    "</c:CorreosExtension>"
)
UNITS = (
    "<buyerCentres><receiverAdministrativeCentre><code>{}</code></receiverAdministrativeCentre>"
    "</buyerCentres>"
)

FAULTS = {
    "too long": ("invoices[0].header.number", "x" * 21, "S01"),
    "too short": ("parties.seller.tax_identification.nif", "X1", "S01"),
    "not of exact length": (
        "parties.seller.legal_entity.address_in_spain.post_code", "2801", "S01",
    ),
    "not digits": ("parties.seller.legal_entity.address_in_spain.post_code", "2801A", "S02"),
    "too many decimals": (f"{LINE}.unit_price", Decimal("1.123456789"), "S03"),
    "not two decimals": (
        "invoices[0].taxes_outputs[0].surcharge_percent", Decimal("5.123"), "S03",
    ),
    "unknown country": ("parties.seller.legal_entity.address_in_spain.country", "XKX", "S04"),
    "unknown currency": ("invoices[0].issue_data.currency", "BTC", "S04"),
    "unknown language": ("invoices[0].issue_data.language", "zz", "S04"),
    "both of a choice": ("parties.seller.individual", "copy", "S06"),
    "none of a choice": ("parties.seller.legal_entity", None, "S06"),
    "no line": ("invoices[0].lines", (), "S07"),
    "another version": ("file_header.schema_version", "3.2.1", "S08"),
    "unknown extension": (f"{LINE}.extensions", EXTENSIONS.format("<e:x/>"), "S09"),
    "text in extensions": (f"{LINE}.extensions", EXTENSIONS.format("text"), "S09"),
    "attribute of extensions": (f"{LINE}.extensions", "<Extensions a=''/>", "S09"),
    "incomplete extension": (
        f"{LINE}.extensions", EXTENSIONS.format(FACEB2B.format("")), "S09",
    ),
    "long code in extension": (
        f"{LINE}.extensions", EXTENSIONS.format(FACEB2B.format(UNITS.format("x" * 31))), "S01",
    ),
    "long zone in extension": (
        f"{LINE}.extensions", EXTENSIONS.format(CORREOS.format("x" * 129)), "S01",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_found(
    path: str, value: object, rule: str, rich: Facturae, simple: Facturae, change: Change
) -> None:
    if value == "copy":
        wrong = change(simple, path, rich.parties.seller.individual)
    else:
        value = RawXml(value) if path.endswith("extensions") else value
        wrong = change(simple, path, value)
    findings = list(check(wrong, Version.V3_2_2))
    assert [finding.rule for finding in findings] == [f"FACTURAE-{rule}"]
    assert findings[0].path.startswith("/fe:Facturae")
    if rule != "S08":
        with pytest.raises(DocumentRefused) as caught:
            facturae_es.write(wrong)
        assert caught.value.findings == tuple(findings)


RIGHT = {
    "published extension": EXTENSIONS.format(FACEB2B.format(UNITS.format("ESB00000000"))),
    "traces": EXTENSIONS.format(CORREOS.format("Centro")),
    "empty": "<Extensions/>",
}


@pytest.mark.parametrize("value", RIGHT.values(), ids=RIGHT.keys())
def test_published_extensions_are_allowed_and_kept(
    value: str, simple: Facturae, change: Change
) -> None:
    right = change(simple, f"{LINE}.extensions", RawXml(value))
    assert list(check(right, Version.V3_2_2)) == []
    again = facturae_es.read(facturae_es.write(right))
    assert again.invoices[0].lines[0].extensions is not None


def test_elements_are_younger_than_a_version(rich: Facturae) -> None:
    rules = [f.rule for f in check(rich, Version.V3_2_1) if f.rule != "FACTURAE-S08"]
    # InvoiceDescription, InvoiceIssueDate and PaymentInKind.
    assert rules == ["FACTURAE-S05"] * 3


@pytest.mark.parametrize(
    ("path", "value", "first"),
    [
        (f"{LINE}.taxes_outputs[0].tax_type", TaxType.IPS, Version.V3_2_1),
        (f"{LINE}.unit", UnitOfMeasure.KILOWATT_HOUR, Version.V3_2_2),
    ],
)
def test_codes_are_younger_than_a_version(
    path: str, value: object, first: Version, simple: Facturae, change: Change
) -> None:
    young = change(simple, path, value)
    for version in Version:
        found = any(f.rule == "FACTURAE-S04" for f in check(young, version))
        assert found == (list(Version).index(version) < list(Version).index(first))


def test_amounts_have_the_decimals_of_3_2(simple: Facturae) -> None:
    rules = {f.rule for f in check(simple, Version.V3_2)}
    assert rules == {"FACTURAE-S03", "FACTURAE-S08"}
    converted = facturae_es.read(facturae_es.write(simple, "3.2"))
    assert list(check(converted, Version.V3_2)) == []


def test_a_finding_has_path_and_line(simple: Facturae, change: Change) -> None:
    wrong = change(simple, "parties.buyer.administrative_centres[1].centre_code", "x" * 11)
    xml = facturae_es.write(wrong, check=False, indent=True)
    (finding,) = facturae_es.examine(xml).report.findings
    assert finding.path == (
        "/fe:Facturae/Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre[2]/CentreCode"
    )
    assert finding.line is not None
    assert b"x" * 11 in xml.split(b"\n")[finding.line - 1]
    assert finding.source.startswith("Facturae 3.2.2")
