"""Search the directed suite of a set of rules: pairs of documents, one fires and one does not.

Every plain edit of the base documents is judged by our rules; for each id up to three edits on
which it fires are kept, from different bases where possible, each with another edit at the same
place on which it is silent. The official side judges the pairs in the conformance run::

    python tools/directed.py
"""

import sys
from collections import defaultdict
from pathlib import Path

from lxml import etree

from ubl_peppol.reading import read
from ubl_peppol.reading.table import outside_rows
from ubl_peppol.rules import en16931
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.edits import Edit, Pair, apply, edits_of, write_pairs

TARGET = Path("packages/ubl-peppol/tests/conformance/directed/en16931-ubl.csv")
WANTED = 3
HEAD = """\
# Directed suite of EN16931-UBL: rule, base document, edits that make it fire, edits that do not.
# Written by tools/directed.py.
"""


_LINE = "/*/*[self::cac:InvoiceLine|self::cac:CreditNoteLine][1]"
_TAX = f"{_LINE}/cac:TaxTotal/cbc:TaxAmount"
_MEANS = "/*/cac:PaymentMeans"
_REASON, _CODE = "cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode"
_DUE = "cac:PaymentMeans/cbc:PaymentDueDate=2026-12-31"
_CATEGORY = "/*/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
_FULL = ("full 380", "full 381", "full 384")
# Rules for which one plain edit is not enough: bases, edits that make it fire, edits that do not.
BY_HAND: tuple[tuple[str, tuple[str, ...], tuple[Edit, ...], tuple[Edit, ...]], ...] = (
    *(
        (
            rule,
            _FULL,
            (Edit("drop", f"{place}/{_REASON}"), Edit("drop", f"{place}/{_CODE}")),
            (Edit("drop", f"{place}/{_REASON}"),),
        )
        for number, rules in ((1, ("BR-42", "BR-CO-23")), (2, ("BR-44", "BR-CO-24")))
        for place in [f"{_LINE}/cac:AllowanceCharge[{number}]"]
        for rule in rules
    ),
    (
        "BR-50",
        _FULL,
        (
            Edit("text", f"{_MEANS}/cbc:PaymentMeansCode", "30"),
            Edit("drop", f"{_MEANS}/cac:PayeeFinancialAccount/cbc:ID"),
        ),
        (Edit("drop", f"{_MEANS}/cac:PayeeFinancialAccount/cbc:ID"),),
    ),
    (
        "BR-61",
        _FULL,
        (
            Edit("text", f"{_MEANS}/cbc:PaymentMeansCode", "58"),
            Edit("drop", f"{_MEANS}/cac:PayeeFinancialAccount"),
        ),
        (Edit("drop", f"{_MEANS}/cac:PayeeFinancialAccount"),),
    ),
    (
        "BR-CO-03",
        _FULL,
        (Edit("add", "/*", "cbc:TaxPointDate=2026-11-24"),),
        (
            Edit("add", "/*", "cbc:TaxPointDate=2026-11-24"),
            Edit("drop", "/*/cac:InvoicePeriod/cbc:DescriptionCode"),
        ),
    ),
    (
        "BR-CO-19",
        _FULL,
        tuple(
            Edit("drop", f"/*/cac:InvoicePeriod/cbc:{name}")
            for name in ("StartDate", "EndDate", "DescriptionCode")
        ),
        tuple(
            Edit("drop", f"/*/cac:InvoicePeriod/cbc:{name}") for name in ("StartDate", "EndDate")
        ),
    ),
    (
        "BR-CO-20",
        _FULL,
        tuple(Edit("drop", f"{_LINE}/cac:InvoicePeriod/cbc:{n}") for n in ("StartDate", "EndDate")),
        (Edit("drop", f"{_LINE}/cac:InvoicePeriod/cbc:StartDate"),),
    ),
    *(
        (
            "BR-O-11",
            (base,),
            (
                Edit("double", "/*/cac:TaxTotal/cac:TaxSubtotal"),
                Edit("text", f"{_CATEGORY}/cbc:ID", code),
            ),
            (Edit("double", "/*/cac:TaxTotal/cac:TaxSubtotal"),),
        )
        for base, code in (("O 380", "E"), ("O 381", "E"), ("O 380", "AE"))
    ),
    *(
        (
            rule,
            _FULL,
            (
                Edit("add", _LINE, f"cac:TaxTotal/cbc:TaxAmount/cbc:{code}=EUR"),
                Edit("set", f"{_TAX}/@currencyID", "EUR"),
                Edit("text", _TAX, "1.2"),
            ),
            (
                Edit("add", _LINE, f"cac:TaxTotal/cbc:TaxAmount/cbc:{code}=EUR"),
                Edit("set", f"{_TAX}/@currencyID", "EUR"),
                Edit("text", _TAX, "1"),
            ),
        )
        for rule, code in (("BR-DEC-13", "DocumentCurrencyCode"), ("BR-DEC-15", "TaxCurrencyCode"))
    ),
    *(
        ("BR-CL-11", (base,), (Edit("set", place, "XX"),), (Edit("set", place, "0002"),))
        for base in _FULL
        for place in ["/*/*/cac:Party/cac:PartyLegalEntity/cbc:CompanyID/@schemeID"]
    ),
    (
        "BR-CL-22",
        ("E 380", "AE 381", "G 380"),
        (Edit("add", _CATEGORY, "cbc:TaxExemptionReasonCode=XX"),),
        (Edit("add", _CATEGORY, "cbc:TaxExemptionReasonCode=VATEX-EU-132"),),
    ),
    (
        "UBL-SR-44",
        _FULL,
        (Edit("double", _MEANS), Edit("text", f"{_MEANS}/cbc:PaymentID", "OTRO")),
        (Edit("double", _MEANS),),
    ),
    (
        "UBL-SR-45",
        ("full 380", "full 384", "S 380"),
        (Edit("add", "/*", _DUE), Edit("add", "/*", _DUE)),
        (Edit("add", "/*", _DUE),),
    ),
    (
        "UBL-SR-47",
        _FULL,
        (Edit("double", _MEANS), Edit("text", f"{_MEANS}/cbc:PaymentMeansCode", "30")),
        (Edit("double", _MEANS),),
    ),
)


