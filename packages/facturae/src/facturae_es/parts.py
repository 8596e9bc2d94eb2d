"""The parts of a document with their codes filled in: parties, centres, payments, corrections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from einvoice_core.money import round_to
from facturae_es.codes import (
    CorrectionMethod,
    PaymentMeans,
    PersonType,
    ReasonCode,
    ResidenceType,
    RoleType,
)
from facturae_es.model import (
    Account,
    Address,
    AdministrativeCentre,
    ContactDetails,
    Corrective,
    Individual,
    Installment,
    LegalEntity,
    OverseasAddress,
    Party,
    Period,
    TaxIdentification,
)

__all__ = ["centre", "company", "correction", "person", "transfer"]


def company(
    nif: str,
    name: str,
    address: Address | OverseasAddress,
    *,
    trade_name: str | None = None,
    residence: ResidenceType = ResidenceType.SPAIN,
    contact: ContactDetails | None = None,
    centres: Iterable[AdministrativeCentre] = (),
    reference: str | None = None,
) -> Party:
    """Make a party that is a legal entity.

    Args:
        nif: Tax number, with the prefix of the country between member states.
        name: Corporate name (razón social).
        address: Where it is.
        trade_name: Name in trade.
        residence: Where it resides for tax.
        contact: Telephone, mail and the like.
        centres: Administrative centres, such as DIR3 units.
        reference: The caller's own number for the party, digits only.
    """
    in_spain, overseas = _place(address)
    return Party(
        tax_identification=TaxIdentification(
            person_type=PersonType.LEGAL_ENTITY, residence_type=residence, nif=nif
        ),
        party_identification=reference,
        administrative_centres=tuple(centres),
        legal_entity=LegalEntity(
            corporate_name=name,
            trade_name=trade_name,
            address_in_spain=in_spain,
            overseas_address=overseas,
            contact_details=contact,
        ),
    )


def person(
    nif: str,
    name: str,
    first_surname: str,
    address: Address | OverseasAddress,
    *,
    second_surname: str | None = None,
    residence: ResidenceType = ResidenceType.SPAIN,
    contact: ContactDetails | None = None,
    centres: Iterable[AdministrativeCentre] = (),
    reference: str | None = None,
) -> Party:
    """Make a party that is a natural person.

    Args:
        nif: Tax number: NIF or NIE.
        name: Given name.
        first_surname: First surname.
        address: Where the person is.
        second_surname: Second surname, where there is one.
        residence: Where the person resides for tax.
        contact: Telephone, mail and the like.
        centres: Administrative centres.
        reference: The caller's own number for the party, digits only.
    """
    in_spain, overseas = _place(address)
    return Party(
        tax_identification=TaxIdentification(
            person_type=PersonType.INDIVIDUAL, residence_type=residence, nif=nif
        ),
        party_identification=reference,
        administrative_centres=tuple(centres),
        individual=Individual(
            name=name,
            first_surname=first_surname,
            second_surname=second_surname,
            address_in_spain=in_spain,
            overseas_address=overseas,
            contact_details=contact,
        ),
    )


def centre(
    code: str, role: RoleType, address: Address | OverseasAddress, *, name: str | None = None
) -> AdministrativeCentre:
    """Make an administrative centre, such as a DIR3 unit of a public buyer.

    Args:
        code: Code of the unit, such as its DIR3 code.
        role: Its task.
        address: Where it is.
        name: Its name.
    """
    in_spain, overseas = _place(address)
    return AdministrativeCentre(
        centre_code=code,
        role=role,
        address_in_spain=in_spain,
        overseas_address=overseas,
        description=name,
    )


def transfer(due_on: date, amount: Decimal, iban: str, *, bic: str | None = None) -> Installment:
    """Make an instalment paid by credit transfer to an account.

    Args:
        due_on: Day on which it is due (vencimiento).
        amount: What is paid, in cents.
        iban: Account of the seller, with or without spaces.
        bic: Code of the bank, in its form of eleven characters.
    """
    return Installment(
        due_on=due_on,
        amount=round_to(amount),
        payment_means=PaymentMeans.CREDIT_TRANSFER,
        account_to_be_credited=Account(iban=iban.replace(" ", ""), bic=bic),
    )


def correction(
    reason: ReasonCode,
    method: CorrectionMethod,
    tax_period: Period,
    *,
    number: str | None = None,
    series: str | None = None,
    issued_on: date | None = None,
    explanation: str | None = None,
) -> Corrective:
    """Make the data of a corrective invoice, with the fixed texts of its codes.

    Args:
        reason: What is corrected.
        method: How it is corrected.
        tax_period: Period in which the corrected invoice was declared.
        number: Number of the corrected invoice.
        series: Series of the corrected invoice.
        issued_on: Date of the corrected invoice; only version 3.2.2 carries it.
        explanation: More about the reason.
    """
    return Corrective(
        invoice_number=number,
        invoice_series=series,
        reason=reason,
        reason_description=reason.description,
        tax_period=tax_period,
        method=method,
        method_description=method.description,
        additional_reason=explanation,
        invoice_issued_on=issued_on,
    )


def _place(
    address: Address | OverseasAddress,
) -> tuple[Address | None, OverseasAddress | None]:
    return (address, None) if isinstance(address, Address) else (None, address)
