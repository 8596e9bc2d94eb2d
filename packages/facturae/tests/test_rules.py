from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from facturae_es.codes import (
    AttachmentEncoding,
    AttachmentFormat,
    CorrectionMethod,
    InvoiceClass,
    InvoiceDocumentType,
    Modality,
    PaymentMeans,
    PersonType,
    RoleType,
    SpecialTaxableEventCode,
    TaxType,
)
from facturae_es.model import (
    Account,
    AdditionalData,
    Attachment,
    CurrencyAmount,
    DeliveryNote,
    ExchangeRate,
    FactoringAssignment,
    FactoringDocument,
    Facturae,
    Installment,
    LegalEntity,
    Repository,
    SpecialTaxableEvent,
    TaxIdentification,
    ThirdParty,
    WithheldTax,
)
from facturae_es.rules import facturae
from facturae_es.validation import validate_record

Change = Callable[[Facturae, str, object], Facturae]

D = Decimal
TOTALS = "invoices[0].totals"
WRONG = D("9999.99")
LINES = "invoices[0].lines"
ISSUE = "invoices[0].issue_data"
CORRECTIVE = "invoices[0].header.corrective"
PAID = "invoices[0].payment_details[0]"
FACTORING = "file_header.factoring"
LATER = date(2026, 3, 3)


@pytest.fixture(scope="session")
def whole(rich: Facturae, change: Change) -> Facturae:
    """What the rules speak of, all in one document and right."""
    payable = rich.file_header.batch.total_executable.total
    address = rich.parties.buyer.legal_entity
    assert address is not None
    factoring = FactoringAssignment(
        assignee=ThirdParty(
            tax_identification=TaxIdentification(
                person_type=PersonType.LEGAL_ENTITY, residence_type="R", nif="A28015865"
            ),
            legal_entity=LegalEntity(
                corporate_name="Factor Inventado, S.A.", address_in_spain=address.address_in_spain
            ),
        ),
        payment_details=(
            Installment(
                due_on=date(2026, 4, 1), amount=payable, payment_means=PaymentMeans.SPECIAL
            ),
        ),
        clauses="Crédito cedido",
        documents=(
            FactoringDocument(
                character="Poder acreditativo de representación",
                representation="del cedente en el acuerdo de cesión",
                document_type="escritura pública",
                repository=Repository(name="otros", url="https://example.org/", reference="1"),
            ),
        ),
    )
    other = WithheldTax(
        tax_type=TaxType.OTHER,
        rate_percent=D(0),
        taxable_base=CurrencyAmount(total=D("40.00")),
        tax_amount=CurrencyAmount(total=D("0.00")),
    )
    attachment = Attachment(
        file_format=AttachmentFormat.PDF, encoding=AttachmentEncoding.BASE64, data="eHh4"
    )
    reason = SpecialTaxableEvent(code=SpecialTaxableEventCode.EXEMPT, reason="01 Exenta, art. 20")
    account = Account(iban="ES7921000813610123456789", bic="CAIXESBBXXX")
    note = DeliveryNote(number="7", issued_on=date(2026, 2, 3))
    for path, value in {
        FACTORING: factoring,
        f"{PAID}.account_to_be_credited": account,
        f"{LINES}[0].delivery_notes": (note,),
        f"{LINES}[1].taxes_withheld": (other,),
        f"{LINES}[1].additional_information": "05 = Tasa inventada",
        f"{LINES}[1].special_taxable_event": reason,
        f"{ISSUE}.operation_on": date(2026, 2, 27),
        "invoices[0].additional_data": AdditionalData(attachments=(attachment,)),
    }.items():
        rich = change(rich, path, value)
    return rich


@pytest.fixture(scope="session")
def foreign(simple: Facturae, change: Change) -> Facturae:
    """An invoice in dollars, with its rate and its amounts in euros."""
    rate = ExchangeRate(rate=D("1.25"), rate_on=date(2026, 3, 2))
    for path in (
        "file_header.batch.total_invoices",
        "file_header.batch.total_outstanding",
        "file_header.batch.total_executable",
        "invoices[0].taxes_outputs[0].taxable_base",
        "invoices[0].taxes_outputs[0].tax_amount",
    ):
        simple = change(simple, f"{path}.in_euros", D("1.00"))
    simple = change(simple, f"{ISSUE}.exchange_rate", rate)
    simple = change(simple, "file_header.batch.currency", "USD")
    return change(simple, f"{ISSUE}.currency", "USD")


