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
    "invoice",
    "corrective",
    "credit_note",
    "self_billed",
    "without_tax",
    "taxes",
    "with_tax",
    "prepaid",
    "rounding",
    "to_pay",
    "order",
    "contract",
    "file",
    "project",
    "corrects",
    "buyer_reference",
    "transfer",
    "direct_debit",
    "card",
    "cash",
    "other_means",
)

_TABLE = {
    Language.SPANISH: (
        "Número", "Fecha de expedición", "Fecha de operación", "Emisor", "Cliente", "Descripción",
        "Cantidad", "Precio", "Dto.", "Impuesto", "Importe", "Resumen de impuestos", "Base",
        "Tipo", "Cuota", "Forma de pago", "Vencimiento", "Observaciones", "Página", "de",
        "Descuentos y cargos",
        "Factura", "Factura rectificativa", "Nota de abono", "Autofactura", "Base imponible",
        "Impuestos", "Total con impuestos", "Pagado", "Redondeo", "Total a pagar", "Pedido",
        "Contrato", "Expediente", "Proyecto", "Rectifica", "Referencia", "Transferencia",
        "Recibo domiciliado", "Tarjeta", "Al contado", "Medio de pago",
    ),
    Language.CATALAN: (
        "Número", "Data d'expedició", "Data d'operació", "Emissor", "Client", "Descripció",
        "Quantitat", "Preu", "Dte.", "Impost", "Import", "Resum d'impostos", "Base",
        "Tipus", "Quota", "Forma de pagament", "Venciment", "Observacions", "Pàgina", "de",
        "Descomptes i càrrecs",
        "Factura", "Factura rectificativa", "Nota d'abonament", "Autofactura", "Base imposable",
        "Impostos", "Total amb impostos", "Pagat", "Arrodoniment", "Total a pagar", "Comanda",
        "Contracte", "Expedient", "Projecte", "Rectifica", "Referència", "Transferència",
        "Rebut domiciliat", "Targeta", "Al comptat", "Mitjà de pagament",
    ),
    Language.BASQUE: (
        "Zenbakia", "Igorpen-data", "Eragiketa-data", "Igorlea", "Bezeroa", "Deskribapena",
        "Kopurua", "Prezioa", "Desk.", "Zerga", "Zenbatekoa", "Zergen laburpena", "Oinarria",
        "Tasa", "Kuota", "Ordainketa-modua", "Epemuga", "Oharrak", "Orria", "/",
        "Deskontuak eta kargak",
        "Faktura", "Faktura zuzentzailea", "Abonu-oharra", "Autofaktura", "Zerga-oinarria",
        "Zergak", "Guztira zergekin", "Ordaindua", "Biribiltzea", "Ordaintzeko guztira", "Eskaera",
        "Kontratua", "Espedientea", "Proiektua", "Zuzentzen du", "Erreferentzia", "Transferentzia",
        "Ordainagiri helbideratua", "Txartela", "Eskudirutan", "Ordainbidea",
    ),
    Language.GALICIAN: (
        "Número", "Data de expedición", "Data de operación", "Emisor", "Cliente", "Descrición",
        "Cantidade", "Prezo", "Dto.", "Imposto", "Importe", "Resumo de impostos", "Base",
        "Tipo", "Cota", "Forma de pagamento", "Vencemento", "Observacións", "Páxina", "de",
        "Descontos e cargos",
        "Factura", "Factura rectificativa", "Nota de aboamento", "Autofactura", "Base impoñible",
        "Impostos", "Total con impostos", "Pagado", "Arredondamento", "Total a pagar", "Pedido",
        "Contrato", "Expediente", "Proxecto", "Rectifica", "Referencia", "Transferencia",
        "Recibo domiciliado", "Tarxeta", "Ao contado", "Medio de pagamento",
    ),
    Language.ENGLISH: (
        "Number", "Issue date", "Date of supply", "Seller", "Customer", "Description",
        "Quantity", "Price", "Disc.", "Tax", "Amount", "Tax summary", "Base",
        "Rate", "Tax", "Payment", "Due", "Notes", "Page", "of",
        "Discounts and charges",
        "Invoice", "Corrective invoice", "Credit note", "Self-billed invoice", "Without tax", "Tax",
        "Total with tax", "Paid", "Rounding", "Amount due", "Order", "Contract", "Tender",
        "Project", "Corrects", "Reference", "Credit transfer", "Direct debit", "Card", "Cash",
        "Means of payment",
    ),
}  # fmt: skip

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType(dict(zip(_KEYS, words, strict=True)))
        for language, words in _TABLE.items()
    }
)
