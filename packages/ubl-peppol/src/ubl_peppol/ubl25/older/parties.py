"""Parties of the 2026 edition in that of 2017."""

from collections.abc import Iterable

from ubl_peppol import model as older
from ubl_peppol.losses import LossKind
from ubl_peppol.ubl25 import model
from ubl_peppol.ubl25.older._common import Ledger, identifier, needed

__all__ = ["buyer", "delivery", "payee", "representative", "seller"]


def _place(address: model.Address | None) -> dict[str, str | None]:
    if address is None:
        return {}
    return {
        "line_1": address.street,
        "line_2": address.line_2,
        "line_3": address.line_3,
        "city": address.city,
        "post_code": address.post_code,
        "subdivision": address.subdivision,
        "country": address.country,
    }


def _tax_ids(ids: Iterable[model.TaxId]) -> tuple[str | None, str | None]:
    """Return the number for VAT and another one."""
    vat_id = next((each.value for each in ids if each.tax == "VAT" and each.value), None)
    local = next((each.value for each in ids if each.tax != "VAT" and each.value), None)
    return vat_id, local


def _contact(contact: model.Contact | None) -> dict[str, str | None] | None:
    if contact is None:
        return None
    return {"point": contact.name, "telephone": contact.telephone, "email": contact.email}


def seller(party: model.Party) -> older.Seller:
    """Map the seller (BG-4)."""
    vat_id, local = _tax_ids(party.tax_ids)
    contact = _contact(party.contact)
    return older.Seller(
        name=needed(party.name, "BT-27"),
        trading_name=party.trading_name,
        identifiers=tuple(
            older.Identifier(value=each.value, scheme_id=each.scheme_id)
            for each in party.ids
            if each.value
        ),
        legal_registration=identifier(
            party.legal_id or (local if not vat_id else None), party.legal_id_scheme
        ),
        vat_id=vat_id,
        tax_registration=local,
        legal_information=party.legal_information,
        electronic_address=identifier(party.endpoint, party.endpoint_scheme),
        address=older.SellerAddress.model_validate(_place(party.address)),
        contact=older.SellerContact.model_validate(contact) if contact else None,
    )


def buyer(party: model.Party, ledger: Ledger) -> older.Buyer:
    """Map the buyer (BG-7)."""
    vat_id, local = _tax_ids(party.tax_ids)
    contact = _contact(party.contact)
    for other in party.ids[1:]:
        reason = "EN 16931:2017 has room for one"
        ledger.note(LossKind.DROPPED, "/buyer/ids", other.value, reason, "BT-46")
    first = party.ids[0] if party.ids else None
    return older.Buyer(
        name=needed(party.name, "BT-44"),
        trading_name=party.trading_name,
        identifier=identifier(first.value, first.scheme_id) if first else None,
        legal_registration=identifier(party.legal_id or local, party.legal_id_scheme),
        vat_id=vat_id,
        electronic_address=identifier(party.endpoint, party.endpoint_scheme),
        address=older.BuyerAddress.model_validate(_place(party.address)),
        contact=older.BuyerContact.model_validate(contact) if contact else None,
    )


def payee(payee: model.Payee | None, ledger: Ledger) -> older.Payee | None:
    """Map the payee (BG-10)."""
    if payee is None:
        return None
    for other in payee.ids[1:]:
        reason = "EN 16931:2017 has room for one"
        ledger.note(LossKind.DROPPED, "/payee/ids", other.value, reason, "BT-60")
    first = payee.ids[0] if payee.ids else None
    return older.Payee(
        name=needed(payee.name, "BT-59"),
        identifier=identifier(first.value, first.scheme_id) if first else None,
        legal_registration=identifier(payee.legal_id, payee.legal_id_scheme),
    )


def representative(party: model.TaxRepresentative | None) -> older.TaxRepresentative | None:
    """Map the tax representative (BG-11)."""
    if party is None:
        return None
    vat_id, local = _tax_ids(party.tax_ids)
    return older.TaxRepresentative(
        name=needed(party.name, "BT-62"),
        vat_id=needed(vat_id or local, "BT-63"),
        address=older.RepresentativeAddress.model_validate(_place(party.address)),
    )


def delivery(delivery: model.Delivery | None) -> older.Delivery | None:
    """Map the delivery (BG-13)."""
    if delivery is None:
        return None
    place = _place(delivery.address)
    return older.Delivery(
        party_name=delivery.party_name,
        location=identifier(delivery.location_id, delivery.location_scheme),
        delivered_on=delivery.delivered_on,
        address=older.DeliverToAddress.model_validate(place) if place else None,
    )