def fired(xml: str) -> frozenset[str] | None:
    """Return the ids that fire, or nothing where the official run may stop."""
    reading = read(etree.fromstring(xml.encode()))
    report = en16931.validate(reading)
    if reading.unreadable or report.undecided:
        return None
    return frozenset(finding.rule for finding in report.findings)


def by_place(edits: list[tuple[Edit, ...]]) -> dict[str, list[tuple[Edit, ...]]]:
    """Group edits that touch the same place."""
    places: dict[str, list[tuple[Edit, ...]]] = defaultdict(list)
    for edit in edits:
        places[edit[-1].path.partition("/@")[0]].append(edit)
    return places


def search() -> dict[str, list[Pair]]:
    """Return the pairs by rule."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for rule, names, fires, near_miss in BY_HAND:
        pairs[rule].extend(Pair(rule, name, fires, near_miss) for name in names)
    for name, xml in bases().items():
        places = by_place([(edit,) for edit in edits_of(xml)])
        before = fired(xml)
        for edits in places.values():
            verdicts = {edit: fired(apply(xml, edit)) for edit in edits}
            known = {edit: verdict for edit, verdict in verdicts.items() if verdict is not None}
            for edit, verdict in known.items():
                for rule in verdict - (before or frozenset()):
                    mine = pairs[rule]
                    if len(mine) >= WANTED or sum(pair.base == name for pair in mine) >= 2:
                        continue
                    near = [other for other, ids in known.items() if rule not in ids]
                    used = {pair.near for pair in mine}
                    fresh = [other for other in near if other not in used] or near or [()]
                    mine.append(Pair(rule, name, edit, fresh[len(mine) % len(fresh)]))
        print(f"{name}: {len(pairs)} rules", file=sys.stderr)
    return pairs


def main() -> None:
    """Search and write."""
    pairs = search()
    made = {row.rule for row in outside_rows()}
    pairs = {rule: found for rule, found in pairs.items() if rule not in made}
    TARGET.parent.mkdir(exist_ok=True)
    write_pairs(TARGET, pairs, HEAD)
    few = {rule: len(found) for rule, found in pairs.items() if len(found) < WANTED}
    missing = [
        rule for rule in en16931.rules if rule not in pairs and not rule.startswith("UBL-CR-")
    ]
    print(f"{len(pairs)} rules; fewer than {WANTED}: {few}; none: {missing}")


if __name__ == "__main__":
    main()
