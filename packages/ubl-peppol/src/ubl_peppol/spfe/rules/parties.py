"""Checks of the parties (ES-SPFE-020 to 032, 106)."""

from einvoice_core.findings import Breach
from tax_es.ids import nif
from ubl_peppol.spfe.lists import codes
from ubl_peppol.spfe.rules._base import Breaches, Document, Node, check

__all__ = ["identified"]

_SELLER = "cac:AccountingSupplierParty/cac:Party"
_BUYER = "cac:AccountingCustomerParty/cac:Party"
_ADDRESS = {"street": "cbc:StreetName", "country": "cac:Country/cbc:IdentificationCode"}
_SPANISH = {
    "municipality": "cbc:CityName",
    "post code": "cbc:PostalZone",
    "province": "cbc:CountrySubentity",
}


def _ids(doc: Document, party: str, tax: str) -> list[Node]:
    found = doc.all(f"{party}/cac:PartyTaxScheme")
    return [
        each
        for each in found
        if each.text("cac:TaxScheme/cbc:ID") == tax and each.text("cbc:CompanyID")
    ]


def _is_vat(number: str) -> bool:
    return number.startswith("ES") and _is_nif(number[2:])


def _is_nif(number: str) -> bool:
    return not number.startswith("ES") and nif.check(number).valid


def _is_local(entry: Node) -> bool:
    scheme = entry.attribute("cbc:CompanyID", "schemeID")
    return scheme == "FC" and _is_nif(entry.text("cbc:CompanyID"))


def identified(doc: Document) -> bool:
    """Tell whether both parties have an identifier that is right."""
    return all(
        any(_is_vat(each.text("cbc:CompanyID")) for each in _ids(doc, party, "VAT"))
        or any(_is_local(each) for each in _ids(doc, party, "LOC"))
        for party in (_SELLER, _BUYER)
    )


@check("ES-SPFE-020", "The seller has no tax identifier: state BT-31 (VAT) or BT-32 (LOC).")
def _seller_id(doc: Document) -> Breaches:
    """The seller has an identifier for VAT (BT-31) or a NIF (BT-32)."""
    if not _ids(doc, _SELLER, "VAT") and not _ids(doc, _SELLER, "LOC"):
        yield Breach(doc.at(_SELLER))


@check("ES-SPFE-021", "{number!r} (BT-31) is not ES and a NIF: correct it.")
def _seller_vat(doc: Document) -> Breaches:
    """The identifier of the seller for VAT is ES and a valid NIF."""
    yield from _wrong_vat(doc, _SELLER)


@check("ES-SPFE-022", "{number!r} (BT-32) must be a NIF without ES, with the scheme FC.")
def _seller_nif(doc: Document) -> Breaches:
    """The NIF of the seller (BT-32) is valid, without ES, with the scheme FC."""
    yield from _wrong_local(doc, _SELLER)


@check("ES-SPFE-023", "BT-30 is {stated!r}: with BT-32 it must be the same NIF, {wanted}.")
def _seller_register(doc: Document) -> Breaches:
    """With a NIF as BT-32, the legal identifier (BT-30) is the same."""
    stated = doc.text(f"{_SELLER}/cac:PartyLegalEntity/cbc:CompanyID")
    for entry in _ids(doc, _SELLER, "LOC"):
        wanted = entry.text("cbc:CompanyID")
        if stated != wanted:
            yield Breach(entry, stated=stated, wanted=wanted)


@check("ES-SPFE-024", "The buyer has no tax identifier: state BT-48 (VAT) or BT-47 (LOC).")
def _buyer_id(doc: Document) -> Breaches:
    """The buyer has an identifier for VAT (BT-48) or a NIF (BT-47)."""
    if not _ids(doc, _BUYER, "VAT") and not _ids(doc, _BUYER, "LOC"):
        yield Breach(doc.at(_BUYER))


