"""Profiles: data with dates, found in the document, composed; and rules explained."""

from datetime import date

import pytest

import ubl_peppol
from einvoice_core.errors import BadParameterError
from einvoice_core.findings import Breach, RuleSet
from ubl_peppol.errors import UnknownDocumentError, UnknownProfileError, UnknownRuleError
from ubl_peppol.reading import Reading
from ubl_peppol.testing import small_invoice
from ubl_peppol.testing.responses import INVOICE_RESPONSE, MESSAGE_RESPONSE

INVOICE = ubl_peppol.ubl.write(small_invoice())
PEPPOL = ubl_peppol.PROFILES["peppol-bis-3"]


def _claiming(specification: str, process: str = PEPPOL.process_id) -> bytes:
    return INVOICE.replace(
        f">{PEPPOL.customization_id}<".encode(), f">{specification}<".encode()
    ).replace(f">{PEPPOL.process_id}<".encode(), f">{process}<".encode())


@pytest.mark.parametrize(
    ("document", "layers"),
    [
        (INVOICE, ("structure", "en16931", "peppol")),
        (_claiming("urn:cen.eu:en16931:2017"), ("structure", "en16931")),
        (
            _claiming(PEPPOL.customization_id.replace("billing", "selfbilling")),
            ("structure", "en16931", "peppol-selfbilling"),
        ),
        (INVOICE_RESPONSE.encode(), ("structure", "peppol-invoice-response")),
        (MESSAGE_RESPONSE.encode(), ("structure", "peppol-message-response")),
    ],
)
def test_auto_takes_what_the_document_names(document: bytes, layers: tuple[str, ...]) -> None:
    report = ubl_peppol.validate(document, "auto")
    assert report.layers_run == layers
    assert "specification" not in report.layers_skipped or "selfbilling" in document.decode()


def test_a_specification_that_is_not_known_is_judged_as_en_16931_and_said_so() -> None:
    report = ubl_peppol.validate(_claiming("urn:example:mine"), "auto")
    assert report.layers_run == ("structure", "en16931")
    assert "urn:example:mine" in report.layers_skipped["specification"]


def test_a_process_that_is_not_of_the_profile_is_said() -> None:
    report = ubl_peppol.validate(_claiming(PEPPOL.customization_id, "urn:example:p"), "auto")
    assert "urn:example:p" in report.layers_skipped["specification"]
    assert "PEPPOL-EN16931-R007" in {finding.rule for finding in report.findings}


def test_an_invoice_is_not_judged_as_a_response_nor_the_other_way_about() -> None:
    with pytest.raises(UnknownDocumentError):
        ubl_peppol.validate(INVOICE, "peppol-invoice-response-3")
    with pytest.raises(UnknownDocumentError):
        ubl_peppol.validate(INVOICE_RESPONSE.encode(), "peppol-bis-3")


def test_a_release_counts_from_its_day() -> None:
    before = PEPPOL.release_on(date(2026, 8, 16))
    after = PEPPOL.release_on(date(2026, 8, 17))
    assert before is None
    assert after is not None
    assert after.name == "3.0.21"
    assert ubl_peppol.PROFILES["en16931"].release_on(date(2017, 1, 1)) is not None


house: RuleSet[Reading] = RuleSet("The house", "house")


@house.rule("HOUSE-1", message="The number does not begin with H.")
def number_begins_with_h(invoice: Reading) -> list[Breach]:
    """Our numbers begin with H."""
    return [] if invoice.document.text("BT-1").startswith("H") else [Breach(invoice.document)]


def test_a_profile_of_ones_own_adds_and_leaves_out() -> None:
    rule = "PEPPOL-EN16931-R004"
    mine = ubl_peppol.compose("mine", "peppol-bis-3", rules=house, without=[rule])
    wrong = _claiming("urn:example:mine")
    theirs = {finding.rule for finding in ubl_peppol.validate(wrong, "peppol-bis-3").findings}
    report = ubl_peppol.validate(wrong, mine)
    assert rule in theirs
    assert {finding.rule for finding in report.findings} == (theirs - {rule}) | {"HOUSE-1"}
    assert report.layers_run[-1] == "house"
    assert "rest of PEPPOL-UBL-3.0.21" in report.layers_skipped
    with pytest.raises(BadParameterError):
        ubl_peppol.compose("mine", "peppol-bis-3", without=["NOPE-1"])


def test_a_profile_that_does_not_exist() -> None:
    with pytest.raises(UnknownProfileError, match="auto"):
        ubl_peppol.validate(INVOICE, "nope")


def test_a_national_rule_that_is_left_out_is_not_run() -> None:
    danish = INVOICE.replace(b">ES<", b">DK<")
    without = ubl_peppol.compose("mine", "peppol-bis-3", without=["DK-R-002"])
    fired = {finding.rule for finding in ubl_peppol.validate(danish, "peppol-bis-3").findings}
    rest = {finding.rule for finding in ubl_peppol.validate(danish, without).findings}
    assert "DK-R-002" in fired
    assert rest == fired - {"DK-R-002"}


@pytest.mark.parametrize("profile", ubl_peppol.PROFILES)
def test_every_rule_explains_itself(profile: str) -> None:
    for rule in ubl_peppol.rules_of(profile):
        found = ubl_peppol.explain(rule, profile)
        assert found.requirement.endswith("."), rule
        assert found.source, rule
        assert profile in found.profiles


def test_a_rule_that_does_not_exist_names_similar_ones() -> None:
    with pytest.raises(UnknownRuleError) as refused:
        ubl_peppol.explain("BR-CO10")
    assert "BR-CO-10" in refused.value.details["similar"]  # type: ignore[operator]
