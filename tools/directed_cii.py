"""Search the directed suite of the CII rules: pairs of documents, one fires and one does not.

As ``tools/directed.py`` does for UBL; the rules on what must not be there need no search, their
pairs are made of the table::

    python tools/directed_cii.py
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ubl_peppol.reading import read
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.rules.cii._places import rows
from ubl_peppol.testing.cii_bases import cii_bases
from ubl_peppol.testing.edits import Edit, Pair, apply, edits_of, write_pairs

Edits = tuple[Edit, ...]
TARGET = Path("packages/ubl-peppol/tests/conformance/directed/en16931-cii.csv")
WANTED = 3
HEAD = """\
# Directed suite of EN16931-CII: rule, base document, edits that make it fire, edits that do not.
# Written by tools/directed_cii.py.
"""
TEXTS = (
    "", "  ", "XX", "1.234", "-7.00", "0", "999999.00", "20160101", "21991231", "20161301", "S",
    "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "vat", "30", "58", "130", "50", "916", "380",
    "EUR", "IT", "true", "false", "12345678901234",
)  # fmt: skip
_TX = "/*/rsm:SupplyChainTradeTransaction"
_AGREEMENT = f"{_TX}/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TX}/ram:ApplicableHeaderTradeSettlement"
_SUMMATION = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_MEANS = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"
_ACCOUNT = f"{_MEANS}/ram:PayeePartyCreditorFinancialAccount"
_LINE = f"{_TX}/ram:IncludedSupplyChainTradeLineItem[1]/ram:SpecifiedLineTradeSettlement"
_TAX = f"{_SETTLEMENT}/ram:ApplicableTradeTax"
_CONTRACT = f"{_AGREEMENT}/ram:ContractReferencedDocument"
_FULL = ("full 380", "full 381", "full 384")
_ORGANIZATION = f"{_AGREEMENT}/ram:SellerTradeParty/ram:SpecifiedLegalOrganization"
_SELLER = "Talleres Ejemplo, S.L."


def _edits(*lines: str) -> tuple[Edit, ...]:
    found = []
    for line in lines:
        verb, path, *value = line.split(" ", 2)
        found.append(Edit(verb, path, "".join(value)))
    return tuple(found)


def _once_more(names: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...], Edits, Edits]]:
    for rule, name in names.items():
        once = f"add {_SUMMATION} ram:{name}=1"
        yield rule, _FULL, _edits(once, once), _edits(once)


_TWICE = {
    "CII-SR-483": "InformationAmount",
    "CII-SR-485": "TotalDiscountAmount",
    "CII-SR-486": "TotalAllowanceChargeAmount",
    "CII-SR-488": "RetailValueExcludingTaxInformationAmount",
    "CII-SR-489": "TotalDepositFeeInformationAmount",
    "CII-SR-490": "ProductValueExcludingTobaccoTaxInformationAmount",
    "CII-SR-491": "TotalRetailValueInformationAmount",
    "CII-SR-492": "GrossLineTotalAmount",
    "CII-SR-493": "NetLineTotalAmount",
    "CII-SR-494": "NetIncludingTaxesLineTotalAmount",
}
_POINT = f"add {_TAX} ram:TaxPointDate/udt:DateString=20261124"
_DROP_CODE = f"drop {_TAX}/ram:DueDateTypeCode"
# Rules for which one plain edit is not enough: bases, edits that make it fire, edits that do not.
BY_HAND: tuple[tuple[str, tuple[str, ...], Edits, Edits], ...] = (
    *_once_more(_TWICE),
    (
        "BR-50",
        _FULL,
        _edits(f"text {_MEANS}/ram:TypeCode 30", f"text {_ACCOUNT}/ram:IBANID"),
        _edits(f"text {_ACCOUNT}/ram:IBANID"),
    ),
    (
        "BR-61",
        _FULL,
        _edits(f"text {_MEANS}/ram:TypeCode 58", f"drop {_ACCOUNT}/ram:IBANID"),
        _edits(f"drop {_ACCOUNT}/ram:IBANID"),
    ),
    (
        "CII-SR-470",
        _FULL,
        _edits(f"text {_MEANS}/ram:TypeCode 58", f"drop {_ACCOUNT}"),
        _edits(f"drop {_ACCOUNT}"),
    ),
    (
        "BR-17",
        _FULL,
        _edits(f"text {_SETTLEMENT}/ram:PayeeTradeParty/ram:Name {_SELLER}"),
        _edits(f"text {_SETTLEMENT}/ram:PayeeTradeParty/ram:Name {_SELLER[:-1]}"),
    ),
    *(
        (
            rule,
            _FULL,
            _edits(f"drop {entry}/ram:Reason", f"drop {entry}/ram:ReasonCode"),
            _edits(f"drop {entry}/ram:Reason"),
        )
        for number, rules in ((1, ("BR-42", "BR-CO-23")), (2, ("BR-44", "BR-CO-24")))
        for entry in [f"{_LINE}/ram:SpecifiedTradeAllowanceCharge[{number}]"]
        for rule in rules
    ),
    ("BR-CO-03", _FULL, _edits(_POINT), _edits(_POINT, _DROP_CODE)),
    *(
        (
            rule,
            _FULL,
            _edits(f"drop {period}/ram:StartDateTime", f"drop {period}/ram:EndDateTime"),
            _edits(f"drop {period}/ram:StartDateTime"),
        )
        for rule, period in (
            ("BR-CO-19", f"{_SETTLEMENT}/ram:BillingSpecifiedPeriod"),
            ("BR-CO-20", f"{_LINE}/ram:BillingSpecifiedPeriod"),
        )
    ),
    *(
        (
            rule,
            bases,
            _edits(f"add {_SETTLEMENT} ram:RateApplicablePercent={rate}"),
            _edits(
                f"add {_SETTLEMENT} ram:RateApplicablePercent={rate}",
                f"add {_SETTLEMENT} ram:BasisAmount=175.00",
            ),
        )
        for rule, code, rate in (("BR-AF-08", "L", "7"), ("BR-AG-08", "M", "4"))
        for bases in [(f"{code} 380", f"{code} 381")]
    ),
    *(
        (
            rule,
            (f"{code} 380",),
            _edits(
                f"add {_SETTLEMENT} ram:RateApplicablePercent={rate}",
                f"add {_SETTLEMENT} ram:BasisAmount=175.01",
            ),
            _edits(
                f"add {_SETTLEMENT} ram:RateApplicablePercent={rate}",
                f"add {_SETTLEMENT} ram:BasisAmount=175",
            ),
        )
        for rule, code, rate in (("BR-AF-08", "L", "7"), ("BR-AG-08", "M", "4"))
    ),
    *(
        (
            rule,
            _FULL,
            _edits(f"add {place} ram:{name}=X"),
            _edits(f"add {place} ram:{name}X=X"),
        )
        for rule, place, name in (
            ("CII-SR-450", f"{_AGREEMENT}/ram:BuyerTradeParty", "ID"),
            ("CII-SR-449", f"{_TX}/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty", "ID"),
            ("CII-SR-451", f"{_SETTLEMENT}/ram:PayeeTradeParty", "GlobalID"),
            (
                "CII-SR-465",
                f"{_AGREEMENT}/ram:SellerTradeParty/ram:DefinedTradeContact",
                "DepartmentName",
            ),
            (
                "CII-SR-466",
                f"{_AGREEMENT}/ram:BuyerTradeParty/ram:DefinedTradeContact",
                "DepartmentName",
            ),
            ("CII-DT-015", _CONTRACT, "URIID"),
            ("CII-DT-018", _CONTRACT, "TypeCode"),
            ("CII-DT-021", _CONTRACT, "Name"),
            ("CII-DT-022", _CONTRACT, "AttachmentBinaryObject"),
            ("CII-DT-024", _CONTRACT, "ReferenceTypeCode"),
        )
    ),
    ("CII-SR-461", _FULL, _edits(_POINT, _POINT), _edits(_POINT)),
    (
        "CII-SR-462",
        _FULL,
        _edits(f"double {_TAX}", f"text {_TAX}/ram:DueDateTypeCode 72"),
        _edits(f"double {_TAX}"),
    ),
    (
        "CII-SR-467",
        _FULL,
        _edits(f"double {_MEANS}", f"text {_MEANS}/ram:TypeCode 30"),
        _edits(f"double {_MEANS}"),
    ),
    (
        "CII-SR-468",
        _FULL,
        _edits(f"double {_MEANS}", f"text {_MEANS}/ram:Information Otro"),
        _edits(f"double {_MEANS}"),
    ),
    (
        "CII-SR-471",
        _FULL,
        _edits(
            f"add {_LINE}/ram:SpecifiedTradeAllowanceCharge ram:RateApplicablePercent=1",
            f"add {_LINE}/ram:SpecifiedTradeAllowanceCharge ram:RateApplicablePercent=1",
        ),
        _edits(f"add {_LINE}/ram:SpecifiedTradeAllowanceCharge ram:RateApplicablePercent=1"),
    ),
    (
        "BR-CL-11",
        _FULL,
        _edits(f"set {_ORGANIZATION}/ram:ID/@schemeID XX"),
        _edits(f"set {_ORGANIZATION}/ram:ID/@schemeID 0002"),
    ),
    (
        "BR-CL-22",
        ("E 380", "AE 381", "G 380"),
        _edits(f"add {_TAX} ram:ExemptionReasonCode=XX"),
        _edits(f"add {_TAX} ram:ExemptionReasonCode=VATEX-EU-132"),
    ),
)


def fired(xml: str) -> frozenset[str] | None:
    """Return the ids that fire, or nothing where the official run may stop."""
    reading = read(etree.fromstring(xml.encode()))
    report = en16931_cii.validate(reading)
    if reading.unreadable or report.undecided:
        return None
    return frozenset(finding.rule for finding in report.findings)


def search() -> dict[str, list[Pair]]:
    """Return the pairs by rule."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for rule, names, fires, near_miss in BY_HAND:
        pairs[rule].extend(Pair(rule, name, fires, near_miss) for name in names)
    for name, xml in cii_bases().items():
        before = fired(xml) or frozenset()
        places: dict[str, list[Edit]] = defaultdict(list)
        for edit in edits_of(xml, TEXTS):
            places[edit.path.partition("/@")[0]].append(edit)
        for edits in places.values():
            judged = {edit: fired(apply(xml, (edit,))) for edit in edits}
            known = {edit: ids for edit, ids in judged.items() if ids is not None}
            for edit, ids in known.items():
                for rule in sorted(ids - before):
                    mine = pairs[rule]
                    if len(mine) >= WANTED or sum(pair.base == name for pair in mine) >= 2:
                        continue
                    near: list[tuple[Edit, ...]] = [
                        (other,) for other, found in known.items() if rule not in found
                    ]
                    used = {pair.near for pair in mine}
                    fresh = [other for other in near if other not in used] or near or [()]
                    mine.append(Pair(rule, name, (edit,), fresh[len(mine) % len(fresh)]))
        print(f"{name}: {len(pairs)} rules", file=sys.stderr)
    return pairs


def main() -> None:
    """Search and write."""
    made = {row.id for row in rows() if row.kind == "absent"}
    pairs = {rule: found for rule, found in search().items() if rule not in made}
    write_pairs(TARGET, pairs, HEAD)
    few = {rule: len(found) for rule, found in pairs.items() if len(found) < WANTED}
    missing = [rule for rule in en16931_cii.rules if rule not in pairs and rule not in made]
    print(f"{len(pairs)} rules; fewer than {WANTED}: {few}; none: {missing}")


if __name__ == "__main__":
    main()
