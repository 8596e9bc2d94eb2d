"""Accounts and assignment of credit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from einvoice_core.findings import Breach, RuleSet, Severity
from einvoice_core.money import total
from facturae_es.codes import PaymentMeans
from facturae_es.model import Account, Installment
from facturae_es.reader import Examined
from facturae_es.rules._common import CENT, SOURCE, invoices, numbered

__all__ = ["is_iban", "payments"]

payments: RuleSet[Examined] = RuleSet(SOURCE, "rules")

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{5}", re.ASCII)
_LENGTH_IN_SPAIN = 24
_POWER_OF_ATTORNEY = "poder acreditativo de representación"
_OTHER_REPOSITORY = "otros"


def is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN with the right check digits.

    Source:
        ISO 13616-1: the check is the remainder by 97; a Spanish one has 24 characters.
    """
    if not _IBAN.fullmatch(text) or (text[:2] == "ES" and len(text) != _LENGTH_IN_SPAIN):
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def _installments(examined: Examined) -> Iterator[tuple[str, Installment]]:
    if examined.document is None:
        return
    for path, invoice in invoices(examined):
        yield from numbered(f"{path}.payment_details", invoice.payment_details)
    factoring = examined.document.file_header.factoring
    if factoring is not None:
        yield from numbered("file_header.factoring.payment_details", factoring.payment_details)


def _accounts(examined: Examined) -> Iterator[tuple[str, Account]]:
    for path, instalment in _installments(examined):
        if instalment.account_to_be_credited:
            yield f"{path}.account_to_be_credited", instalment.account_to_be_credited
        if instalment.account_to_be_debited:
            yield f"{path}.account_to_be_debited", instalment.account_to_be_debited


@payments.rule(
    "FACTURAE-051",
    message="{iban} is not an IBAN: a character is wrong, or spaces are left; ask for the account "
    "again.",
    severity=Severity.WARNING,
    source="ISO 13616-1",
)
def accounts_have_a_right_iban(examined: Examined) -> Iterator[Breach]:
    """IBAN has its form, its length in Spain, and the right check digits."""
    for path, account in _accounts(examined):
        if account.iban is not None and not is_iban(account.iban):
            yield Breach(examined.place(f"{path}.iban"), iban=account.iban)


@payments.rule(
    "FACTURAE-052",
    message="The payment is a credit transfer (04), so AccountToBeCredited must say to where.",
)
def a_transfer_has_its_account(examined: Examined) -> Iterator[Breach]:
    """AccountToBeCredited is present when PaymentMeans is 04."""
    for path, instalment in _installments(examined):
        transfer = instalment.payment_means is PaymentMeans.CREDIT_TRANSFER
        if transfer and instalment.account_to_be_credited is None:
            yield Breach(examined.place(f"{path}.payment_means"))


@payments.rule(
    "FACTURAE-053",
    message="The payment is a direct debit (02), so AccountToBeDebited must say from where.",
)
def a_direct_debit_has_its_account(examined: Examined) -> Iterator[Breach]:
    """AccountToBeDebited is present when PaymentMeans is 02."""
    for path, instalment in _installments(examined):
        debit = instalment.payment_means is PaymentMeans.DIRECT_DEBIT
        if debit and instalment.account_to_be_debited is None:
            yield Breach(examined.place(f"{path}.payment_means"))


@payments.rule(
    "FACTURAE-054",
    message="{bic} is not a BIC: four letters of the bank, two of the country, two characters of "
    "the place and three of the branch, XXX without one.",
    severity=Severity.WARNING,
    source="ISO 9362",
)
def banks_have_a_right_bic(examined: Examined) -> Iterator[Breach]:
    """BIC has its form of eleven characters."""
    for path, account in _accounts(examined):
        if account.bic is not None and not _BIC.fullmatch(account.bic):
            yield Breach(examined.place(f"{path}.bic"), bic=account.bic)


@payments.rule(
    "FACTURAE-055",
    message="DocumentCharacter is a power of attorney, so RepresentationIdentity must say of whom.",
)
def a_power_of_attorney_says_of_whom(examined: Examined) -> Iterator[Breach]:
    """RepresentationIdentity is present when the document is a power of attorney."""
    factoring = examined.document.file_header.factoring if examined.document else None
    for i, document in enumerate(factoring.documents if factoring else ()):
        power = document.character.strip().casefold() == _POWER_OF_ATTORNEY
        if power and not document.representation:
            yield Breach(examined.place(f"file_header.factoring.documents[{i}].character"))


@payments.rule(
    "FACTURAE-056",
    message="RepositoryName is 'otros', so URL must say where the document is.",
)
def another_repository_has_its_address(examined: Examined) -> Iterator[Breach]:
    """URL is present when RepositoryName is 'otros'."""
    factoring = examined.document.file_header.factoring if examined.document else None
    for i, document in enumerate(factoring.documents if factoring else ()):
        repository = document.repository
        if repository is None or repository.url:
            continue
        if repository.name.strip().casefold() == _OTHER_REPOSITORY:
            yield Breach(examined.place(f"file_header.factoring.documents[{i}].repository.name"))


@payments.rule(
    "FACTURAE-057",
    message="The assignee {nif} is the seller: a credit is assigned to somebody else.",
    severity=Severity.WARNING,
)
def a_credit_is_assigned_to_another(examined: Examined) -> Iterator[Breach]:
    """The assignee is not the seller."""
    document = examined.document
    factoring = document.file_header.factoring if document else None
    if document is None or factoring is None:
        return
    assignee = factoring.assignee.tax_identification.nif
    if assignee == document.parties.seller.tax_identification.nif:
        at = examined.place("file_header.factoring.assignee.tax_identification.nif")
        yield Breach(at, nif=assignee)


@payments.rule(
    "FACTURAE-058",
    message="The assigned payments add up to {stated}, more than the {payable} that the file "
    "leaves to be paid.",
    severity=Severity.WARNING,
)
def no_more_is_assigned_than_is_owed(examined: Examined) -> Iterator[Breach]:
    """The instalments of the assignment do not exceed TotalExecutableAmount of the file."""
    document = examined.document
    factoring = document.file_header.factoring if document else None
    if document is None or factoring is None:
        return
    stated = total(instalment.amount for instalment in factoring.payment_details)
    payable = document.file_header.batch.total_executable.total
    if stated > payable + CENT:
        at = examined.place("file_header.factoring.payment_details[0].amount")
        yield Breach(at, stated=stated, payable=payable)
