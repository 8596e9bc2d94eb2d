"""Cases of identifiers and of IVA."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tax_es.calendar import Period
from tax_es.cases.reading import Case
from tax_es.closing import form303
from tax_es.closing.design303 import design
from tax_es.errors import CaseError
from tax_es.ids import cadastre, cups, dir3, iban, nif, postal
from tax_es.ids import vat as vat_numbers
from tax_es.iva import operations, prorata, rates
from tax_es.iva import simplified as regime
from tax_es.ledger.entries import Bought, Issued, Ledger, Received, TaxLine, Use

__all__ = [
    "compensation",
    "form_303",
    "identifiers",
    "investment_goods",
    "prorrata",
    "rectification",
    "simplified",
]

_ZERO = Decimal(0)
_CHECKS = {
    "iban": iban.check, "cups": cups.check, "dir3": dir3.check, "postal": postal.check,
    "cadastre": cadastre.check, "catastral": cadastre.check, "ccc": iban.from_account_code,
}  # fmt: skip
_INVESTMENT = frozenset({"investment", "investment_good", "investment_goods"})
# What a taxed sale or purchase is; it does not change its box.
_PLAIN_KINDS = frozenset({
    "goods", "service", "services", "advance", "self_consumption", "barter", "real_estate", "rent",
    "aib", "isp", "import",
})  # fmt: skip


def identifiers(case: Case) -> Mapping[str, object]:
    """Any identifier; its kind is told by the case, or by its shape."""
    value = case.text("value")
    kind = case.text("kind", "type", default="") or _kind_of(value, case.text("id", default=""))
    if kind in _CHECKS:
        found = _CHECKS[kind](value)
        return {"valid": found.valid, "normalised": found.normalised, "reason": found.reason}
    if kind == "vat":
        number = vat_numbers.check(value)
        return {"valid": number.valid, "normalised": number.normalised, "reason": number.reason}
    verdict = nif.check(value)
    return {
        "valid": verdict.valid,
        "normalised": verdict.normalised,
        "kind": verdict.kind.value if verdict.kind else "",
        "reason": verdict.reason,
    }


def _kind_of(value: str, name: str) -> str:
    for kind in (*_CHECKS, "vat"):
        if name.lower().startswith(kind):
            return kind
    compact = nif.normalise(value)
    if compact.isdigit() and len(compact) in (5, 20):
        return "postal" if len(compact) == 5 else "ccc"
    if nif.check(value).valid or len(compact) <= 10:
        foreign = value.strip()[:2].upper()
        other = foreign in vat_numbers.countries() and foreign != "ES"
        return "vat" if other and not nif.check(value).valid else "nif"
    for kind in ("iban", "cups", "cadastre"):
        if _CHECKS[kind](value).valid:
            return kind
    return "vat" if vat_numbers.check(value).valid else "nif"


def prorrata(case: Case) -> Mapping[str, object]:
    """Prorrata of a year, special beside general."""
    day = date(case.year(default=2025), 12, 31)
    tax = prorata.InputTax(
        case.amount("vat_right_only"),
        case.amount("vat_no_right_only"),
        case.amount("vat_common", "vat_borne", "vat_total"),
    )
    right, other = case.amount("right", default=None), case.amount("no_right", default=None)
    found = prorata.special(day, right, other, tax)
    compulsory = bool(found["special_is_compulsory"])
    return {**found.values, "deductible": found["total"], "special_is_compulsory": compulsory}


def investment_goods(case: Case) -> Mapping[str, object]:
    """Regularisation of an investment good."""
    day = date(case.year(default=2025), 12, 31)
    tax, years = case.amount("cost_vat", default=None), case.whole("years", default=5)
    initial = case.amount("initial_pct", default=None)
    if case.has("years_left"):
        found = prorata.regularise_sale(
            day, tax, initial, case.whole("years_left"), taxed=case.flag("taxed_sale"),
            years=years, tax_of_sale=case.optional("sale_vat"),
        )  # fmt: skip
        due = bool(found["amount"])
    else:
        found = prorata.regularise(
            day, tax, initial, case.amount("current_pct", default=None), years
        )
        due = bool(found["regularise"])
    amount = found["amount"]
    sign = ("extra deduction" if amount > 0 else "extra payment") if amount else ""
    return {"regularise": due, "amount": abs(amount), "sign": sign}


def simplified(case: Case) -> Mapping[str, object]:
    """Simplified regime: payments on account and the year."""
    day = date(case.year(), 12, 31)
    iae, percent = case.text("iae"), case.optional("quarterly_pct")
    january = case.numbered("units_january")
    average = case.numbered("units_year") or january
    answer: dict[str, object] = {}
    paid = case.optional("paid_on_account")
    if january:
        account = regime.payment_on_account(day, iae, january, percent)
        answer |= account.values
        if paid is None:
            paid = 3 * account["quarterly"]
    taxes = {
        name: sum((_tax(each, day) for each in case.parts(name, *others)), _ZERO)
        for name, *others in (("aib", "intra_eu_acquisitions"), ("fixed_assets",), ("isp",),
                              ("fixed_assets_sold",))
    }  # fmt: skip
    found = regime.year(
        day, iae, average, case.amount("vat_borne"), acquisitions=taxes["aib"],
        reverse_charge=taxes["isp"], assets_sold=taxes["fixed_assets_sold"],
        assets_bought=taxes["fixed_assets"],
        regularisation=case.amount("investment_goods_regularisation"),
        paid_on_account=paid or _ZERO, refunded_abroad=case.amount("refunded_abroad"),
        percent=percent,
    )  # fmt: skip
    return {**answer, **found.values, "aib": taxes["aib"], "assets": taxes["fixed_assets"]}


def _percent(part: Case, day: date) -> Decimal:
    return part.amount("rate", default=rates.rate(day).percent)


def _tax(part: Case, day: date) -> Decimal:
    part.raw("kind", "why")
    tax = part.amount("base") * _percent(part, day) / 100
    part.done()
    return tax


def form_303(case: Case) -> Mapping[str, object]:
    """Form 303 of a period, general regime."""
    period = Period.parse(case.text("period"))
    maker = _Entries(period)
    maker.sales(case, ("sales",))
    maker.sales(case, ("corrections_accrued",), modifies=True)
    for operation, names in {
        "export": ("exports",),
        "intra_community_supply": ("intra_eu_supplies",),
        "service_to_union_business": ("intra_eu_services",),
        "reverse_charge": ("reverse_charge_supplies", "isp_supplies"),
        "exempt_inland": ("exempt_supplies", "exempt_sales"),
        "not_located": ("not_subject_supplies", "not_subject"),
    }.items():
        maker.sales(case, names, operation)
    for operation, investment, names in (
        (Bought.DOMESTIC, False, ("purchases",)),
        (Bought.DOMESTIC, True, ("investment_goods",)),
        (Bought.IMPORT, False, ("imports",)),
        (Bought.IMPORT, True, ("imports_investment_goods",)),
        (Bought.ACQUISITION, False, ("intra_eu_acquisitions",)),
        (Bought.ACQUISITION, True, ("intra_eu_investment_goods",)),
        (Bought.REVERSE_CHARGE, False, ("reverse_charge_purchases", "isp_purchases")),
        (Bought.FARMING, False, ("farming_compensations",)),
    ):
        maker.purchases(case, names, operation, investment)
    maker.purchases(case, ("corrections_deductible",), Bought.DOMESTIC, modifies=True)
    options = form303.Options(
        prorrata=case.optional("prorrata", "prorrata_pct"),
        special_prorrata=case.flag("special_prorrata"),
        regularisation=case.amount("investment_goods_regularisation"),
        final_prorrata=case.amount("prorrata_regularisation"),
        customs_pending=case.amount("customs_pending"),
        to_compensate=case.amount("previous_to_compensate"),
        applied=case.optional("applied"),
        ask_refund=case.flag("refund"),
    )
    if case.text("regime", default="general") != "general":
        raise CaseError("this kind of case is of the general regime", field="regime")
    territory = case.text("territory", default="peninsula")
    ledger = Ledger(territory=territory, issued=tuple(maker.issued), received=tuple(maker.received))
    closed = form303.close(ledger, period, options)
    boxes, rows = closed.boxes, design(period)
    return {
        **boxes,
        "sales_base": sum((boxes[row[0]] for row in rows.vat), _ZERO),
        "sales_quota": sum((boxes[row[2]] for row in rows.vat), _ZERO),
        "recargo": sum((boxes[row[2]] for row in rows.surcharge), _ZERO),
        "aib_quota": boxes["11"],
        "isp_quota": boxes["13"],
        "corrections": boxes["15"] + boxes["26"],
        "accrued": boxes["27"],
        "deductible_current": boxes["29"],
        "deductible_investment": boxes["31"],
        "deductible_interior": boxes["29"] + boxes["31"],
        "deductible_imports": boxes["33"] + boxes["35"],
        "deductible_aib": boxes["37"] + boxes["39"],
        "deductible_corrections": boxes["41"],
        "deductible": boxes["45"],
        "difference": boxes["46"],
        "result": boxes["71"],
        "to_pay": max(_ZERO, boxes["71"]),
        "to_compensate": boxes["72"],
        "to_refund": boxes["73"],
        "applied": boxes["78"],
        "pending": boxes["87"],
    }


class _Entries:
    """Makes entries of the lines of a case."""

    def __init__(self, period: Period) -> None:
        self._day = period.first_day
        self.issued: list[Issued] = []
        self.received: list[Received] = []

    def sales(
        self, case: Case, names: tuple[str, ...], operation: str = "domestic",
        *, modifies: bool = False,
    ) -> None:  # fmt: skip
        """Add the sales of a list."""
        for part in case.parts(*names):
            kind = part.text("kind", default="goods")
            chosen = operation
            if kind in operations.names():
                chosen = kind
            elif kind not in _PLAIN_KINDS | _INVESTMENT:
                raise CaseError(f"{kind!r} is no kind of sale", field=names[0])
            taxed = operations.by_name(chosen).box == "by_rate"
            percent = _percent(part, self._day)
            line = TaxLine(
                taxable_base=part.amount("base", default=None),
                percent=percent if taxed else None,
                tax=part.optional("tax"),
                surcharge_percent=part.optional("recargo"),
            )
            part.done()
            self.issued.append(
                Issued(
                    id=f"{names[0]}-{len(self.issued)}", issued_on=self._day, operation=chosen,
                    lines=(line,), modifies=modifies, services=kind in ("service", "services"),
                    investment_good=kind in _INVESTMENT,
                )
            )  # fmt: skip

    def purchases(
        self, case: Case, names: tuple[str, ...], operation: Bought, investment: bool = False,
        *, modifies: bool = False,
    ) -> None:  # fmt: skip
        """Add the purchases of a list."""
        for part in case.parts(*names):
            kind = part.text("kind", default="goods")
            if kind not in _PLAIN_KINDS | _INVESTMENT:
                raise CaseError(f"{kind!r} is no kind of purchase", field=names[0])
            line = TaxLine(
                taxable_base=part.amount("base", default=None),
                percent=_percent(part, self._day),
                tax=part.optional("tax"),
            )
            entry = Received(
                id=f"{names[0]}-{len(self.received)}", issued_on=self._day, operation=operation,
                lines=(line,), modifies=modifies, services=kind in ("service", "services"),
                investment_good=investment or kind in _INVESTMENT,
                deductible_percent=part.amount("deductible_pct", default=Decimal(100)),
                use=_use(part),
            )  # fmt: skip
            part.done()
            self.received.append(entry)


def _use(part: Case) -> Use:
    name = part.text("use", default=Use.COMMON)
    if name not in tuple(Use):
        raise CaseError(f"{name!r} is no use: use one of {', '.join(Use)}", field="use")
    return Use(name)


def compensation(case: Case) -> Mapping[str, object]:
    """What of earlier periods is applied, by boxes 66, 77 and 110 of form 303."""
    boxes = case.amounts("boxes")
    unknown = sorted(boxes.keys() - {"66", "77", "110", "68", "108"})
    if unknown:
        raise CaseError(f"nothing reads box {', '.join(unknown)}", fields=tuple(unknown))
    period = Period(case.year(default=2025), "1T")
    options = form303.Options(
        unpaid_regularisation=boxes.get("66", _ZERO),
        customs_pending=boxes.get("77", _ZERO),
        to_compensate=boxes.get("110", _ZERO),
        foral_regularisation=boxes.get("68", _ZERO),
        disagreement=boxes.get("108", _ZERO),
    )
    return form303.close(Ledger(), period, options).boxes


def rectification(case: Case) -> Mapping[str, object]:
    """Corrective forms 303 of one period, each after the ones before it."""
    period = Period(case.year(default=2025), "1T")
    original = case.amounts("original")
    earlier = [original]
    refund = case.raw("refund", default=True) is True
    answer: dict[str, object] = {}
    # A refund that the first form asked for counts as agreed unless the case says otherwise.
    agreed = case.amount("refunds_agreed", "refund_agreed", default=original.get("73", _ZERO))
    for name in ("first", "second", "third"):
        if not case.has(f"{name}_rectification"):
            continue
        part = case.part(f"{name}_rectification")
        agreed = part.amount("refunds_agreed", "refund_agreed", "109", default=agreed)
        options = form303.Options(
            unpaid_regularisation=part.amount("new_69", default=None),
            rectifies=tuple(earlier),
            refunds_agreed=agreed,
            ask_refund=refund,
        )
        part.done()
        boxes = form303.close(Ledger(), period, options).boxes
        answer |= {f"{name}.{box}": value for box, value in boxes.items()} | dict(boxes)
        earlier.append(dict(boxes))
        agreed += boxes["73"] + boxes.get("111", _ZERO)
    return answer
