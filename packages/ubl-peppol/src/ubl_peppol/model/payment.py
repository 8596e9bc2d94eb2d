"""How the invoice is paid (BG-16 to BG-19)."""

from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import Code, Group, Identifier, Text

__all__ = ["CreditTransfer", "DirectDebit", "PaymentCard", "PaymentInstructions"]


class CreditTransfer(Group):
    """An account to which to pay (BG-17)."""

    account: Annotated[Identifier, Term("BT-84")]
    account_name: Annotated[Text | None, Term("BT-85")] = None
    service_provider: Annotated[Identifier | None, Term("BT-86")] = None


class PaymentCard(Group):
    """The card used (BG-18)."""

    account_number: Annotated[Text, Term("BT-87")]
    holder: Annotated[Text | None, Term("BT-88")] = None


class DirectDebit(Group):
    """The mandate under which the seller collects (BG-19)."""

    mandate: Annotated[Text | None, Term("BT-89")] = None
    creditor: Annotated[Text | None, Term("BT-90")] = None
    debited_account: Annotated[Text | None, Term("BT-91")] = None


class PaymentInstructions(Group):
    """Means of payment (BG-16)."""

    means_code: Annotated[Code, Term("BT-81")]
    means_text: Annotated[Text | None, Term("BT-82")] = None
    remittance: Annotated[Text | None, Term("BT-83")] = None
    credit_transfers: Annotated[tuple[CreditTransfer, ...], Term("BG-17")] = ()
    card: Annotated[PaymentCard | None, Term("BG-18")] = None
    direct_debit: Annotated[DirectDebit | None, Term("BG-19")] = None
