"""The conditions that the path table of CII names in brackets: questions about one element."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lxml import etree

from ubl_peppol.reading.values import Value, string_of
from ubl_peppol.syntax_cii import RAM, RSM, UDT

__all__ = ["CII_CONDITIONS"]

_TYPE = f"{{{RAM}}}TypeCode"
_INDICATOR = (f"{{{RAM}}}ChargeIndicator", f"{{{UDT}}}Indicator")
_SETTLEMENT = f"{{{RSM}}}SupplyChainTradeTransaction/{{{RAM}}}ApplicableHeaderTradeSettlement"
_CURRENCY = f"{_SETTLEMENT}/{{{RAM}}}InvoiceCurrencyCode"
_ACCOUNTING = f"{_SETTLEMENT}/{{{RAM}}}TaxCurrencyCode"


def _type_is(*codes: str) -> Callable[[etree._Element], bool]:
    def condition(element: etree._Element) -> bool:
        return any(string_of(child) in codes for child in element.iterchildren(_TYPE))

    return condition


def _scheme_is(scheme: str) -> Callable[[etree._Element], bool]:
    return lambda element: element.get("schemeID") == scheme


def _charge_is(wanted: bool) -> Callable[[etree._Element], bool]:
    def condition(element: etree._Element) -> bool:
        return any(
            Value(string_of(indicator), indicator).boolean is wanted
            for flag in element.iterchildren(_INDICATOR[0])
            for indicator in flag.iterchildren(_INDICATOR[1])
        )

    return condition


def _currencies(element: etree._Element, path: str) -> set[str]:
    return {string_of(code) for code in element.getroottree().getroot().findall(path)}


def _in_invoice_currency(element: etree._Element) -> bool:
    currency = element.get("currencyID")
    return currency is None or currency in _currencies(element, _CURRENCY)


def _in_tax_currency(element: etree._Element) -> bool:
    return not _in_invoice_currency(element) and element.get("currencyID") in _currencies(
        element, _ACCOUNTING
    )


def _value_added_tax(element: etree._Element) -> bool:
    return any(string_of(child).upper() == "VAT" for child in element.iterchildren(_TYPE))


CII_CONDITIONS: Mapping[str, Callable[[etree._Element], bool]] = MappingProxyType(
    {
        "discount": _charge_is(False),
        "surcharge": _charge_is(True),
        "tender-document": _type_is("50"),
        "object-document": _type_is("130"),
        "supporting-document": lambda element: not _type_is("50", "130")(element),
        "transfer": _type_is("30", "58"),
        "value-added": _scheme_is("VA"),
        "fiscal": _scheme_is("FC"),
        "invoice-currency": _in_invoice_currency,
        "tax-currency": _in_tax_currency,
        "value-added-tax": _value_added_tax,
        "plain": lambda element: element.get("schemeID") is None,
        "day": lambda element: element.get("format") == "102",
    }
)
"""Name in the path table → condition."""
