"""Rules on payments, buildings, cash and the yearly books."""

from collections.abc import Iterator
from decimal import Decimal

from aeat_sii.sii.codes import PaymentMeans, PropertySituation
from aeat_sii.sii.records import (
    CashReceipt,
    CollectionsOfInvoice,
    InsuranceRecord,
    PaymentsOfInvoice,
    TravelAgencyRecord,
)
from aeat_sii.sii.rules._case import Case, at, rule_set, value
from einvoice_core.findings import Breach, Severity

__all__ = ["rules"]

rules = rule_set("sii-others")


@rules.rule("1151", message="What was not collected (03) is told on 31 December, not on {day}.")
def unpaid_is_told_at_the_end_of_the_year(case: Case) -> Iterator[Breach]:
    """Fecha is 31-12 with Medio 03."""
    record = case.record
    if isinstance(record, CollectionsOfInvoice | PaymentsOfInvoice):
        for payment in record.payments:
            day = payment.paid_on
            is_unpaid = payment.means is PaymentMeans.UNPAID_AT_THE_LIMIT
            if is_unpaid and (day.month, day.day) != (12, 31):
                yield Breach(at("Fecha"), day=day)


@rules.rule("1152", message="What was not collected (03) names no account.")
def unpaid_names_no_account(case: Case) -> Iterator[Breach]:
    """Cuenta_O_Medio does not stand with Medio 03."""
    record = case.record
    if isinstance(record, CollectionsOfInvoice | PaymentsOfInvoice):
        for payment in record.payments:
            if payment.means is PaymentMeans.UNPAID_AT_THE_LIMIT and payment.account is not None:
                yield Breach(at("Cuenta_O_Medio"))


@rules.rule("1155", message="A building in situation {situation} has a cadastral reference.")
def buildings_have_their_reference(case: Case) -> Iterator[Breach]:
    """ReferenciaCatastral stands unless SituacionInmueble is 3 or 4."""
    without = (PropertySituation.WITHOUT_REFERENCE, PropertySituation.ABROAD)
    for each in (*getattr(case.record, "properties", ()), *getattr(case.issued, "properties", ())):
        if each.cadastral_reference is None and each.situation not in without:
            yield Breach(at("DetalleInmueble"), situation=each.situation.value)


@rules.rule("2007", severity=Severity.WARNING, message="Cash of {total} does not exceed {limit}.")
def cash_exceeds_its_limit(case: Case) -> Iterator[Breach]:
    """ImporteTotal of cash exceeds 6,000."""
    record = case.record
    if not isinstance(record, CashReceipt) or isinstance(record, TravelAgencyRecord):
        return
    if record.total <= value("cash_limit"):
        yield Breach(at("ImporteTotal"), total=record.total, limit=value("cash_limit"))


@rules.rule(
    "2010", severity=Severity.WARNING, message="Operations of {total} do not reach {limit}."
)
def insurance_reaches_its_limit(case: Case) -> Iterator[Breach]:
    """ImporteTotal of insurance reaches 3,005.06, positive or negative."""
    record = case.record
    if isinstance(record, InsuranceRecord) and abs(record.total) < Decimal(value("yearly_limit")):
        yield Breach(at("ImporteTotal"), total=record.total, limit=value("yearly_limit"))
