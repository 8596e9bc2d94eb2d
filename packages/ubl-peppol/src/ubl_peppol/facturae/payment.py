"""Instalments of Facturae as payment instructions and terms of EN 16931."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from facturae_es.model import Account, Installment
from ubl_peppol.facturae import sentences
from ubl_peppol.facturae.ledger import Ledger
from ubl_peppol.facturae.tables import MEANS, MUTUALLY_DEFINED
from ubl_peppol.model import CreditTransfer, DirectDebit, Identifier, PaymentInstructions

__all__ = ["Payment", "payment"]

_PATH = "PaymentDetails/Installment"

_NEEDS_ACCOUNT = frozenset({"30", "58"})
_NEEDS_MANDATE = frozenset({"49", "59"})


@dataclass(frozen=True, slots=True)
class Payment:
    """What an invoice says about its payment."""

    due_on: date | None
    terms: str | None
    instructions: PaymentInstructions | None


def payment(installments: Sequence[Installment], currency: str, ledger: Ledger) -> Payment:
    """Map the instalments (BT-9, BT-20, BG-16)."""
    if not installments:
        return Payment(None, None, None)
    days = sorted({entry.due_on for entry in installments})
    due_on = days[0] if len(days) == 1 else None
    texts = [entry.additional_information for entry in installments if entry.additional_information]
    if len(installments) > 1:
        listed = sentences.instalments(
            ((entry.due_on, entry.amount) for entry in installments), currency
        )
        texts.insert(0, listed)
        ledger.moved(
            _PATH, listed, "BT-20", "EN 16931 has one due date; the instalments stand in the terms"
        )
    return Payment(
        due_on, "\n".join(dict.fromkeys(texts)) or None, _instructions(installments, ledger)
    )


def _instructions(installments: Sequence[Installment], ledger: Ledger) -> PaymentInstructions:
    first = installments[0]
    for other in installments[1:]:
        if other.payment_means is not first.payment_means:
            ledger.dropped(
                f"{_PATH}/PaymentMeans",
                other.payment_means.value,
                "EN 16931 has room for one means of payment: that of the first instalment stands",
            )
    for entry in installments:
        ledger.dropped(
            f"{_PATH}/RegulatoryReportingData", entry.regulatory_reporting_data, "no such term"
        )
    transfers = _transfers(installments, ledger)
    debit = _debit(first, ledger)
    code, text = _means(first, transfers, debit, ledger)
    references = {entry.payment_reference for entry in installments if entry.payment_reference}
    if len(references) > 1:
        ledger.dropped(
            f"{_PATH}/PaymentReconciliationReference",
            ", ".join(sorted(references)),
            "EN 16931 has room for one remittance text",
        )
    return PaymentInstructions(
        means_code=code,
        means_text=text,
        remittance=references.pop() if len(references) == 1 else None,
        credit_transfers=transfers,
        direct_debit=debit,
    )


def _means(
    entry: Installment,
    transfers: tuple[CreditTransfer, ...],
    debit: DirectDebit | None,
    ledger: Ledger,
) -> tuple[str, str | None]:
    means = entry.payment_means
    name = means.name.replace("_", " ").lower()
    code = MEANS.get(means)
    if code is None:
        reason = f"UNCL 4461 has no code for {name}: mutually defined"
    elif code in _NEEDS_ACCOUNT and not transfers:
        reason = "a credit transfer without an account (BT-84): mutually defined"
    elif code in _NEEDS_MANDATE and (debit is None or debit.mandate is None):
        reason = "a direct debit without a mandate (BT-89): mutually defined"
    else:
        return code, None
    ledger.derived(f"{_PATH}/PaymentMeans", means.value, "BT-81", reason)
    return MUTUALLY_DEFINED, name


def _number(account: Account) -> str | None:
    return account.iban or account.account_number


def _transfers(installments: Sequence[Installment], ledger: Ledger) -> tuple[CreditTransfer, ...]:
    found: dict[str, CreditTransfer] = {}
    for entry in installments:
        account = entry.account_to_be_credited
        number = _number(account) if account else None
        if account is None or number is None:
            continue
        bank = account.bic or account.bank_code
        found.setdefault(
            number,
            CreditTransfer(
                account=Identifier(value=number),
                service_provider=Identifier(value=bank) if bank else None,
            ),
        )
        ledger.dropped(f"{_PATH}/AccountToBeCredited/BranchCode", account.branch_code, "no term")
    return tuple(found.values())


def _debit(entry: Installment, ledger: Ledger) -> DirectDebit | None:
    account = entry.account_to_be_debited
    number = _number(account) if account else None
    if number is None and entry.debit_reference is None:
        return None
    if entry.debit_reference is not None:
        ledger.derived(
            f"{_PATH}/DebitReconciliationReference",
            entry.debit_reference,
            "BT-89",
            "the reference of the debit stands as the mandate",
        )
    return DirectDebit(mandate=entry.debit_reference, debited_account=number)
