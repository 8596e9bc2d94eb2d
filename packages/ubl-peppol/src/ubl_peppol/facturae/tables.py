"""What a code of Facturae is in EN 16931, for both directions."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from facturae_es.codes import AttachmentFormat, PaymentMeans, RoleType, TaxType, UnitOfMeasure

__all__ = [
    "DIR3",
    "MEANS",
    "MIME",
    "MUTUALLY_DEFINED",
    "TAXES",
    "UNITS",
    "VAT_ADDRESSES",
    "countries",
]

# UNECE Recommendations 20 and 21 (packages, with X before them).
UNITS = {
    UnitOfMeasure.UNIT: "C62",
    UnitOfMeasure.HOUR: "HUR",
    UnitOfMeasure.KILOGRAM: "KGM",
    UnitOfMeasure.LITRE: "LTR",
    UnitOfMeasure.OTHER: "ZZ",
    UnitOfMeasure.BOX: "XBX",
    UnitOfMeasure.TRAY: "XDS",
    UnitOfMeasure.BARREL: "XBA",
    UnitOfMeasure.JERRICAN: "XJY",
    UnitOfMeasure.BAG: "XBG",
    UnitOfMeasure.CARBOY: "XCO",
    UnitOfMeasure.BOTTLE: "XBO",
    UnitOfMeasure.CANISTER: "XCI",
    UnitOfMeasure.CENTILITRE: "CLT",
    UnitOfMeasure.CENTIMETRE: "CMT",
    UnitOfMeasure.BIN: "XBI",
    UnitOfMeasure.DOZEN: "DZN",
    UnitOfMeasure.CASE: "XCS",
    UnitOfMeasure.DEMIJOHN: "XDJ",
    UnitOfMeasure.GRAM: "GRM",
    UnitOfMeasure.KILOMETRE: "KMT",
    UnitOfMeasure.CAN: "XCA",
    UnitOfMeasure.BUNCH: "XBH",
    UnitOfMeasure.METRE: "MTR",
    UnitOfMeasure.MILLIMETRE: "MMT",
    UnitOfMeasure.PACKAGE: "XPK",
    UnitOfMeasure.PORTION: "PTN",
    UnitOfMeasure.ROLL: "XRO",
    UnitOfMeasure.ENVELOPE: "XEN",
    UnitOfMeasure.TUB: "XTB",
    UnitOfMeasure.CUBIC_METRE: "MTQ",
    UnitOfMeasure.SECOND: "SEC",
    UnitOfMeasure.WATT: "WTT",
    UnitOfMeasure.KILOWATT_HOUR: "KWH",
}

TAXES = {TaxType.IVA: "S", TaxType.IGIC: "L", TaxType.IPSI: "M"}
"""Kind of tax to VAT category, where a rate is due."""

# Facturae -> UNCL 4461, where a code means the same.
MEANS = {
    PaymentMeans.CASH: "10",
    PaymentMeans.DIRECT_DEBIT: "49",
    PaymentMeans.CREDIT_TRANSFER: "30",
    PaymentMeans.ACCEPTED_BILL_OF_EXCHANGE: "44",
    PaymentMeans.BILL_OF_EXCHANGE: "24",
    PaymentMeans.CHEQUE: "23",
    PaymentMeans.POSTGIRO: "50",
    PaymentMeans.CERTIFIED_CHEQUE: "25",
    PaymentMeans.BANKERS_DRAFT: "22",
    PaymentMeans.CARD: "54",
}
MUTUALLY_DEFINED = "ZZZ"

MIME = {
    AttachmentFormat.PDF: "application/pdf",
    AttachmentFormat.JPG: "image/jpeg",
}

DIR3 = (RoleType.PAYER, RoleType.RECEIVER, RoleType.FISCAL)
"""Units of the Spanish administrations in the order processing, managing, accounting."""

# Electronic address schemes (EAS) for VAT numbers, where the country has one in the Peppol list.
VAT_ADDRESSES = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930",
    "EE": "9931", "ES": "9920", "FR": "9957", "GB": "9932", "GR": "9933", "HR": "9934",
    "HU": "9910", "IE": "9935", "IT": "0211", "LT": "9937", "LU": "9938", "LV": "9939",
    "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SI": "9949",
    "SK": "9950",
}  # fmt: skip


@cache
def countries() -> Mapping[str, str]:
    """Return the codes of three letters (Facturae) and those of two (EN 16931)."""
    file = resources.files("ubl_peppol").joinpath("facturae/countries.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
