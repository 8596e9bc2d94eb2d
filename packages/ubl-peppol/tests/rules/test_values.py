"""Numbers as the processor of the official rules reads them."""

import pytest
from lxml import etree

from ubl_peppol.reading import Value, read
from ubl_peppol.rules import en16931
from ubl_peppol.testing.bases import bases
from ubl_peppol.testing.edits import Edit, apply


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", True),
        ("-0", True),
        (" -0 ", True),
        ("-00", True),
        ("0.00", True),
        ("1e400", True),
        ("NaN", True),
        ("-0.00", False),
        ("-.0", False),
        ("-0e0", False),
        ("-1e-400", False),
        ("-0.01", False),
    ],
)
def test_zero_or_more_is_what_the_official_run_says(text: str, expected: bool) -> None:
    assert Value(text, etree.Element("a")).at_least(0) is expected


def test_a_base_that_is_no_number_does_not_hide_a_wrong_tax() -> None:
    edits = (
        Edit("text", "/*/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount", "VAT"),
        Edit("text", "/*/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID", "X"),
    )
    report = en16931.validate(read(etree.fromstring(apply(bases()["S 380"], edits).encode())))
    found = [finding for finding in report.findings if finding.rule == "BR-CO-17"]
    assert [finding.undecided for finding in found] == [False]
