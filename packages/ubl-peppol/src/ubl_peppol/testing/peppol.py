"""Documents at the edge of every rule of Peppol billing: our own, and their neighbours.

Each country has a document that its rules have nothing to say about (``_EDITS``), and values that
its rules ask for (``VALUES``).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from lxml import etree

from ubl_peppol import ubl
from ubl_peppol.model import Invoice
from ubl_peppol.testing.invoices import full_invoice, small_invoice
from ubl_peppol.testing.neighbours import Neighbour, neighbours

__all__ = ["ADDRESSES", "VALUES", "edges", "selfbilling_edges"]

_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_SELLER = "/*/cac:AccountingSupplierParty/cac:Party"
_BUYER = "/*/cac:AccountingCustomerParty/cac:Party"
_MEANS = "/*/cac:PaymentMeans"
_ACCOUNT = "cac:PayeeFinancialAccount"

_Edits = Mapping[str, str]
"""Path → text; a path that ends in ``@name`` sets an attribute, an empty text removes."""


def _at_path(root: etree._Element, path: str) -> list[etree._Element]:
    found = root.xpath(path, namespaces=_NAMES)
    nodes = found if isinstance(found, list) else []
    return [node for node in nodes if isinstance(node, etree._Element)]


def _edited(root: etree._Element, edits: _Edits) -> etree._Element:
    for path, text in edits.items():
        where, _, attribute = path.partition("/@")
        for element in _at_path(root, where) or [_made(root, where)]:
            parent = element.getparent()
            if attribute:
                element.set(attribute, text)
            elif text:
                element.text = text
            elif parent is not None:
                parent.remove(element)
    return root


def _made(root: etree._Element, path: str) -> etree._Element:
    above, _, name = path.rpartition("/")
    parents = [root] if above in ("", "/*") else _at_path(root, above) or [_made(root, above)]
    prefix, _, local = name.partition("[")[0].partition(":")
    return etree.SubElement(parents[0], f"{{{_NAMES[prefix]}}}{local}")


def _country(code: str) -> _Edits:
    address = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
    return {f"{_SELLER}/{address}": code, f"{_BUYER}/{address}": code}


_REFERENCE = "/*/cac:AdditionalDocumentReference"
_VAT = "cac:PartyTaxScheme/cbc:CompanyID"
_LEGAL = "cac:PartyLegalEntity/cbc:CompanyID"
_BASES: Mapping[str, _Edits] = MappingProxyType(
    {
        "NO": {
            **_country("NO"),
            f"{_SELLER}/{_VAT}": "NO987654325MVA",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cbc:CompanyID": "Foretaksregisteret",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID": "TAX",
        },
        "DK": {
            **_country("DK"),
            f"{_SELLER}/{_LEGAL}": "DK12345674",
            f"{_SELLER}/{_LEGAL}/@schemeID": "0184",
            f"{_BUYER}/{_LEGAL}": "DK12345674",
            f"{_BUYER}/{_LEGAL}/@schemeID": "0184",
            f"{_SELLER}/cac:PartyIdentification/cbc:ID": "1",
            f"{_SELLER}/cac:PartyIdentification/cbc:ID/@schemeID": "0088",
            f"{_MEANS}/cbc:PaymentMeansCode": "42",
            f"{_MEANS}/cbc:PaymentID": "01#1",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "12345678",
            f"{_MEANS}/{_ACCOUNT}/cac:FinancialInstitutionBranch/cbc:ID": "1234",
            f"{_MEANS}/cac:PaymentMandate/cbc:ID": "M1",
            f"{_MEANS}/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID": "12345678",
            "//cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode": "31161500",
            "//cac:CommodityClassification/cbc:ItemClassificationCode/@listID": "TST",
            "//cac:CommodityClassification/cbc:ItemClassificationCode/@listVersionID": "19.05.01",
            "/*/cac:AllowanceCharge/cbc:ChargeIndicator": "true",
            "/*/cac:AllowanceCharge/cbc:AllowanceChargeReasonCode": "ZZZ",
            "/*/cac:AllowanceCharge/cbc:AllowanceChargeReason": "0010",
        },
        "IT": {
            **_country("IT"),
            f"{_SELLER}/{_VAT}": "IT01234567890",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cbc:CompanyID": "RSSMRA80A01H501U",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID": "TAX",
            f"{_SELLER}/cac:PostalAddress/cbc:StreetName": "Via Roma, 1",
            f"{_SELLER}/cac:PostalAddress/cbc:PostalZone": "00100",
        },
        "SE": {
            **_country("SE"),
            f"{_SELLER}/{_VAT}": "SE556036079301",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cbc:CompanyID": "Godkänd för F-skatt",
            f"{_SELLER}/cac:PartyTaxScheme[2]/cac:TaxScheme/cbc:ID": "TAX",
            f"{_SELLER}/{_LEGAL}": "5560360793",
            f"{_MEANS}/cbc:PaymentMeansCode": "30",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "1234567",
            f"{_MEANS}/{_ACCOUNT}/cac:FinancialInstitutionBranch/cbc:ID": "SE:PLUSGIRO",
            "//cbc:Percent": "25",
        },
        "GR": {
            **_country("GR"),
            "/*/cbc:ID": "123456783|24/11/2026|1|1.1|A|1",
            f"{_SELLER}/{_VAT}": "EL123456783",
            f"{_BUYER}/{_VAT}": "EL123456783",
            f"{_SELLER}/cac:PartyName/cbc:Name": "Πωλητής",
            f"{_BUYER}/cac:PartyName/cbc:Name": "Αγοραστής",
            f"{_SELLER}/cbc:EndpointID": "123456783",
            f"{_SELLER}/cbc:EndpointID/@schemeID": "9933",
            f"{_BUYER}/cbc:EndpointID": "123456783",
            f"{_BUYER}/cbc:EndpointID/@schemeID": "9933",
            f"{_REFERENCE}[1]/cbc:ID": "400001",
            f"{_REFERENCE}[1]/cbc:DocumentDescription": "##M.AR.K##",
            f"{_REFERENCE}[2]/cbc:ID": "1",
            f"{_REFERENCE}[2]/cbc:DocumentDescription": "##INVOICE|URL##",
            f"{_REFERENCE}[2]/cac:Attachment/cac:ExternalReference/cbc:URI": "https://e.gr/1",
        },
        "IS": {
            **_country("IS"),
            f"{_SELLER}/{_LEGAL}": "1234567890",
            f"{_SELLER}/{_LEGAL}/@schemeID": "0196",
            f"{_BUYER}/{_LEGAL}": "1234567890",
            f"{_BUYER}/{_LEGAL}/@schemeID": "0196",
            f"{_SELLER}/cac:PostalAddress/cbc:StreetName": "Gata 1",
            f"{_SELLER}/cac:PostalAddress/cbc:PostalZone": "101",
            f"{_BUYER}/cac:PostalAddress/cbc:StreetName": "Gata 2",
            f"{_BUYER}/cac:PostalAddress/cbc:PostalZone": "102",
            f"{_MEANS}/cbc:PaymentMeansCode": "9",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "123456789012",
            "/*/cbc:DueDate": "2026-12-24",
            f"{_REFERENCE}/cbc:ID": "2026-12-31",
            f"{_REFERENCE}/cbc:DocumentDescription": "EINDAGI",
        },
        "NL": {
            **_country("NL"),
            **{
                f"{party}/cac:PostalAddress/cbc:{name}": "1"
                for party in (_SELLER, _BUYER, "/*/cac:TaxRepresentativeParty")
                for name in ("StreetName", "CityName", "PostalZone")
            },
            "/*/cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country/cbc:IdentificationCode": (
                "NL"
            ),
            f"{_SELLER}/{_VAT}": "NL123456789B01",
            f"{_SELLER}/{_LEGAL}": "12345678",
            f"{_SELLER}/{_LEGAL}/@schemeID": "0106",
            f"{_BUYER}/{_LEGAL}": "12345678901234567890",
            f"{_BUYER}/{_LEGAL}/@schemeID": "0190",
            f"{_MEANS}/cbc:PaymentMeansCode": "30",
            "/*/cac:OrderReference/cbc:ID": "1",
            "/*/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID": "1",
            "/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
            "/cac:OrderLineReference/cbc:LineID": "1",
        },
        "DE": {
            **_country("DE"),
            **{
                f"{party}/cac:PostalAddress/cbc:{name}": "12345"
                for party in (_SELLER, _BUYER)
                for name in ("CityName", "PostalZone")
            },
            f"{_SELLER}/cac:Contact/cbc:Name": "Name",
            f"{_SELLER}/cac:Contact/cbc:Telephone": "123",
            f"{_SELLER}/cac:Contact/cbc:ElectronicMail": "a@b.de",
            "/*/cac:Delivery/cac:DeliveryLocation/cac:Address/cbc:CityName": "1",
            "/*/cac:Delivery/cac:DeliveryLocation/cac:Address/cbc:PostalZone": "1",
            f"{_MEANS}/cbc:PaymentMeansCode": "58",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "DE89370400440532013000",
            "/*/cac:PaymentTerms/cbc:Note": "#SKONTO#TAGE=14#PROZENT=2.00#\n",
            f"{_REFERENCE}[1]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject": "YQ==",
            f"{_REFERENCE}[1]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename": "a",
            f"{_REFERENCE}[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject": "YQ==",
            f"{_REFERENCE}[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename": "b",
            f"{_REFERENCE}[3]/cac:Attachment/cac:ExternalReference/cbc:URI": "https://e.de",
            "/*/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID": "1",
        },
        "DE debit": {
            **_country("DE"),
            f"{_MEANS}/cbc:PaymentMeansCode": "59",
            f"{_MEANS}/cac:PaymentMandate/cbc:ID": "M1",
            f"{_MEANS}/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID": (
                "DE89370400440532013000"
            ),
            f"{_SELLER}/cac:PartyIdentification/cbc:ID": "DE98ZZZ09999999999",
            f"{_SELLER}/cac:PartyIdentification/cbc:ID/@schemeID": "SEPA",
        },
        "DE debit with account": {
            **_country("DE"),
            f"{_MEANS}/cbc:PaymentMeansCode": "59",
            f"{_MEANS}/cac:PaymentMandate/cbc:ID": "M1",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "DE89370400440532013000",
        },
        "DE card": {
            **_country("DE"),
            f"{_MEANS}/cbc:PaymentMeansCode": "48",
            f"{_MEANS}/cac:CardAccount/cbc:PrimaryAccountNumberID": "1234",
        },
        "DE untaxed": {
            **_country("DE"),
            f"{_SELLER}/cac:PartyTaxScheme": "",
            "//cac:ClassifiedTaxCategory/cbc:ID": "O",
        },
        "DK giro": {
            **_country("DK"),
            f"{_MEANS}/cbc:PaymentMeansCode": "50",
            f"{_MEANS}/cbc:PaymentID": "04#1234567890123456",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "12345678",
        },
        "DK fik": {
            **_country("DK"),
            f"{_MEANS}/cbc:PaymentMeansCode": "93",
            f"{_MEANS}/cbc:PaymentID": "71#123456789012345",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "12345678",
        },
        "DK debit": {
            **_country("DK"),
            f"{_MEANS}/cbc:PaymentMeansCode": "49",
            f"{_MEANS}/cac:PaymentMandate/cbc:ID": "M1",
            f"{_MEANS}/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID": "12345678",
        },
        "IS without due date": {
            **_country("IS"),
            "/*/cbc:DueDate": "",
            f"{_REFERENCE}/cbc:ID": "2026-12-31",
            f"{_REFERENCE}/cbc:DocumentDescription": "EINDAGI",
        },
        "NL unpaid": {**_country("NL"), _MEANS: ""},
        "SE bankgiro": {
            **_country("SE"),
            f"{_MEANS}/cbc:PaymentMeansCode": "30",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "1234567",
            f"{_MEANS}/{_ACCOUNT}/cac:FinancialInstitutionBranch/cbc:ID": "SE:BANKGIRO",
        },
        "IS transfer": {
            **_country("IS"),
            f"{_MEANS}/cbc:PaymentMeansCode": "42",
            f"{_MEANS}/{_ACCOUNT}/cbc:ID": "123456789012",
        },
    }
)

ADDRESSES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = MappingProxyType(
    {
        # Scheme → identifiers that fit, identifiers that do not.
        "0007": (("5560360793", " 5560360793 ", "2021005489"), ("5560360794", "556036079", "a")),
        "0088": (("8412345000010", "8412345000027", " 0 "), ("8412345000011", "x", "84123-5")),
        "0096": (("1234567890", "0000000000", "9999999999"), ("123456789", " 1234567890", "x")),
        "0106": (("12345678", " 12345678", "00000000"), ("1234567", "123456789", "x")),
        "0151": (("53004085616", "51824753556", " 53004085616"), ("53004085617", "5300", "x")),
        "0184": (("DK12345678", "12345678", "00000000"), ("DK1234567", " 12345678", "SE12345678")),
        "0190": (("1" * 20, "0" * 20, f" {'2' * 20}"), ("1" * 19, "1" * 21, "x")),
        "0192": (("987654325", " 987654325", "974760673"), ("987654321", "000000000", "x")),
        "0198": (
            ("DK12345678", "DK00000000", "DK99999999"),
            ("12345678", "DK1234567", "dk12345678"),
        ),
        "0201": (("ABC123", "abcdef", " 000000 "), ("ABC12", "ABC1234", "ABC12-")),
        "0208": (("0403170701", " 0403170701", "0428759497"), ("0403170702", "403170701", "x")),
        "0210": (
            ("01234567890", "RSSMRA80A01H501U", " 12345678901"),
            ("1", "0123456789X", "x" * 16),
        ),
        "0211": (("IT00743110157", "FR1", "00743110157"), ("IT00743110158", "it1", "ITX")),
        "0217": (("123456789012", " 123456789012", "0" * 12), ("12345678901", "1" * 13, "x")),
        "9907": (
            ("01234567890", "RSSMRA80A01H501U", "12345678901"),
            ("1", "0123456789X", "x" * 16),
        ),
        "9944": (
            ("NL123456789B01", " NL123456789B99", "NL000000000B00"),
            ("NL1", "123", "nl123456789B01"),
        ),
    }
)
_EXEMPTIONS: Mapping[str, str] = MappingProxyType(
    {"G": "G", "O": "O", "IC": "K", "AE": "AE", "D": "E", "F": "E", "I": "E", "J": "E"}
)

_SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
VALUES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "CustomizationID": ["urn:x", f"{_SPECIFICATION}::x", f" {_SPECIFICATION} ",
                            f"{_SPECIFICATION}#conformant#x", f"{_SPECIFICATION}.1"],
        "ProfileID": ["urn:x", "urn:peppol:bis:billing_with_response",
                      " urn:peppol:france:billing:regulated "],
        "InvoiceTypeCode": ["326", "384", "389", "875", "71", "381", "9"],
        "CreditNoteTypeCode": ["396", "261", "83", "384", "380", "9"],
        "DocumentCurrencyCode": ["USD", "NOK"], "TaxCurrencyCode": ["EUR", " EUR ", "NOK"],
        "IssueDate": ["2026-11-24Z", "2026-13-01", "24/11/2026"],
        "DueDate": ["2027-01-01", "2026-12-31"],
        "StartDate": ["2026-10-01", "2026-11-03"], "EndDate": ["2026-12-31", "2026-11-28"],
        "DescriptionCode": ["3", "432", "4", "x"],
        "ChargeIndicator": ["true", "false", "1", "yes"],
        "AllowanceChargeReasonCode": ["ZZZ", "41", "FC", "xx"],
        "AllowanceChargeReason": ["12345", "a#b", "#ab", "ab#", "abcd", "9999", "1e3"],
        "PaymentMeansCode": ["9", "30", "31", "42", "48", "49", "50", "54", "55", "56", "57", "58",
                             "59", "93", "97", "1", "4"],
        "PaymentID": ["01#1", "04#1", "15#1234567890123456", "71#1", "73#1", "75#12345678901234",
                      "75#123456789012345", "9", "04#12", "15#", "71#12", "75#1"],
        "IdentificationCode": ["ES", "DE", "SE", "NO", "GR"],
        "PartyTaxScheme/CompanyID": ["NO987654321MVA", "NO987654325", "SE1", "SE55603607930AB",
                                     "SE55603607930X",
                                     "SE5560360793", "EL123456784", "123456783", "IT1", "NL1",
                                     "NL123456789B01", "abc", "RSSMRA80A01H501", "A1234567890"],
        "TaxScheme/ID": ["TAX", "vat", " VAT "],
        "PartyLegalEntity/CompanyID": ["5560360794", "556036079X", "55603607930", "202100-5489",
                                       "2021005489"],
        "PayeeFinancialAccount/ID": ["1", "12", "123456", "12345678", "123456789", "12345678901",
                                     "x1234567", "ABCDEFGHIJKL", " 123456789012 ",
                                     "DE89370400440532013001", "de89 3704",
                                     "DE89 3704 0044 0532 0130 00"],
        "PayerFinancialAccount/ID": ["DE89370400440532013001", "1", "GB82WEST12345698765432"],
        "FinancialInstitutionBranch/ID": ["SE:BANKGIRO", "SE:PLUSGIRO", "x"],
        "Invoice/ID": ["1|2|3", "123456783|24/11/2026|1|1.1|A|1|", "123456784|24/11/2026|1|1.1|A|1",
                       "987654325|24/11/2026|1|1.1|A|1",
                       "123456783|25/11/2026|1|1.1|A|1", "123456783|2026-11-24|1|1.1|A|1",
                       "123456783||1|1.1|A|1", "123456783|24/11/2026|x|1.1|A|1",
                       "123456783|24/11/2026|-1|1.1|A|1", "123456783|24/11/2026||1.1|A|1",
                       "123456783|24/11/2026|0|9.9|A|1", "123456783|24/11/2026|0|1|A|1",
                       "123456783|24/11/2026|1|5.2||1", "123456783|24/11/2026|1|5.1|A|",
                       "123456783|24/11/2026|1||A|1", "|||||", "a", "x|x|x|x|x|x", " | | | | | "],
        "AdditionalDocumentReference/ID": ["0", "x", "12x", "2026-12-01", "2026-13-01", "2027"],
        "DocumentDescription": ["EINDAGI", "##M.AR.K##", "##INVOICE|URL##", "x"],
        "DocumentTypeCode": ["50", "130", "x"],
        "URI": ["e.de/x", "ftp:x", "x:", " ", "mailto:a"],
        "EndpointID": ["123456784", "1", "123456783x"],
        "Percent": ["6", "12", "25.0", "21", "0", "x"],
        "TaxCategory/ID": ["S", "Z", "E", "O"], "ClassifiedTaxCategory/ID": ["S", "Z", "E", "O"],
        "Telephone": ["12", "a1b2c3", "+49 30", "x"],
        "ElectronicMail": ["q@r.s", "a@b", "a@b.", "@b.de", "a@b@c.de", "a.b@c.d.de", "x"],
        "PaymentTerms/Note": ["#SKONTO#TAGE=14#PROZENT=2.00#", "#SKONTO#TAGE=14#PROZENT=2#\n",
                              "A\n#SKONTO#TAGE=1#PROZENT=2.00#BASISBETRAG=1.00#\n", "A", "#X#\n",
                              "#SKONTO#TAGE=1#PROZENT=2.00#\n#SKONTO#TAGE=1#PROZENT=1.00#\n"],
        "Amount": ["10.03", "9.99", "10.02", "0"], "BaseAmount": ["100.05", "22.01", "0"],
        "MultiplierFactorNumeric": ["10.01", "11", "0"],
        "PriceAmount": ["20.001", "20.01", "19", "0"], "BaseQuantity": ["0", "-1", "1", "2.0"],
        "InvoicedQuantity": ["10.001", "11"], "CreditedQuantity": ["10.001", "11"],
        "LineExtensionAmount": ["105.02", "105.03", "0"],
        "TaxAmount": ["-21.00", "-25.00", "0", "x"],
        "PayableAmount": ["-1", "-0.01", "-20.00", "0", "x"],
        "ItemClassificationCode": ["x"],
        "@listID": ["STI"], "@listVersionID": ["26.08.01", "26.0801", "19.0501", "1"],
        "@schemeID": ["0184", "0106", "0190", "0196", "9933", "SEPA", "0088", ""],
        "@mimeCode": ["application/pdf", "image/png", "text/xml", "x"],
        "@filename": ["a", "b", "c"], "@currencyID": ["USD", "EUR", "XX"],
        "@unitCode": ["C62", "HUR", "x"],
    }
)  # fmt: skip

_MAKERS: Mapping[str, tuple[Callable[..., Invoice], str]] = MappingProxyType(
    {"invoice": (small_invoice, "380"), "credit note": (small_invoice, "381")}
)


def _small(kind: str) -> etree._Element:
    make, code = _MAKERS[kind]
    return etree.fromstring(ubl.write(make(type_code=code)))


_NAME = re.compile(r"(?:cac|cbc):([A-Za-z]+)")
_GROUPS = frozenset({"AllowanceCharge", "PaymentMeans", "PayableAmount", "InvoiceTypeCode",
                     "CreditNoteTypeCode", "IssueDate", "PartyTaxScheme", "Percent", "TaxCategory",
                     "CityName", "BuyerReference"})  # fmt: skip
_CREDITED = frozenset({"DK", "NL", "NL unpaid", "SE", "IT", "DE debit"})
"""Countries whose credit notes are asked for something of their own."""


def edges() -> Iterator[Neighbour]:
    """Yield the documents of billing, each with the place that was changed in it."""
    yield from _common()
    for country, edits in _BASES.items():
        names = {name for path in edits for name in _NAME.findall(path)} | _GROUPS
        for kind in _MAKERS if country in _CREDITED else ("invoice",):
            root = _edited(_small(kind), edits)
            yield from neighbours(f"{country} {kind}", root, VALUES, only=names, most=3)


def selfbilling_edges() -> Iterator[Neighbour]:
    """Yield the documents of self-billing, each with the place that was changed in it."""
    for found in _common():
        xml = found.xml.replace("poacc:billing:", "poacc:selfbilling:")
        yield replace(found, xml=xml.replace("TypeCode>380<", "TypeCode>389<"))


def _common() -> Iterator[Neighbour]:
    for code in ("380", "381"):
        root = etree.fromstring(ubl.write(full_invoice(type_code=code)))
        yield from neighbours(f"full {code}", root, VALUES, most=3)
    for code in ("380", "381", "384"):
        root = etree.fromstring(ubl.write(small_invoice(type_code=code)))
        yield from neighbours(f"small {code}", _edited(root, {"/*/cac:OrderReference": ""}), VALUES)
    yield from _addresses()
    yield from _exemptions()


def _addresses() -> Iterator[Neighbour]:
    for scheme, (fitting, misfits) in ADDRESSES.items():
        for text in (*fitting, *misfits):
            root = _edited(
                _small("invoice"),
                {f"{_SELLER}/cbc:EndpointID": text, f"{_SELLER}/cbc:EndpointID/@schemeID": scheme},
            )
            xml = etree.tostring(root, encoding="unicode")
            yield Neighbour(f"address {scheme}", f"says {text!r}", xml)


def _exemptions() -> Iterator[Neighbour]:
    category = "//cac:TaxSubtotal/cac:TaxCategory"
    for reason, wanted in _EXEMPTIONS.items():
        codes = (f"VATEX-EU-{reason}", f"vatex-eu-{reason.lower()}", f"VATEX-EU-{reason}X")
        for code in codes:
            for given in (wanted, "S", "Z", f" {wanted} "):
                edits = {
                    f"{category}/cbc:ID": given,
                    f"{category}/cbc:TaxExemptionReasonCode": code,
                }
                xml = etree.tostring(_edited(_small("invoice"), edits), encoding="unicode")
                yield Neighbour(f"exemption {reason}", f"{code} with {given!r}", xml)
