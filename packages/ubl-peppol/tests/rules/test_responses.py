"""Business responses on which the official run stops: the element is named, the rest is judged."""

import pytest

import ubl_peppol
from ubl_peppol.testing.responses import INVOICE_RESPONSE

ONE = '<cbc:StatusReasonCode listID="OPStatusAction">NIN</cbc:StatusReasonCode>'


@pytest.mark.parametrize("other", ["", "x"])
def test_two_clarification_codes_of_one_status_are_undecided(other: str) -> None:
    assert ONE in INVOICE_RESPONSE
    two = f'<cbc:StatusReasonCode listID="{other}">OTH</cbc:StatusReasonCode>{ONE}'
    report = ubl_peppol.validate(INVOICE_RESPONSE.replace(ONE, two).encode(), "auto")
    places = {finding.rule: finding.path for finding in report.undecided}
    assert places["PEPPOL-T111-R006"].endswith("cbc:StatusReasonCode[2]")
    assert {finding.rule for finding in report.findings} >= {"PEPPOL-T111-B03303"}


def test_one_code_is_decided() -> None:
    assert ubl_peppol.validate(INVOICE_RESPONSE.encode(), "auto").undecided == ()
