"""Every check that a document alone decides: a document that passes and one that fails."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from ubl_peppol import spfe, ubl25
from ubl_peppol.errors import UnknownDocumentError
from ubl_peppol.spfe import Charge, Correction, LineInput, SpfeParty
from ubl_peppol.spfe.building import Collected, Withheld
from ubl_peppol.ubl25.nodes import _tags

SELLER = SpfeParty("B12345674", "Suministros SL", "Calle Uno, 1", "Madrid", "28001", "Madrid")
BUYER = SpfeParty("A76543214", "Compras SA", "Calle Dos, 2", "Barcelona", "08001", "Barcelona")
LINE = LineInput("Servicio", Decimal(2), Decimal("50.00"))
IBAN = "ES9121000418450200051332"
Edit = Callable[[etree._Element], None]


def invoice(**changes: object) -> bytes:
    """Build a document without a fault."""
    given: dict[str, object] = {
        "number": "A-1",
        "issued_on": date(2027, 11, 3),
        "due_on": date(2027, 12, 3),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": [LINE],
        "account": IBAN,
    }
    return ubl25.write(spfe.build(**{**given, **changes}))  # type: ignore[arg-type]  # a test's own


def plain() -> bytes:
    return invoice()


def rich() -> bytes:
    """Build a document with a bit of everything."""
    lease = LineInput(
        "Local", Decimal(1), Decimal("100.00"), regimes=(("IVA", "11"),),
        cadastral_reference=("9872023VH5797S0001WX", "01"),
        charges=(Charge(Decimal("5.00"), "Descuento"), Charge(Decimal("3.00"), "Porte", True)),
    )  # fmt: skip
    return invoice(
        lines=[LINE, lease],
        charges=[Charge(Decimal("10.00"), "Descuento"),
                 Charge(Decimal("2.00"), "Impuesto", True, other_tax="IEE",
                        other_tax_base=Decimal("40.00"), other_tax_rate=Decimal(5))],
        withholdings=[Withheld(Decimal(15))],
        collected=[Collected(Decimal("7.00"), "Tasa"),
                   Collected(Decimal("1.00"), "IEDMT", "IEDMT")],
        qr=("VERIFACTU", "https://example.es/qr?nif=B12345674"),
        authorisations=[("123", None)],
        notes=[("REG", "Texto")],
        period=(date(2027, 10, 1), date(2027, 10, 31)),
        accrued_on=date(2027, 10, 31),
        paid_on=date(2027, 11, 1),
        third_party=("12345678Z", "Ana"),
    )  # fmt: skip


def corrective() -> bytes:
    return invoice(
        correction=Correction("R4", "S", Decimal("100.00"), Decimal("21.00")),
        corrects=[("A-0", date(2027, 10, 1))],
    )


def local() -> bytes:
    """Build a document of the Canary Islands between parties named by their NIF."""
    line = LineInput(
        "Obra", Decimal(1), Decimal("100.00"), vat_category="L", vat_rate=Decimal(7),
        regimes=(("IGIC", "01"),),
    )  # fmt: skip
    seller = SpfeParty("B12345674", "S", "C", "Telde", "35200", "Las Palmas", has_vat_id=False)
    buyer = SpfeParty("A76543214", "B", "C", "Arona", "38640", "Tenerife", has_vat_id=False)
    return invoice(lines=[line], seller=seller, buyer=buyer)


def exempt(category: str = "E") -> bytes:
    line = LineInput("X", Decimal(1), Decimal("100.00"), vat_category=category, vat_rate=Decimal(0))
    return invoice(lines=[line], exemptions=[(category, "VATEX-EU-132", "Artículo 20")])


def reverse() -> bytes:
    return exempt("AE")


def surcharged() -> bytes:
    line = LineInput("X", Decimal(1), Decimal("100.00"), surcharge_percent=Decimal("5.2"))
    return invoice(lines=[line])


def at(root: etree._Element, path: str) -> etree._Element:
    found = root.find("/".join(_tags(path)))
    assert found is not None, path
    return found


def put(path: str, text: str) -> Edit:
    def edit(root: etree._Element) -> None:
        at(root, path).text = text

    return edit


def drop(path: str) -> Edit:
    def edit(root: etree._Element) -> None:
        element = at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def double(path: str) -> Edit:
    def edit(root: etree._Element) -> None:
        element = at(root, path)
        element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))

    return edit


def mark(path: str, name: str, value: str) -> Edit:
    def edit(root: etree._Element) -> None:
        at(root, path).set(name, value)

    return edit


def where(path: str, code: str, inner: str, text: str | None) -> Edit:
    """Change or drop something in the first element whose identifier is a code."""

    def edit(root: etree._Element) -> None:
        for element in root.iterfind("/".join(_tags(path))):
            if element.findtext("/".join(_tags("cbc:ID"))) == code:
                target = element if not inner else at(element, inner)
                if text is None:
                    parent = target.getparent()
                    assert parent is not None
                    parent.remove(target)
                else:
                    target.text = text
                return
        raise AssertionError(code)

    return edit


def embed(root: etree._Element) -> None:
    reference = at(root, "cac:AdditionalDocumentReference")
    attachment = etree.SubElement(reference, "/".join(_tags("cac:Attachment")))
    file = etree.SubElement(attachment, "/".join(_tags("cbc:EmbeddedDocumentBinaryObject")))
    file.text = "QUJD"
    file.set("mimeCode", "text/plain")


def in_dollars(root: etree._Element) -> None:
    at(root, "cbc:DocumentCurrencyCode").text = "USD"


def add_row(root: etree._Element) -> None:
    row = at(root, "cac:TaxTotal/cac:TaxSubtotal")
    copy = etree.fromstring(etree.tostring(row, with_tail=False))
    at(copy, "cac:TaxCategory/cbc:Percent").text = "10"
    row.addnext(copy)


S, B = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
L, R, D = "cac:InvoiceLine", "cac:TaxTotal/cac:TaxSubtotal", "cac:AdditionalDocumentReference"
C, W = "cac:CollectionInvoiceLine", "cac:WithholdingTaxTotal"
P = "cac:Item/cac:AdditionalItemProperty"
T = "cac:LegalMonetaryTotal"

CASES: list[tuple[str, Callable[[], bytes], Edit]] = [
    ("001", plain, double("cbc:IssueDate")),
    ("002", plain, put("cbc:CustomizationID", "urn:cen.eu:en16931:2017")),
    ("003", plain, put("cbc:ProfileID", "otro")),
    ("004", rich, embed),
    ("005", plain, drop("cbc:ID")),
    ("006", plain, put("cbc:InvoiceTypeCode", "381")),
    ("007", plain, in_dollars),
    ("008", rich, put("cbc:TaxPointDate", "2027-11-03")),
    ("009", rich, put("cac:PrepaidPayment/cbc:PaidDate", "2027-11-04")),
    ("010", plain, drop("cbc:DueDate")),
    ("012", rich, put("cac:Annotation/cbc:AnnotationContent", "")),
    ("020", plain, drop(f"{S}/cac:PartyTaxScheme")),
    ("021", plain, put(f"{S}/cac:PartyTaxScheme/cbc:CompanyID", "ESB12345675")),
    ("022", local, mark(f"{S}/cac:PartyTaxScheme/cbc:CompanyID", "schemeID", "XX")),
    ("023", local, put(f"{S}/cac:PartyLegalEntity/cbc:CompanyID", "A76543214")),
    ("024", plain, drop(f"{B}/cac:PartyTaxScheme")),
    ("025", plain, put(f"{B}/cac:PartyTaxScheme/cbc:CompanyID", "FR123")),
    ("026", local, put(f"{B}/cac:PartyTaxScheme/cbc:CompanyID", "ESA76543214")),
    ("027", plain, drop(f"{S}/cac:PartyLegalEntity/cbc:RegistrationName")),
    ("028", plain, drop(f"{B}/cac:PostalAddress/cbc:StreetName")),
    ("029", plain, drop(f"{S}/cac:PostalAddress/cbc:CountrySubentity")),
    ("030", rich, put(f"{S}/cac:ServiceProviderParty/cbc:ServiceTypeCode", "Otro")),
    ("032", rich, put("cbc:InvoiceTypeCode", "389")),
    ("040", plain, drop(f"{L}/cac:Item/cbc:Name")),
    ("041", plain, double(L)),
    ("042", plain, drop(f"{L}/{P}")),
    ("043", plain, put(f"{L}/{P}/cbc:Value", "99")),
    ("044", local, put(f"{L}/{P}/cbc:ValueQualifier", "IVA")),
    ("045", rich, where(L, "2", f"{P}/cbc:Name", "RCAT")),
    ("046", plain, put(f"{L}/{P}/cbc:Value", "11")),
    ("047", plain, put(f"{L}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "K")),
    ("048", rich, drop(f"{L}/cac:AllowanceCharge/cbc:AllowanceChargeReason")),
    (
        "049",
        rich,
        put(f"{L}/cac:AllowanceCharge/cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode", ""),
    ),
    ("050", rich, drop("cac:AllowanceCharge/cbc:AllowanceChargeReason")),
    ("051", rich, put("cac:AllowanceCharge/cac:TaxTotal/cbc:TaxAmount", "3.00")),
    ("053", reverse, put(f"{R}/cbc:TaxAmount", "1.00")),
    ("054", plain, put(f"{L}/cbc:LineExtensionAmount", "100.03")),
    ("060", plain, drop(f"{R}/cac:TaxCategory/cbc:Percent")),
    ("061", plain, add_row),
    ("062", plain, put(f"{R}/cbc:TaxAmount", "22.00")),
    ("063", surcharged, put(f"{L}/cbc:ID", "1")),
    ("064", plain, put(f"{T}/cbc:LineExtensionAmount", "100.01")),
    ("065", plain, put("cac:TaxTotal/cbc:TaxAmount", "21.01")),
    ("066", plain, put(f"{T}/cbc:TaxInclusiveAmount", "121.01")),
    ("067", plain, put(f"{T}/cbc:PayableAmount", "121.01")),
    ("068", rich, drop(f"{C}/cac:Item/cbc:Description")),
    ("069", rich, drop(W)),
    ("070", rich, put(f"{W}/cbc:TaxAmount", "1.00")),
    ("071", rich, put(f"{W}/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID", "VAT")),
    ("072", rich, where(C, "RETE", "cbc:TaxInclusiveLineExtensionAmount", "1.00")),
    ("080", rich, where(D, "AUT", "cbc:ID", "RARO")),
    ("081", corrective, where(D, "RECT:TIPO", "", None)),
    ("082", corrective, put("cbc:InvoiceTypeCode", "380")),
    ("083", corrective, where(D, "RECT:MODALIDAD", "cbc:DocumentTypeCode", "I")),
    ("084", corrective, drop("cac:BillingReference")),
    ("085", corrective, drop("cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate")),
    ("086", rich, where(D, "QR", "cbc:UUID", "example.es")),
    ("087", rich, where(D, "QR", "cbc:DocumentDescription", "OTRO")),
    ("088", rich, where(D, "AUT", "cbc:UUID", "")),
    ("089", plain, put("cac:PaymentMeans/cbc:PaymentMeansCode", "XX")),
    ("090", plain, put("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", IBAN[:-1] + "3")),
    ("091", rich, put("cac:InvoicePeriod/cbc:EndDate", "2027-09-30")),
    ("092", plain, put(f"{R}/cbc:TaxAmount", "21.001")),
    ("106", plain, put(f"{S}/cac:PartyTaxScheme/cbc:CompanyID", "ESB12345675")),
]


def _wrong_surcharge(root: etree._Element) -> None:
    for rate in root.iterfind("/".join(_tags(f"{R}/cac:TaxCategory/cbc:Percent"))):
        if rate.text == "5.2":
            rate.text = "5.3"


def _unreasoned(root: etree._Element) -> None:
    for name in ("TaxExemptionReason", "TaxExemptionReasonCode"):
        drop(f"{R}/cac:TaxCategory/cbc:{name}")(root)


def _taxed_disbursement(root: etree._Element) -> None:
    line = at(root, C)
    taxes = etree.fromstring(etree.tostring(at(root, "cac:TaxTotal"), with_tail=False))
    line.insert(2, taxes)


CASES = [case for case in CASES if case[0] != "063"] + [
    ("063", surcharged, _wrong_surcharge),
    ("052", exempt, _unreasoned),
    ("073", rich, _taxed_disbursement),
]


@pytest.mark.parametrize("make", [plain, rich, corrective, local, exempt, reverse, surcharged])
def test_a_built_invoice_has_no_finding(make: Callable[[], bytes]) -> None:
    assert spfe.validate(make()).findings == ()


@pytest.mark.parametrize(("number", "make", "edit"), CASES, ids=[case[0] for case in CASES])
def test_a_wrong_document_fires_its_check(
    number: str, make: Callable[[], bytes], edit: Edit
) -> None:
    root = etree.fromstring(make())
    edit(root)
    fired = {each.rule: each for each in spfe.validate(etree.tostring(root)).findings}
    found = fired[f"ES-SPFE-{number}"]
    assert found.path
    assert found.source.endswith(f"({spfe.facts()[found.rule].trust})")
    assert not found.undecided


def test_every_check_that_a_document_decides_has_a_case() -> None:
    asked = {
        fact.id
        for fact in spfe.facts().values()
        if fact.decided_from == "document" and fact.scope in ("invoice", "submission")
    }
    # 112 is about a signature that may be there, so no document fails it.
    asked -= {"ES-SPFE-112"}
    assert asked == set(spfe.invoice_rules.rules)
    assert asked == {f"ES-SPFE-{number}" for number, _, _ in CASES}


def test_readings_change_the_verdict() -> None:
    root = etree.fromstring(invoice(withholdings=[Withheld(Decimal(15))]))
    where(C, "RETE", "cbc:TaxInclusiveLineExtensionAmount", "15.00")(root)
    xml = etree.tostring(root)
    assert not spfe.validate(xml).ok
    assert spfe.validate(xml, readings=spfe.Readings(reductions="positive")).findings == ()


@pytest.mark.parametrize(
    "edit",
    [
        put(f"{T}/cbc:PayableAmount", "mucho"),
        put("cbc:IssueDate", "ayer"),
        put(f"{L}/cac:Price/cbc:PriceAmount", "1e3"),
        put(f"{L}/cac:Price/cbc:PriceAmount", "9" * 5000),
        put(f"{L}/cbc:LineExtensionAmount", "9" * 5000),
        drop(T),
    ],
)
def test_bad_values_are_findings(edit: Edit) -> None:
    root = etree.fromstring(plain())
    edit(root)
    assert not spfe.validate(etree.tostring(root)).ok


def test_ubl_2_1_is_judged_and_not_taken() -> None:
    root = etree.fromstring(plain())
    put("cbc:CustomizationID", "urn:cen.eu:en16931:2017")(root)
    fired = {each.rule for each in spfe.validate(etree.tostring(root)).findings}
    assert fired == {"ES-SPFE-002"}


def test_another_root_is_refused() -> None:
    with pytest.raises(UnknownDocumentError):
        spfe.validate(b"<CreditNote xmlns='urn:x'/>")


def test_two_withholdings_of_different_kinds_and_negative_lines() -> None:
    both = [Withheld(Decimal(15)), Withheld(Decimal(19), Decimal("40.00"), "02")]
    xml = invoice(
        lines=[LINE, LineInput("Abono", Decimal(-1), Decimal("20.00"))], withholdings=both
    )
    assert spfe.validate(xml).findings == ()


@pytest.mark.long
def test_ten_thousand_lines() -> None:
    assert spfe.validate(invoice(lines=[LINE] * 10_000)).findings == ()
