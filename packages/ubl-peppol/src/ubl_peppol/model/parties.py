"""Seller, buyer, payee and tax representative (BG-4 to BG-12), and the delivery (BG-13, BG-15)."""

from datetime import date
from typing import Annotated

from einvoice_core.records import Term
from ubl_peppol.model.datatypes import Code, Group, Identifier, Text

__all__ = [
    "Buyer",
    "BuyerAddress",
    "BuyerContact",
    "DeliverToAddress",
    "Delivery",
    "Payee",
    "RepresentativeAddress",
    "Seller",
    "SellerAddress",
    "SellerContact",
    "TaxRepresentative",
]


class SellerAddress(Group):
    """Postal address of the seller (BG-5)."""

    line_1: Annotated[Text | None, Term("BT-35")] = None
    line_2: Annotated[Text | None, Term("BT-36")] = None
    line_3: Annotated[Text | None, Term("BT-162")] = None
    city: Annotated[Text | None, Term("BT-37")] = None
    post_code: Annotated[Text | None, Term("BT-38")] = None
    subdivision: Annotated[Text | None, Term("BT-39")] = None
    country: Annotated[Code, Term("BT-40")]


class SellerContact(Group):
    """Contact of the seller (BG-6)."""

    point: Annotated[Text | None, Term("BT-41")] = None
    telephone: Annotated[Text | None, Term("BT-42")] = None
    email: Annotated[Text | None, Term("BT-43")] = None


class Seller(Group):
    """Who issues the claim (BG-4)."""

    name: Annotated[Text, Term("BT-27")]
    trading_name: Annotated[Text | None, Term("BT-28")] = None
    identifiers: Annotated[tuple[Identifier, ...], Term("BT-29")] = ()
    legal_registration: Annotated[Identifier | None, Term("BT-30")] = None
    vat_id: Annotated[Text | None, Term("BT-31")] = None
    tax_registration: Annotated[Text | None, Term("BT-32")] = None
    legal_information: Annotated[Text | None, Term("BT-33")] = None
    electronic_address: Annotated[Identifier | None, Term("BT-34")] = None
    address: Annotated[SellerAddress, Term("BG-5")]
    contact: Annotated[SellerContact | None, Term("BG-6")] = None


class BuyerAddress(Group):
    """Postal address of the buyer (BG-8)."""

    line_1: Annotated[Text | None, Term("BT-50")] = None
    line_2: Annotated[Text | None, Term("BT-51")] = None
    line_3: Annotated[Text | None, Term("BT-163")] = None
    city: Annotated[Text | None, Term("BT-52")] = None
    post_code: Annotated[Text | None, Term("BT-53")] = None
    subdivision: Annotated[Text | None, Term("BT-54")] = None
    country: Annotated[Code, Term("BT-55")]


class BuyerContact(Group):
    """Contact of the buyer (BG-9)."""

    point: Annotated[Text | None, Term("BT-56")] = None
    telephone: Annotated[Text | None, Term("BT-57")] = None
    email: Annotated[Text | None, Term("BT-58")] = None


class Buyer(Group):
    """Who owes the amount (BG-7)."""

    name: Annotated[Text, Term("BT-44")]
    trading_name: Annotated[Text | None, Term("BT-45")] = None
    identifier: Annotated[Identifier | None, Term("BT-46")] = None
    legal_registration: Annotated[Identifier | None, Term("BT-47")] = None
    vat_id: Annotated[Text | None, Term("BT-48")] = None
    electronic_address: Annotated[Identifier | None, Term("BT-49")] = None
    address: Annotated[BuyerAddress, Term("BG-8")]
    contact: Annotated[BuyerContact | None, Term("BG-9")] = None


class Payee(Group):
    """Who receives the payment, when it is not the seller (BG-10)."""

    name: Annotated[Text, Term("BT-59")]
    identifier: Annotated[Identifier | None, Term("BT-60")] = None
    legal_registration: Annotated[Identifier | None, Term("BT-61")] = None


class RepresentativeAddress(Group):
    """Postal address of the tax representative (BG-12)."""

    line_1: Annotated[Text | None, Term("BT-64")] = None
    line_2: Annotated[Text | None, Term("BT-65")] = None
    line_3: Annotated[Text | None, Term("BT-164")] = None
    city: Annotated[Text | None, Term("BT-66")] = None
    post_code: Annotated[Text | None, Term("BT-67")] = None
    subdivision: Annotated[Text | None, Term("BT-68")] = None
    country: Annotated[Code, Term("BT-69")]


class TaxRepresentative(Group):
    """Who pays the tax in the seller's place (BG-11)."""

    name: Annotated[Text, Term("BT-62")]
    vat_id: Annotated[Text, Term("BT-63")]
    address: Annotated[RepresentativeAddress, Term("BG-12")]


class DeliverToAddress(Group):
    """Where the goods or services were delivered (BG-15)."""

    line_1: Annotated[Text | None, Term("BT-75")] = None
    line_2: Annotated[Text | None, Term("BT-76")] = None
    line_3: Annotated[Text | None, Term("BT-165")] = None
    city: Annotated[Text | None, Term("BT-77")] = None
    post_code: Annotated[Text | None, Term("BT-78")] = None
    subdivision: Annotated[Text | None, Term("BT-79")] = None
    country: Annotated[Code, Term("BT-80")]


class Delivery(Group):
    """Where and when (BG-13)."""

    party_name: Annotated[Text | None, Term("BT-70")] = None
    location: Annotated[Identifier | None, Term("BT-71")] = None
    delivered_on: Annotated[date | None, Term("BT-72")] = None
    address: Annotated[DeliverToAddress | None, Term("BG-15")] = None