BREACHES: dict[str, tuple[str, object, set[str]]] = {
    "FACTURAE-001": ("invoices[0].lines[0].quantity", D(8), set()),
    "FACTURAE-002": ("invoices[0].lines[0].charges", (), set()),
    "FACTURAE-003": (f"{TOTALS}.gross_amount", WRONG, {"FACTURAE-006", "FACTURAE-027"}),
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


def test_a_right_document_has_no_findings(
    rich: Facturae, simple: Facturae, whole: Facturae, foreign: Facturae
) -> None:
    for document in (rich, simple, whole, foreign):
        report = validate_record(document)
        assert report.findings == ()
        assert report.layers_run == ("structure", "rules")


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(BREACHES) | set(MORE_BREACHES) == set(facturae.rules)
    assert not set(BREACHES) & set(MORE_BREACHES)


@pytest.mark.parametrize("rule", BREACHES)
def test_a_rule_finds_its_breach(rule: str, rich: Facturae, change: Change) -> None:
    path, value, others = BREACHES[rule]
    report = validate_record(change(rich, path, value))
    assert {finding.rule for finding in report.findings} == {rule, *others}


MORE_BREACHES: dict[str, tuple[dict[str, object], set[str]]] = {
    "FACTURAE-019": ({"invoices[0].taxes_outputs[0].surcharge_percent": D("1.4")}, set()),
    "FACTURAE-027": ({f"{LINES}[0].discounts[0].rate_percent": D(6)}, set()),
    "FACTURAE-028": (
        {f"{ISSUE}.currency": "USD", "file_header.batch.currency": "USD"}, {"FACTURAE-029"},
    ),
    "FACTURAE-029": (
        {"file_header.batch.currency": "USD"}, {"FACTURAE-064"},
    ),
    "FACTURAE-031": ({f"{ISSUE}.operation_on": LATER}, set()),
    "FACTURAE-032": ({f"{TOTALS}.payments_on_account[0].paid_on": LATER}, set()),
    "FACTURAE-033": ({f"{CORRECTIVE}.invoice_issued_on": LATER}, set()),
    "FACTURAE-034": ({f"{LINES}[0].delivery_notes[0].issued_on": LATER}, set()),
    "FACTURAE-035": ({f"{PAID}.due_on": date(2026, 3, 1)}, set()),
    "FACTURAE-036": (
        {"invoices[0].header.invoice_class": InvoiceClass.SUMMARY,
         f"{CORRECTIVE}": None, f"{ISSUE}.invoicing_period": None}, set(),
    ),
    "FACTURAE-037": (
        {"invoices[0].header.document_type": InvoiceDocumentType.SELF_BILLED}, set(),
    ),
    "FACTURAE-038": ({f"{CORRECTIVE}.invoice_number": None}, set()),
    "FACTURAE-039": ({f"{CORRECTIVE}.invoice_issued_on": None}, set()),
    "FACTURAE-040": (
        {f"{CORRECTIVE}.method": CorrectionMethod.VOLUME_DISCOUNT,
         f"{CORRECTIVE}.method_description": CorrectionMethod.VOLUME_DISCOUNT.description}, set(),
    ),
    "FACTURAE-041": ({f"{CORRECTIVE}.invoice_series": "R"}, set()),
    "FACTURAE-042": (
        {"parties.seller.tax_identification.nif": "B12345674"}, set(),
    ),
    "FACTURAE-043": (
        {"file_header.third_party.tax_identification.person_type": PersonType.INDIVIDUAL}, set(),
    ),
    "FACTURAE-044": (
        {"parties.seller.individual.address_in_spain.country": "PRT"}, set(),
    ),
    "FACTURAE-045": (
        {"file_header.third_party.legal_entity.overseas_address.country": "ESP"}, set(),
    ),
    "FACTURAE-046": (
        {"file_header.third_party.legal_entity.overseas_address.country": "CHE"}, set(),
    ),
    "FACTURAE-047": ({"file_header.third_party.tax_identification.nif": "123456789"}, set()),
    "FACTURAE-048": (
        {"parties.buyer.administrative_centres[1].role": RoleType.ISSUER}, set(),
    ),
    "FACTURAE-049": ({"parties.buyer.administrative_centres": ()}, set()),
    "FACTURAE-050": (
        {"parties.buyer.administrative_centres[1].centre_code": "L0128079"}, set(),
    ),
    "FACTURAE-051": (
        {f"{PAID}.account_to_be_credited.iban": "ES8021000813610123456789"}, set(),
    ),
    "FACTURAE-052": ({f"{PAID}.account_to_be_credited": None}, set()),
    "FACTURAE-053": ({f"{PAID}.payment_means": PaymentMeans.DIRECT_DEBIT}, set()),
    "FACTURAE-054": ({f"{PAID}.account_to_be_credited.bic": "CAIXE12BXXX"}, set()),
    "FACTURAE-055": ({f"{FACTORING}.documents[0].representation": None}, set()),
    "FACTURAE-056": ({f"{FACTORING}.documents[0].repository.url": None}, set()),
    "FACTURAE-057": (
        {f"{FACTORING}.assignee.tax_identification.nif": "12345678Z"}, {"FACTURAE-042"},
    ),
    "FACTURAE-058": ({f"{FACTORING}.payment_details[0].amount": D(5000)}, set()),
    "FACTURAE-059": ({"invoices[0].additional_data.attachments[0].data": "eA"}, set()),
    "FACTURAE-060": (
        {"invoices[0].additional_data.attachments[0].data": "eHh4" * (2 * 1024 * 1024 + 1)}, set(),
    ),
    "FACTURAE-061": ({f"{LINES}[1].additional_information": None}, set()),
    "FACTURAE-062": ({f"{LINES}[1].special_taxable_event.reason": "Exenta"}, set()),
    "FACTURAE-063": ({"invoices": "twice"}, {"FACTURAE-014", "FACTURAE-015", "FACTURAE-016",
        "FACTURAE-020", "FACTURAE-021"}),
    "FACTURAE-064": ({"file_header.batch.currency": "USD"}, {"FACTURAE-029"}),
}  # fmt: skip
"""Rule -> fields to change in the document that has everything, rules that break with it."""


@pytest.mark.parametrize("rule", MORE_BREACHES)
def test_a_rule_of_the_whole_finds_its_breach(rule: str, whole: Facturae, change: Change) -> None:
    changes, others = MORE_BREACHES[rule]
    wrong = whole
    for path, value in changes.items():
        wrong = change(wrong, path, whole.invoices * 2 if value == "twice" else value)
    report = validate_record(wrong)
    assert {finding.rule for finding in report.findings} == {rule, *others}
    mine = next(finding for finding in report.findings if finding.rule == rule)
    assert mine.terms
    assert mine.message.startswith(f"{mine.terms[0]}: ")


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
