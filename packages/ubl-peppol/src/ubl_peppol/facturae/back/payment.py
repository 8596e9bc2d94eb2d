"""Payment instructions and terms of EN 16931 as instalments of Facturae."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from facturae_es.codes import PaymentMeans
from facturae_es.model import Account, Installment
from ubl_peppol.facturae.back._common import fitting
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.sentences import read_instalments
from ubl_peppol.facturae.tables import MEANS, MUTUALLY_DEFINED
from ubl_peppol.model import CreditTransfer, Invoice, PaymentInstructions

__all__ = ["Paid", "payment"]

_OF_CODE = {code: means for means, code in MEANS.items()}
_NEAR = {
    "20": PaymentMeans.CHEQUE,
    "31": PaymentMeans.CREDIT_TRANSFER,
    "42": PaymentMeans.CREDIT_TRANSFER,
    "48": PaymentMeans.CARD,
    "55": PaymentMeans.CARD,
    "58": PaymentMeans.CREDIT_TRANSFER,
    "59": PaymentMeans.DIRECT_DEBIT,
}
"""Codes of UNCL 4461 that say more than Facturae does."""
_NAMES = {means.name.replace("_", " ").lower(): means for means in PaymentMeans}


@dataclass(frozen=True, slots=True)
class Paid:
    """Instalments, and the terms that stand in none of them."""

    installments: tuple[Installment, ...]
    terms: str | None


def payment(invoice: Invoice, amount: Decimal, ledger: Ledger) -> Paid:
    """Map BT-9, BT-20 and BG-16.

    Args:
        invoice: The invoice.
        amount: What is to be paid, when one instalment says it.
        ledger: Where losses are noted.
    """
    days, terms = _days(invoice.payment_terms)
    instructions = invoice.payment
    if not days:
        if invoice.due_on is not None:
            days = [(invoice.due_on, amount)]
        elif instructions is not None:
            ledger.assumed(
                "InstallmentDueDate", invoice.issued_on, "BT-9", "no due date: that of issue"
            )
            days = [(invoice.issued_on, amount)]
        else:
            return Paid((), terms)
    elif invoice.due_on is not None and all(day != invoice.due_on for day, _ in days):
        ledger.dropped("BT-9", invoice.due_on, "the terms of payment list other days")
    common = _common(instructions, ledger)
    if terms is not None:
        common["additional_information"] = fitting(terms, 2_500, "BT-20", ledger)
    return Paid(tuple(Installment(due_on=day, amount=part, **common) for day, part in days), None)


def _days(terms: str | None) -> tuple[list[tuple[date, Decimal]], str | None]:
    """Return the instalments that the terms list, and the terms without them."""
    if terms is None:
        return [], None
    first, _, rest = terms.partition("\n")
    days = read_instalments(first)
    return (days, rest or None) if days else ([], terms)


def _common(instructions: PaymentInstructions | None, ledger: Ledger) -> dict[str, object]:
    if instructions is None:
        means = PaymentMeans.SPECIAL
        ledger.assumed("PaymentMeans", means.value, "BT-81", "no means of payment: special")
        return {"payment_means": means}
    debit = instructions.direct_debit
    common: dict[str, object] = {
        "payment_means": _means(instructions, ledger),
        "account_to_be_credited": _credited(instructions.credit_transfers, ledger),
    }
    if instructions.remittance is not None:
        common["payment_reference"] = fitting(instructions.remittance, 60, "BT-83", ledger)
    if instructions.card is not None:
        ledger.dropped("BT-87", instructions.card.account_number, "Facturae has no cards")
        ledger.dropped("BT-88", instructions.card.holder, "Facturae has no cards")
    if debit is not None:
        ledger.dropped("BT-90", debit.creditor, "Facturae has no creditor identifier")
        if debit.mandate is not None:
            common["debit_reference"] = fitting(debit.mandate, 60, "BT-89", ledger)
        if debit.debited_account is not None:
            common["account_to_be_debited"] = _account(debit.debited_account, "BT-91", ledger)
    return common


def _means(instructions: PaymentInstructions, ledger: Ledger) -> PaymentMeans:
    code, text = instructions.means_code, instructions.means_text
    exact = _OF_CODE.get(code)
    if exact is not None:
        ledger.dropped("BT-82", text, "the code says it")
        return exact
    if code == MUTUALLY_DEFINED and text in _NAMES:
        return _NAMES[text]
    near = _NEAR.get(code)
    if near is None:
        near = PaymentMeans.SPECIAL
        ledger.dropped("BT-82", text, "Facturae has no such means of payment: special")
    ledger.derived("BT-81", code, "BT-81", f"the nearest of Facturae is {near.value}")
    return near


def _credited(transfers: Sequence[CreditTransfer], ledger: Ledger) -> Account | None:
    for further in transfers[1:]:
        ledger.dropped("BT-84", further.account.value, "Facturae has one account an instalment")
        ledger.dropped("BT-85", further.account_name, "Facturae has one account an instalment")
    if not transfers:
        return None
    first = transfers[0]
    ledger.dropped("BT-85", first.account_name, "Facturae does not name accounts")
    ledger.dropped("BT-84 scheme", first.account.scheme_id, "Facturae tells IBAN from others")
    account = _account(first.account.value, "BT-84", ledger)
    bank = first.service_provider.value if first.service_provider else None
    if account is None or bank is None:
        ledger.dropped("BT-86", bank, "no account to go with it")
        return account
    if len(bank) == 8:
        ledger.derived("BT-86", bank, "BT-86", "the head office has XXX for its branch")
        bank += "XXX"
    if len(bank) == 11:
        return account.model_copy(update={"bic": bank})
    return account.model_copy(update={"bank_code": fitting(bank, 60, "BT-86", ledger)})


def _account(number: str, term: str, ledger: Ledger) -> Account | None:
    plain = number.replace(" ", "")
    if not 5 <= len(plain) <= 34:
        ledger.dropped(term, number, "Facturae wants 5 to 34 characters")
        return None
    is_iban = plain[:2].isalpha() and plain[2:4].isdigit()
    return Account(iban=plain) if is_iban else Account(account_number=plain)