@check("ES-SPFE-025", "{number!r} (BT-48) is not ES and a NIF: correct it.")
def _buyer_vat(doc: Document) -> Breaches:
    """The identifier of the buyer for VAT is ES and a valid NIF."""
    yield from _wrong_vat(doc, _BUYER)


@check("ES-SPFE-026", "{number!r} (BT-47) must be a NIF without ES, with the scheme FC.")
def _buyer_nif(doc: Document) -> Breaches:
    """The NIF of the buyer (BT-47) is valid, without ES, with the scheme FC."""
    yield from _wrong_local(doc, _BUYER)


def _wrong_vat(doc: Document, party: str) -> Breaches:
    for entry in _ids(doc, party, "VAT"):
        if not _is_vat(number := entry.text("cbc:CompanyID")):
            yield Breach(entry.at("cbc:CompanyID"), number=number)


def _wrong_local(doc: Document, party: str) -> Breaches:
    for entry in _ids(doc, party, "LOC"):
        if not _is_local(entry):
            yield Breach(entry.at("cbc:CompanyID"), number=entry.text("cbc:CompanyID"))


@check("ES-SPFE-027", "A party has no name (BT-27, BT-44): state it.")
def _names(doc: Document) -> Breaches:
    """Seller and buyer have a name."""
    for party in (_SELLER, _BUYER):
        if not doc.text(f"{party}/cac:PartyLegalEntity/cbc:RegistrationName"):
            yield Breach(doc.at(party))


@check("ES-SPFE-028", "An address has no {what}: state it.")
def _addresses(doc: Document) -> Breaches:
    """The addresses of seller and buyer have street and country."""
    yield from _lacking(doc, _ADDRESS, everywhere=True)


@check("ES-SPFE-029", "An address in Spain has no {what}: state it.")
def _spanish_addresses(doc: Document) -> Breaches:
    """An address in Spain has municipality, post code and province."""
    yield from _lacking(doc, _SPANISH, everywhere=False)


def _lacking(doc: Document, wanted: dict[str, str], *, everywhere: bool) -> Breaches:
    for party in (_SELLER, _BUYER):
        address = f"{party}/cac:PostalAddress"
        if everywhere or doc.text(f"{address}/cac:Country/cbc:IdentificationCode") == "ES":
            for what, path in wanted.items():
                if not doc.text(f"{address}/{path}"):
                    yield Breach(doc.one(address) or doc.at(party), what=what)


@check("ES-SPFE-030", "The third party lacks {what}: state it.")
def _third_party(doc: Document) -> Breaches:
    """A third party that issues (BG-ES-1) has name, type and a NIF as LOC with FC, or VAT."""
    for each in doc.all(f"{_SELLER}/cac:ServiceProviderParty"):
        entry = each.one("cac:Party/cac:PartyTaxScheme")
        tax = entry.text("cac:TaxScheme/cbc:ID") if entry else ""
        right = entry is not None and (
            _is_local(entry) if tax == "LOC" else tax == "VAT" and entry.text("cbc:CompanyID")
        )
        if not right:
            yield Breach(entry or each, what="a NIF with LOC and FC, or an identifier with VAT")
        if not each.text("cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"):
            yield Breach(each, what="its name (BT-ES-3)")
        if each.text("cbc:ServiceTypeCode") not in codes("third-party"):
            yield Breach(each, what="its type (BT-ES-5): FacturaciónPorTercero")


@check("ES-SPFE-032", "The buyer issues (BT-3), and a third party is named too: is that so?")
def _self_billing(doc: Document) -> Breaches:
    """An invoice that the buyer issues does not usually name a third party."""
    for each in doc.all(f"{_SELLER}/cac:ServiceProviderParty"):
        if doc.type_code in ("389", "471"):
            yield Breach(each)


@check("ES-SPFE-106", "It would not be admitted: the NIF of both parties must be there and right.")
def _admitted(doc: Document) -> Breaches:
    """A document is admitted only with the NIF of issuer and recipient."""
    if not identified(doc):
        yield Breach(doc)
