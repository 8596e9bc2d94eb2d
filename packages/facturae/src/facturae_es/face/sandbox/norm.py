"""UBL 2.1 and CII under FACe's CIUS, as the sandbox reads them.

Source: FACe, manual SOAP for suppliers 2.0.0, section 3 (formats). The identifier of the CIUS and
the form of the DIR3 units in the buyer reference are those that other programs write: its text was
not obtained. Whether FACe wants a signature on them is not known; none is asked for here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

__all__ = ["CIUS", "Norm", "norm_of"]

CIUS = "urn:cen.eu:en16931:2017#compliant#urn:face.gob.es:CIUS-ES-FACE:1.0.0"
"""The identifier of FACe's CIUS."""
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"
_PREFIXES = {
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "rsm": f"{_CII}CrossIndustryInvoice:100",
    "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_CII}UnqualifiedDataType:100",
}
_TRADE = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTrade"
_UNIT = re.compile(r"(0[1-9])\|([A-Z0-9]{1,10})", re.ASCII)

_PLACES: Mapping[str, Mapping[str, str]] = {
    f"{{{_UBL}Invoice-2}}Invoice": {
        "cius": "cbc:CustomizationID",
        "number": "cbc:ID",
        "issued_on": "cbc:IssueDate",
        "currency": "cbc:DocumentCurrencyCode",
        "units": "cbc:BuyerReference",
        "amount": "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
        "seller": "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName",
        "seller_nif": "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID",
        "buyer": "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName",
        "buyer_nif": "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID",
        "line": "cac:InvoiceLine",
    },
    f"{{{_CII}CrossIndustryInvoice:100}}CrossIndustryInvoice": {
        "cius": "rsm:ExchangedDocumentContext"
        "/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
        "number": "rsm:ExchangedDocument/ram:ID",
        "issued_on": "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString",
        "currency": f"{_TRADE}Settlement/ram:InvoiceCurrencyCode",
        "units": f"{_TRADE}Agreement/ram:BuyerReference",
        "amount": f"{_TRADE}Settlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
        "/ram:GrandTotalAmount",
        "seller": f"{_TRADE}Agreement/ram:SellerTradeParty/ram:Name",
        "seller_nif": f"{_TRADE}Agreement/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID",
        "buyer": f"{_TRADE}Agreement/ram:BuyerTradeParty/ram:Name",
        "buyer_nif": f"{_TRADE}Agreement/ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID",
        "line": "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",
    },
}


@dataclass(frozen=True, slots=True)
class Norm:
    """An invoice in UBL or CII.

    Args:
        values: What was read, by the keys of the table of places.
        centres: Code of a DIR3 unit by role.
        reasons: Why it cannot be taken.
    """

    values: Mapping[str, str]
    centres: Mapping[str, str]
    reasons: tuple[str, ...]


def norm_of(root: etree._Element) -> Norm | None:
    """Read an invoice in UBL or CII; nothing when the document is neither."""
    places = _PLACES.get(str(root.tag))
    if places is None:
        return None
    values = {
        key: (root.findtext(path, namespaces=_PREFIXES) or "").strip()
        for key, path in places.items()
        if key != "line"
    }
    reasons = [
        f"El documento no cumple el formato: falta {places[key]}"
        for key, value in values.items()
        if not value and key != "units"
    ]
    if root.find(places["line"], namespaces=_PREFIXES) is None:
        reasons.append(f"El documento no cumple el formato: falta {places['line']}")
    if values["cius"] and values["cius"] != CIUS:
        reasons.append(f"El formato no es el de FACe: {values['cius'][:120]}")
    units = _UNIT.findall(values["units"])
    joined = "|".join(f"{role}|{code}" for role, code in units)
    if values["units"] and joined != values["units"]:
        reasons.append("BuyerReference no tiene la forma 03|UT|02|OG|01|OC")
    return Norm(values, dict(units), tuple(reasons))
