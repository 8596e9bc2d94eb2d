"""The words of the page in each language that Babel formats numbers and dates for."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["WORDS", "Language"]


class Language(StrEnum):
    """A language of the page."""

    SPANISH = "es"
    CATALAN = "ca"
    BASQUE = "eu"
    GALICIAN = "gl"
    ENGLISH = "en"


_KEYS = (
    "number",
    "issued",
    "operation",
    "seller",
    "buyer",
    "description",
    "quantity",
    "price",
    "discount",
    "tax",
    "amount",
    "tax_summary",
    "base",
    "rate",
    "tax_amount",
    "payment",
    "due",
    "notes",
    "page",
    "of",
    "allowances",
)

_TABLE = {
    Language.SPANISH: (
        "Número", "Fecha de expedición", "Fecha de operación", "Emisor", "Cliente", "Descripción",
        "Cantidad", "Precio", "Dto.", "Impuesto", "Importe", "Resumen de impuestos", "Base",
        "Tipo", "Cuota", "Forma de pago", "Vencimiento", "Observaciones", "Página", "de",
        "Descuentos y cargos",
    ),
    Language.CATALAN: (
        "Número", "Data d'expedició", "Data d'operació", "Emissor", "Client", "Descripció",
        "Quantitat", "Preu", "Dte.", "Impost", "Import", "Resum d'impostos", "Base",
        "Tipus", "Quota", "Forma de pagament", "Venciment", "Observacions", "Pàgina", "de",
        "Descomptes i càrrecs",
    ),
    Language.BASQUE: (
        "Zenbakia", "Igorpen-data", "Eragiketa-data", "Igorlea", "Bezeroa", "Deskribapena",
        "Kopurua", "Prezioa", "Desk.", "Zerga", "Zenbatekoa", "Zergen laburpena", "Oinarria",
        "Tasa", "Kuota", "Ordainketa-modua", "Epemuga", "Oharrak", "Orria", "/",
        "Deskontuak eta kargak",
    ),
    Language.GALICIAN: (
        "Número", "Data de expedición", "Data de operación", "Emisor", "Cliente", "Descrición",
        "Cantidade", "Prezo", "Dto.", "Imposto", "Importe", "Resumo de impostos", "Base",
        "Tipo", "Cota", "Forma de pagamento", "Vencemento", "Observacións", "Páxina", "de",
        "Descontos e cargos",
    ),
    Language.ENGLISH: (
        "Number", "Issue date", "Date of supply", "Seller", "Customer", "Description",
        "Quantity", "Price", "Disc.", "Tax", "Amount", "Tax summary", "Base",
        "Rate", "Tax", "Payment", "Due", "Notes", "Page", "of",
        "Discounts and charges",
    ),
}  # fmt: skip

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType(dict(zip(_KEYS, words, strict=True)))
        for language, words in _TABLE.items()
    }
)
