"""Classification of an operation: where it is taxed, who pays, and the codes of every format.

Source:
    LIVA, Ley 37/1992 (BOE-A-1992-28740), arts. 7, 20 to 25, 68 to 70, 73 and 84; the special
    regimes in its title IX.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources

from tax_es.errors import ArgumentError, ConditionError, UnknownKindError
from tax_es.ids import vat

__all__ = [
    "Classification",
    "Exemption",
    "Place",
    "Regime",
    "Supply",
    "What",
    "by_name",
    "classify",
    "names",
]


class What(StrEnum):
    """What is supplied, as far as the place of supply depends on it."""

    GOODS = "goods"
    SERVICE = "service"
    REAL_ESTATE = "real_estate"
    """A service about a property, located where it lies (art. 70.Uno.1)."""
    EVENT = "event"
    """Admission to an event, located where it takes place (art. 70.Uno.3)."""
    RESTAURANT = "restaurant"
    """Restaurant and catering, located where it is given (art. 70.Uno.5)."""
    PASSENGER_TRANSPORT = "passenger_transport"
    """Located where it runs (art. 70.Uno.2)."""
    ELECTRONIC = "electronic"
    """Electronic, telecommunication and broadcasting services (art. 70.Uno.4 and 8)."""


class Exemption(StrEnum):
    """Why an operation is exempt, by the articles that the code lists tell apart."""

    INLAND = "exempt_inland"
    EXPORT = "export"
    EXPORT_ASSIMILATED = "export_assimilated"
    FREE_ZONE = "free_zone"
    INTRA_COMMUNITY = "intra_community_supply"
    GOLD = "investment_gold"
    OTHER = "exempt_other"


class Regime(StrEnum):
    """Regime of the issuer for this operation."""

    GENERAL = "general"
    MARGIN_USED_GOODS = "margin_used_goods"
    MARGIN_ART = "margin_art"
    MARGIN_ANTIQUES = "margin_antiques"
    TRAVEL_AGENCY = "travel_agency"
    CASH_ACCOUNTING = "cash_accounting"
    EQUIVALENCE = "equivalence_retailer"
    SIMPLIFIED = "simplified_regime"
    FARMING = "farming_compensation"
    IMPORT_ONE_STOP_SHOP = "import_one_stop_shop"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is established, or something happens.

    Attributes:
        country: ISO 3166-1 code; Greece is ``GR`` or ``EL``, Northern Ireland for goods ``XI``.
        territory: In Spain: ``peninsula`` (with the Balearic Islands and, because the IVA is the
            same there, the foral territories), ``canarias``, ``ceuta`` or ``melilla``.
    """

    country: str = "ES"
    territory: str = "peninsula"

    @property
    def has_iva(self) -> bool:
        """Whether the place lies where Spanish IVA applies."""
        return self.country == "ES" and self.territory == "peninsula"

    @property
    def in_union(self) -> bool:
        """Whether the place lies in another Member State."""
        code = {"GR": "EL"}.get(self.country, self.country)
        return code != "ES" and code in vat.countries()


@dataclass(frozen=True, slots=True)
class Supply:
    """An operation, as its issuer knows it.

    Attributes:
        what: What is supplied.
        seller: Where the issuer is established.
        buyer: Where the customer is established; for goods, where they arrive.
        buyer_is_business: Whether the customer acts as a business.
        buyer_registered: Whether the customer's VAT number is in VIES; ``None`` while unknown.
        happens_at: Where the property lies or the event takes place, when it decides.
        exemption: Why it is exempt, when it is.
        reverse_charge: Whether the customer pays the tax (art. 84.Uno.2).
        not_subject: Whether it is outside the tax (art. 7).
        regime: Regime of the issuer.
        over_distance_threshold: Whether sales to consumers of the Union passed 10,000 euros, or the
            issuer chose to be taxed there (art. 73); ``None`` while unknown.
        one_stop_shop: Whether the issuer is registered in the one-stop shop.
        zero_rate: Whether the rate is 0, as of donations.
    """

    what: str = What.GOODS
    seller: Place = Place()
    buyer: Place = Place()
    buyer_is_business: bool = True
    buyer_registered: bool | None = None
    happens_at: Place | None = None
    exemption: str = ""
    reverse_charge: bool = False
    not_subject: bool = False
    regime: str = Regime.GENERAL
    over_distance_threshold: bool | None = None
    one_stop_shop: bool = False
    zero_rate: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """How every format writes an operation.

    Attributes:
        name: Name of the kind in ``params/iva_operations.toml``.
        en16931_category: VAT category code of EN 16931.
        en16931_reason: VATEX code that goes with it, or nothing.
        facturae_tax: ``TaxTypeCode`` of Facturae.
        facturae_event: ``SpecialTaxableEventCode`` of Facturae, or nothing.
        sii: Qualification (S1, S2, N1, N2) or cause of exemption (E1 to E6).
        sii_regime: Key of the regime in SII and VERI*FACTU.
        ticketbai: Kind of taxation, cause of exemption, or cause of not being subject.
        ticketbai_regime: Key of the regime in TicketBAI.
        box: Box of form 303 that the issuer fills; ``by_rate`` for those of the rate.
        gives_right: Whether the operation gives right to deduct.
        article: The article that says so.
        es: The kind in Spanish.
        en: The kind in English.
    """

    name: str
    en16931_category: str
    en16931_reason: str
    facturae_tax: str
    facturae_event: str
    sii: str
    sii_regime: str
    ticketbai: str
    ticketbai_regime: str
    box: str
    gives_right: bool
    article: str
    es: str
    en: str


