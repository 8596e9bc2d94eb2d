from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from facturae_es.codes import InvoiceClass, Modality
from facturae_es.model import Facturae
from facturae_es.rules import facturae
from facturae_es.validation import validate_record

Change = Callable[[Facturae, str, object], Facturae]

D = Decimal
TOTALS = "invoices[0].totals"
WRONG = D("9999.99")

BREACHES: dict[str, tuple[str, object, set[str]]] = {
    "FACTURAE-001": ("invoices[0].lines[0].quantity", D(8), set()),
    "FACTURAE-002": ("invoices[0].lines[0].charges", (), set()),
    "FACTURAE-003": (f"{TOTALS}.gross_amount", WRONG, {"FACTURAE-006"}),
    "FACTURAE-004": (f"{TOTALS}.general_discounts", (), set()),
    "FACTURAE-005": (f"{TOTALS}.general_surcharges", (), set()),
    "FACTURAE-006": (f"{TOTALS}.gross_amount_before_taxes", WRONG, {"FACTURAE-009"}),
    "FACTURAE-007": (f"{TOTALS}.total_tax_outputs", WRONG, {"FACTURAE-009"}),
    "FACTURAE-008": (f"{TOTALS}.total_taxes_withheld", WRONG, {"FACTURAE-009"}),
    "FACTURAE-009": (f"{TOTALS}.invoice_total", WRONG, {"FACTURAE-011", "FACTURAE-014"}),
    "FACTURAE-010": (f"{TOTALS}.total_payments_on_account", WRONG, {"FACTURAE-011"}),
    "FACTURAE-011": (f"{TOTALS}.outstanding_amount", WRONG, {"FACTURAE-013", "FACTURAE-015"}),
    "FACTURAE-012": (f"{TOTALS}.total_disbursements", WRONG, {"FACTURAE-013"}),
    "FACTURAE-013": (f"{TOTALS}.executable_amount", WRONG, {"FACTURAE-016", "FACTURAE-018"}),
    "FACTURAE-014": ("file_header.batch.total_invoices.total", WRONG, set()),
    "FACTURAE-015": ("file_header.batch.total_outstanding.total", WRONG, set()),
    "FACTURAE-016": ("file_header.batch.total_executable.total", WRONG, set()),
    "FACTURAE-017": ("invoices[0].taxes_outputs[0].rate_percent", D(20), set()),
    "FACTURAE-018": ("invoices[0].payment_details[0].amount", WRONG, set()),
    "FACTURAE-020": ("file_header.batch.invoices_count", 2, set()),
    "FACTURAE-021": ("file_header.modality", Modality.BATCH, set()),
    "FACTURAE-022": ("file_header.third_party", None, set()),
    "FACTURAE-023": ("invoices[0].header.invoice_class", InvoiceClass.ORIGINAL, set()),
    "FACTURAE-024": (
        "invoices[0].header.corrective.reason_description", "Serie de la factura", set(),
    ),
    "FACTURAE-025": (
        "invoices[0].header.corrective.method_description", "Rectificación íntegra", set(),
    ),
    "FACTURAE-026": ("invoices[0].lines[0].period.ends_on", date(2026, 1, 31), set()),
    "FACTURAE-030": ("parties.buyer.tax_identification.nif", "Q2812345A", set()),
}  # fmt: skip
"""Rule -> field to change, value that breaks it, rules that break with it."""


def test_a_right_document_has_no_findings(rich: Facturae, simple: Facturae) -> None:
    for document in (rich, simple):
        report = validate_record(document)
        assert report.findings == ()
        assert report.layers_run == ("structure", "rules")


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(BREACHES) == set(facturae.rules)


@pytest.mark.parametrize("rule", BREACHES)
def test_a_rule_finds_its_breach(rule: str, rich: Facturae, change: Change) -> None:
    path, value, others = BREACHES[rule]
    report = validate_record(change(rich, path, value))
    assert {finding.rule for finding in report.findings} == {rule, *others}


def test_a_cent_for_each_rate_is_tolerated(rich: Facturae, change: Change) -> None:
    # Two rates: a total that is two cents off is accepted, three cents are not.
    outputs = rich.invoices[0].totals.total_tax_outputs
    for cents, accepted in (("0.02", True), ("0.03", False)):
        changed = change(rich, f"{TOTALS}.total_tax_outputs", outputs + D(cents))
        rules = {finding.rule for finding in validate_record(changed).findings}
        assert ("FACTURAE-007" not in rules) == accepted


def test_a_foreign_number_is_not_judged_as_a_nif(rich: Facturae, change: Change) -> None:
    foreign = change(rich, "parties.buyer.tax_identification.residence_type", "E")
    changed = change(foreign, "parties.buyer.tax_identification.nif", "X-99")
    assert validate_record(changed).ok


def test_corrective_data_is_demanded(rich: Facturae, change: Change) -> None:
    without = change(rich, "invoices[0].header.corrective", None)
    assert {finding.rule for finding in validate_record(without).findings} == {"FACTURAE-023"}
