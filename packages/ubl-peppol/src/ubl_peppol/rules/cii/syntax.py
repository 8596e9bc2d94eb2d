"""What CII may hold of an invoice of EN 16931 (CII-SR-, CII-DT-).

The norm uses a part of CII. The rules are the rows of ``syntax.csv``, found in one walk; those that
compare values have a function here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from lxml import etree

from einvoice_core.findings import (
    MAX_FINDINGS,
    Breach,
    Finding,
    Report,
    RuleSet,
    Severity,
    Undecided,
)
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import Value, collapse, location_of, string_of
from ubl_peppol.rules.cii._common import CII_RELEASE
from ubl_peppol.rules.cii._places import Row, Walked, rows, walk
from ubl_peppol.syntax_cii import RAM, RSM, UDT

__all__ = ["SyntaxRules", "syntax"]

_MESSAGES = {
    "absent": "EN 16931 does not use {path} here: leave it out.",
    "at most one": "{path} occurs {count} times here: keep one.",
    "exactly one": "{path} occurs {count} times here: it must be there once.",
    "present": "{path} is missing here: add it.",
}
_REQUIREMENTS = {
    "absent": "{path} is not there, because the norm has no term for it.",
    "at most one": "{path} occurs at most once.",
    "exactly one": "{path} occurs exactly once.",
    "present": "{path} is there.",
}
_DAY = re.compile(r"\s*\d{4}(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])\s*")
_FLAG = f"{{{RAM}}}ChargeIndicator"
_AMOUNT = f"{{{RAM}}}ActualAmount"
_REFERENCES = f"{{{RAM}}}AdditionalReferencedDocument"
_ACCOUNT = f"{{{RAM}}}PayeePartyCreditorFinancialAccount"
_QUANTITY = (
    f"{{{RSM}}}SupplyChainTradeTransaction/{{{RAM}}}IncludedSupplyChainTradeLineItem/"
    f"{{{RAM}}}SpecifiedLineTradeDelivery/{{{RAM}}}BilledQuantity"
)


class SyntaxRules(RuleSet[Reading]):
    """The rules of one walk: only those with something to say are asked."""

    def validate(self, document: Reading, limit: int = MAX_FINDINGS) -> Report:
        """Run every rule on a document, as :meth:`RuleSet.validate` does."""
        found = _walked(document)
        concerned = {*found.breaches, *found.judged}
        findings: list[Finding] = []
        for rule_id, rule in self._rules.items():
            if rule_id not in concerned:
                continue
            for finding in rule.apply(document):
                if len(findings) >= limit:
                    return Report(tuple(findings), (self.name,), truncated=True)
                findings.append(finding)
        return Report(tuple(findings), (self.name,))


def _walked(invoice: Reading) -> Walked:
    return invoice.remember("cii syntax", lambda reading: walk(reading.root))


def _judged(invoice: Reading) -> Mapping[str, list[etree._Element]]:
    return _walked(invoice).judged


def _place(element: etree._Element) -> Value:
    return Value("", element)


def _absent(row: Row, invoice: Reading) -> Iterator[Breach]:
    for element, attribute in _walked(invoice).breaches.get(row.id, ()):
        yield Breach(at=Value("", element, attribute), path=row.path)


def _counted(row: Row, invoice: Reading) -> Iterator[Breach]:
    path = "/".join(row.steps)
    for element in _judged(invoice).get(row.id, ()):
        found = element.findall(path)
        count = len(found)
        most, least = (1, 1) if row.kind == "exactly one" else (1, 0)
        if row.kind == "present":
            most, least = MAX_FINDINGS, 1
        if not least <= count <= most:
            yield Breach(at=_place(found[1] if count > 1 else element), path=row.path, count=count)


_Own = Callable[[etree._Element], Iterator[Breach]]
_OWN: dict[str, tuple[_Own, str]] = {}


def _own(*rules: str, message: str) -> Callable[[_Own], _Own]:
    def register(check: _Own) -> _Own:
        for rule in rules:
            _OWN[rule] = (check, message)
        return check

    return register


def _all(element: etree._Element, *names: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{{RAM}}}{name}" for name in names))


def _types(element: etree._Element) -> list[str]:
    return [string_of(child) for child in _all(element, "TypeCode")]


def _one_type(element: etree._Element) -> str:
    """Return the type code collapsed; two of them cannot be collapsed into one."""
    found = _all(element, "TypeCode")
    if len(found) > 1:
        raise Undecided(location_of(found[1]), "the type code occurs twice here: keep one")
    return collapse(string_of(found[0])) if found else ""


@_own("CII-SR-046", message="The identifier of the item (BT-157) has no schemeID: add it.")
def _scheme(element: etree._Element) -> Iterator[Breach]:
    """The standard identifier of an item has a scheme."""
    found = _all(element, "GlobalID")
    if found and all(entry.get("schemeID") is None for entry in found):
        yield Breach(at=_place(found[0]))


@_own("CII-SR-090", message="The country of origin (BT-159) has {count} codes: give one.")
def _origin(element: etree._Element) -> Iterator[Breach]:
    """A country of origin is one code."""
    found = _all(element, "OriginTradeCountry")
    count = len(_all(element, "OriginTradeCountry", "ID"))
    if found and count != 1:
        yield Breach(at=_place(found[0]), count=count)


@_own(
    "CII-SR-119",
    message="The discount of the price has {what}: give the indicator false and the amount.",
)
def _discount(element: etree._Element) -> Iterator[Breach]:
    """A price discount has an indicator that says false, and an amount; or neither."""
    applied = _all(element, "GrossPriceProductTradePrice", "AppliedTradeAllowanceCharge")
    flags = [flag for entry in applied for flag in entry.iterchildren(_FLAG)]
    amounts = [amount for entry in applied for amount in entry.iterchildren(_AMOUNT)]
    says_no = False
    for flag in flags:
        for indicator in flag.iterchildren(f"{{{UDT}}}Indicator"):
            if not says_no:
                says_no = not Value(string_of(indicator), indicator).boolean
    if not (says_no and amounts) and (flags or amounts):
        what = "no amount" if says_no else "no indicator that says false"
        yield Breach(at=_place((flags or amounts)[0]), what=what)


def _many_of(code: str, collapsed: bool, element: etree._Element) -> Iterator[Breach]:
    found = [
        reference
        for reference in element.iterchildren(_REFERENCES)
        if (_one_type(reference) == code if collapsed else code in _types(reference))
    ]
    if len(found) > 1:
        yield Breach(at=_place(found[1]), count=len(found), code=code)


for _rule, _code, _collapsed in (
    ("CII-SR-474", "130", True),
    ("CII-SR-457", "50", False),
    ("CII-SR-458", "130", False),
):
    _own(_rule, message="There are {count} references of type {code}: keep one.")(
        partial(_many_of, _code, _collapsed)
    )


def _many_in_supporting(name: str, element: etree._Element) -> Iterator[Breach]:
    found = [
        child
        for reference in element.iterchildren(_REFERENCES)
        if _one_type(reference) == "916"
        for child in _all(reference, name)
    ]
    if len(found) > 1:
        yield Breach(at=_place(found[1]), count=len(found), name=name)


for _rule, _name in (("CII-SR-475", "Name"), ("CII-SR-476", "AttachmentBinaryObject")):
    _own(_rule, message="The supporting documents (916) have {count} times {name}: keep one.")(
        partial(_many_in_supporting, _name)
    )


def _two_identifiers(party: str, element: etree._Element) -> Iterator[Breach]:
    plain, schemed = _all(element, party, "ID"), _all(element, party, "GlobalID")
    if plain and schemed:
        yield Breach(at=_place(plain[0]))


for _rule, _party in (
    ("CII-SR-450", "BuyerTradeParty"),
    ("CII-SR-449", "ShipToTradeParty"),
    ("CII-SR-451", "PayeeTradeParty"),
):
    _own(_rule, message="There is an ID and a GlobalID here: keep one.")(
        partial(_two_identifiers, _party)
    )


def _two_names(party: str, element: etree._Element) -> Iterator[Breach]:
    persons = _all(element, party, "DefinedTradeContact", "PersonName")
    if persons and _all(element, party, "DefinedTradeContact", "DepartmentName"):
        yield Breach(at=_place(persons[0]))


for _rule, _party in (("CII-SR-465", "SellerTradeParty"), ("CII-SR-466", "BuyerTradeParty")):
    _own(_rule, message="The contact has a person and a department: keep one as its name.")(
        partial(_two_names, _party)
    )


def _anywhere(element: etree._Element, *names: str) -> list[etree._Element]:
    root = element.getroottree().getroot()
    path = "/".join(f"{{{RAM}}}{name}" for name in names)
    return root.findall(f".//{path}")


@_own("CII-SR-462", message="The tax point codes (BT-8) {codes} differ: use one throughout.")
def _one_tax_point_code(element: etree._Element) -> Iterator[Breach]:
    """All breakdowns have the same tax point code."""
    found = _anywhere(element, "ApplicableTradeTax", "DueDateTypeCode")
    codes = {string_of(code): code for code in found}
    if len(codes) > 1:
        yield Breach(at=_place(found[1]), codes=", ".join(sorted(codes)))


@_own("CII-SR-470", message="A credit transfer names no account (BT-84): add IBAN or identifier.")
def _account(element: etree._Element) -> Iterator[Breach]:
    """Every credit transfer names the account to pay to."""
    for means in _all(element, "SpecifiedTradeSettlementPaymentMeans"):
        accounts = list(means.iterchildren(_ACCOUNT))
        if _one_type(means) in ("30", "58") and not any(
            _all(entry, "IBANID") or _all(entry, "ProprietaryID") for entry in accounts
        ):
            yield Breach(at=_place(means))


def _differing(name: str, element: etree._Element) -> Iterator[Breach]:
    found = _anywhere(element, "SpecifiedTradeSettlementPaymentMeans", name)
    texts = [collapse(string_of(entry)) for entry in found]
    for entry, text in zip(found, texts, strict=True):
        if text != texts[0]:
            yield Breach(at=_place(entry), name=name, first=texts[0], other=text)
            return


for _rule, _name in (("CII-SR-467", "TypeCode"), ("CII-SR-468", "Information")):
    _own(_rule, message="The payment means have the {name} {first!r} and {other!r}: use one.")(
        partial(_differing, _name)
    )


@_own("CII-SR-469", message="The remittance text (BT-83) occurs {count} times: keep one.")
def _one_remittance(element: etree._Element) -> Iterator[Breach]:
    """There is one remittance text."""
    found = _anywhere(element, "ApplicableHeaderTradeSettlement", "PaymentReference")
    if len(found) > 1:
        yield Breach(at=_place(found[1]), count=len(found))


def _only_for(name: str, codes: tuple[str, ...], element: etree._Element) -> Iterator[Breach]:
    found = _all(element, name)
    if found and not (
        element.tag == _REFERENCES and any(code in codes for code in _types(element))
    ):
        yield Breach(at=_place(found[0]), name=name, codes=", ".join(codes))


for _rule, _name, _codes in (
    ("CII-DT-015", "URIID", ("916",)),
    ("CII-DT-018", "TypeCode", ("50", "130", "916")),
    ("CII-DT-021", "Name", ("916",)),
    ("CII-DT-022", "AttachmentBinaryObject", ("916",)),
    ("CII-DT-024", "ReferenceTypeCode", ("130",)),
):
    _own(
        _rule,
        message="Only an additional document of type {codes} has {name}: leave it out here.",
    )(partial(_only_for, _name, _codes))


@_own("CII-DT-033", message="The quantity has a unit, but no line says its own unit (BT-130).")
def _unit(element: etree._Element) -> Iterator[Breach]:
    """A quantity has a unit only when a line says the unit of what it bills."""
    if element.get("unitCode") is not None:
        root = element.getroottree().getroot()
        if all(found.get("unitCode") is None for found in root.iterfind(_QUANTITY)):
            yield Breach(at=_place(element))


@_own(
    "CII-DT-037", message="The type of this tax is {code!r}: in an invoice of the norm it is VAT."
)
def _vat(element: etree._Element) -> Iterator[Breach]:
    """The type of a tax is VAT."""
    found = _types(element)
    if found and "VAT" not in found:
        yield Breach(at=_place(element), code=found[0])


@_own("CII-DT-097", message="{text!r} is not a day: write it like 20261231.")
def _date(element: etree._Element) -> Iterator[Breach]:
    """A day in format 102 is a year, a month and a day."""
    text = string_of(element)
    if element.get("format") == "102" and not _DAY.fullmatch(text):
        yield Breach(at=_place(element), text=text[:40])


def _by_function(row: Row, check: _Own, invoice: Reading) -> Iterator[Breach]:
    for element in _judged(invoice).get(row.id, ()):
        yield from check(element)


def _filled() -> SyntaxRules:
    found = SyntaxRules(CII_RELEASE, "en16931-cii-syntax")
    for row in rows():
        severity = Severity(row.severity)
        if row.kind == "own":
            own, message = _OWN[row.id]
            check = partial(_by_function, row, own)
        elif row.kind == "absent":
            check, message = partial(_absent, row), _MESSAGES["absent"]
        else:
            check, message = partial(_counted, row), _MESSAGES[row.kind]
        check.__doc__ = _requirement(row)
        found.rule(row.id, message=message, severity=severity)(check)
    return found


def _requirement(row: Row) -> str:
    if row.kind != "own":
        return _REQUIREMENTS[row.kind].format(path=row.path)
    check, message = _OWN[row.id]
    function = check.func if isinstance(check, partial) else check
    return function.__doc__ or message.replace("{", "").replace("}", "")


syntax: SyntaxRules = _filled()
"""The rules of CII-SR and CII-DT."""