@cache
def _table() -> Mapping[str, Classification]:
    path = resources.files("tax_es").joinpath("params/iva_operations.toml")
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    rows.pop("source")
    return {
        name: Classification(
            name=name,
            en16931_category=row["category"],
            en16931_reason=row.get("reason", ""),
            facturae_tax=row["facturae"],
            facturae_event=row.get("event", ""),
            sii=row["sii"],
            sii_regime=row["regime"],
            ticketbai=row["tbai"],
            ticketbai_regime=row["tbai_regime"],
            box=row["box"],
            gives_right=row["right"],
            article=row["article"],
            es=row["es"],
            en=row["en"],
        )
        for name, row in rows.items()
    }


def names() -> tuple[str, ...]:
    """Return the names of the kinds."""
    return tuple(_table())


def by_name(name: str) -> Classification:
    """Return a kind by its name.

    Raises:
        UnknownKindError: There is no such kind.
    """
    found = _table().get(str(name))
    if found is None:
        raise UnknownKindError(f"{name!r} is no kind of operation", known=names())
    return found


def classify(supply: Supply) -> Classification:
    """Tell how an operation is taxed and how every format writes it.

    Args:
        supply: The operation, as its issuer knows it.

    Returns:
        The kind, with the codes of EN 16931, Facturae, SII, VERI*FACTU and TicketBAI.

    Raises:
        ConditionError: The answer depends on something that is not given; ``details["condition"]``
            names the field.
        ArgumentError: The operation contradicts itself.
        UnknownKindError: The exemption or the regime has no such name.
    """
    if supply.what not in tuple(What):
        raise UnknownKindError(f"{supply.what!r} is no kind of supply", known=tuple(What))
    if supply.exemption and supply.reverse_charge:
        raise ArgumentError("an operation is exempt or has reverse charge, not both")
    if supply.not_subject:
        return by_name("not_subject")
    if not supply.seller.has_iva and supply.seller.country == "ES":
        return by_name("igic" if supply.seller.territory == "canarias" else "ipsi")
    if supply.exemption:
        if supply.exemption not in tuple(Exemption):
            raise UnknownKindError(f"{supply.exemption!r} is no exemption", known=tuple(Exemption))
        return by_name(supply.exemption)
    if supply.regime != Regime.GENERAL:
        if supply.regime not in tuple(Regime):
            raise UnknownKindError(f"{supply.regime!r} is no regime", known=tuple(Regime))
        return by_name(supply.regime)
    found = _goods(supply) if supply.what == What.GOODS else _service(supply)
    if found == "domestic" and supply.reverse_charge:
        found = "reverse_charge"
    if found == "domestic" and supply.zero_rate:
        return _zero(by_name(found))
    return by_name(found)


def _zero(kind: Classification) -> Classification:
    return replace(kind, en16931_category="Z", article="LIVA, art. 91.Cuatro")


def _goods(supply: Supply) -> str:
    buyer = supply.buyer
    if buyer.has_iva:
        return "domestic"
    if not buyer.in_union:
        # Goods for the Canary Islands, Ceuta and Melilla leave the territory of the tax as well.
        return "export"
    if supply.buyer_is_business:
        if supply.buyer_registered is None:
            raise ConditionError(
                "a supply to a business of the Union is exempt if its number is in VIES: "
                "say buyer_registered",
                condition="buyer_registered",
            )
        return "intra_community_supply" if supply.buyer_registered else "domestic"
    return _to_consumer(supply)


def _service(supply: Supply) -> str:
    buyer, place = supply.buyer, supply.happens_at
    if supply.what in (What.REAL_ESTATE, What.EVENT, What.RESTAURANT, What.PASSENGER_TRANSPORT):
        if place is None:
            raise ConditionError(
                f"{supply.what} is taxed where it happens: say happens_at", condition="happens_at"
            )
        return "domestic" if place.has_iva else "not_located"
    if supply.buyer_is_business:
        if buyer.has_iva:
            return "domestic"
        return "service_to_union_business" if buyer.in_union else "not_located"
    if supply.what == What.ELECTRONIC and not buyer.has_iva:
        return _to_consumer(supply) if buyer.in_union else "not_located"
    return "domestic"


def _to_consumer(supply: Supply) -> str:
    if supply.over_distance_threshold is None:
        raise ConditionError(
            "sales to consumers of the Union are taxed there above 10,000 euros a year: "
            "say over_distance_threshold",
            condition="over_distance_threshold",
        )
    if not supply.over_distance_threshold:
        return "domestic"
    return "one_stop_shop" if supply.one_stop_shop else "not_located"
