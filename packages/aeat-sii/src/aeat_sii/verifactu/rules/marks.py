"""What only the agency can decide, and which of our readings are not the document's own words."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["LEFT_TO_THE_AGENCY", "MARKS"]

LEFT_TO_THE_AGENCY: Mapping[str, str] = MappingProxyType(
    {
        "1109": "whether a NIF is in the census",
        "1110": "whether a NIF is in the census",
        "1121": "whether a VAT number is known",
        "1128": "whether the billing agreement exists",
        "1154": "whether the NIF of a rectified or substituted invoice is in the census",
        "1242": "whether the agreement of the system exists",
        "2001": "whether a recipient of kind 07 is in the census",
        "2007": "whether the agency already holds records of this system",
        "3000": "whether the agency already holds the record",
        "3001": "whether the record is already cancelled",
        "3002": "whether the agency holds the record that is amended",
        "3003": "whether the presenter may change the record",
        "3004": "whether the record was entered in the agency's own form",
        "4104": "whether the issuer of the header is in the census",
        "4105": "whether the representative is in the census",
        "4112": "whether the holder of the certificate may act for the issuer",
        "4122": "whether the request of the agency exists",
    }
)
"""Codes that only the agency can decide, with what it looks up."""

_CODE = "the document states the rule and names no code; this is the nearest"
_LIST = "only the agency's list of codes states the rule"
_TOTALS = "whether one line of an excepted regime frees the whole record is not said: here it does"
_RATES = "1235 and 1236 have one text; which is for 2 % and which for 7.5 % is not said"

MARKS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        [
            "1103",
            "1108",
            "1122",
            "1178",
            "1182",
            "1221",
            "1222",
            "1232",
            "1239",
            "1254",
            "1255",
            "4116",
            "4117",
            "4127",
            "4133",
        ],
        _CODE,
    )
    | dict.fromkeys(
        [
            "1126",
            "1131",
            "1138",
            "1191",
            "1192",
            "1195",
            "1196",
            "1281",
            "1282",
            "1284",
            "1290",
            "1292",
            "2008",
            "4129",
        ],
        _LIST,
    )
    | dict.fromkeys(("2005", "2006"), _TOTALS)
    | dict.fromkeys(("1235", "1236"), _RATES)
    | {
        "1125": "the same day of next year, or its 31 December, is not said: here the latter",
        "1165": "outside 2023-01-01 to 2024-09-30 nothing is said of a surcharge with 0 %",
        "1167": "the document sets no first day; the code says 2022-07-01, where the rate starts",
        "1245": "which clock decides about IPSI from 2027 is not said: here that of the submission",
        "1246": "which clock decides about IPSI from 2027 is not said: here that of the submission",
        "1259": "a recording issuer (E) is not excepted by the document; here it is",
        "2009": "a regime outside the list of IPSI has no code until 2027: it is not found here",
        "4114": "the document names no code for more than 1,000 records",
        "4120": "the code does not say that the form counts from 2027: here it always does",
    }
)
"""Codes whose rule is inferred or leaves something open, with what."""
