"""Which VAT taxes the rules of a category judge in CII."""

from collections.abc import Iterable

from lxml import etree

from ubl_peppol.reading import GroupReading, Reading, Value
from ubl_peppol.rules.cii._common import children
from ubl_peppol.rules.cii.arithmetic import with_category

__all__ = ["ids", "of_breakdown", "taxes_of_category"]

_ORDER = ("AE", "L", "M", "E", "G", "K", "O", "S", "Z")
"""The order of the published rules: the first that fits a tax judges it."""
_PREFIX = {
    "AE": "AE", "L": "AF", "M": "AG", "E": "E", "G": "G", "K": "IC", "O": "O", "S": "S", "Z": "Z",
}  # fmt: skip


def ids(number: str, codes: Iterable[str] = _ORDER) -> dict[str, str]:
    return {f"BR-{_PREFIX[code]}-{number}": code for code in codes}


def _category_of(group: GroupReading) -> str:
    """Return the category whose rules judge a tax; two types are judged by none."""
    kinds = group.values("tax")
    if len(kinds) != 1 or kinds[0].text.upper() != "VAT":
        return ""
    codes = group.texts("category")
    return next((known for known in _ORDER if known in codes), "")


def taxes_of_category(invoice: Reading, code: str, where: str) -> list[GroupReading]:
    """Return the taxes of lines, allowances or charges that the rules of a category judge."""
    return invoice.remember("cii taxes", _by_category).get((where, code), [])


def _by_category(invoice: Reading) -> dict[tuple[str, str], list[GroupReading]]:
    found: dict[tuple[str, str], list[GroupReading]] = {}
    for group in invoice.groups("item-tax"):
        if code := _category_of(group):
            found.setdefault(("line", code), []).append(group)
    for group in invoice.groups("entry-tax"):
        entry = group.element.getparent()
        code = _category_of(group)
        if not code or entry is None:
            continue
        for where in ("allowance", "charge"):
            if _says_quietly(entry, charge=where == "charge"):
                found.setdefault((where, code), []).append(group)
    return found


def _says_quietly(entry: etree._Element, *, charge: bool) -> bool:
    """Whether an entry says what it is; a pattern that cannot be evaluated does not fit."""
    if not str(entry.tag).endswith("}SpecifiedTradeAllowanceCharge"):
        return False
    wanted = ("true", "1") if charge else ("false", "0")
    other = ("false", "0") if charge else ("true", "1")
    texts = [
        value.collapsed
        for flag in children(entry, "ChargeIndicator")
        for value in (
            Value(child.text or "", child) for child in flag.element.iterchildren("{*}Indicator")
        )
    ]
    for text in texts:
        if text in wanted:
            # One that says both is an allowance: that rule comes first.
            return not charge or not any(said in other for said in texts)
        if text not in other:
            return False
    return False


def of_breakdown(invoice: Reading, code: str) -> list[GroupReading]:
    """Return the breakdowns that the rules of a category judge."""
    if code in ("S", "Z"):
        return [group for group in invoice.groups("BG-23") if code in group.texts("BT-118")]
    return with_category(invoice, code)
