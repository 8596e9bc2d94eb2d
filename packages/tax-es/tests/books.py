"""Entries for the tests of closes."""

from datetime import date
from decimal import Decimal
from typing import Any

from tax_es.ledger import Issued, Ledger, Party, Payment, Received, TaxLine

D = Decimal
CUSTOMER = Party(tax_id="B12345674", name="Cliente, S.L.", province="28")
SUPPLIER = Party(tax_id="A58818501", name="Proveedor, S.A.")
GERMAN = Party(tax_id="DE136695976", name="Beispiel GmbH", country="DE")
FRENCH = Party(tax_id="FR61954506077", name="Exemple SA", country="FR")


def line(base: str, percent: str | None = "21", surcharge: str | None = None) -> TaxLine:
    return TaxLine(taxable_base=D(base), percent=percent, surcharge_percent=surcharge)


def sale(
    number: str, base: str, percent: str | None = "21", *, on: str = "2025-02-10",
    surcharge: str | None = None, **fields: Any,
) -> Issued:  # fmt: skip
    fields = {"party": CUSTOMER} | fields
    lines = (line(base, percent, surcharge),)
    return Issued(id=number, issued_on=date.fromisoformat(on), lines=lines, **fields)


def purchase(
    number: str, base: str, percent: str | None = "21", *, on: str = "2025-02-10", **fields: Any
) -> Received:
    fields = {"party": SUPPLIER} | fields
    return Received(
        id=number, issued_on=date.fromisoformat(on), lines=(line(base, percent),), **fields
    )


def payment(number: str, gross: str, withheld: str, on: str = "2025-02-10", **f: Any) -> Payment:
    f = {"party": Party(tax_id="12345678Z", name="Persona")} | f
    day = date.fromisoformat(on)
    return Payment(id=number, paid_on=day, gross=D(gross), withheld=D(withheld), **f)


def books(*entries: Issued | Received | Payment, **fields: Any) -> Ledger:
    return Ledger(
        issued=tuple(e for e in entries if isinstance(e, Issued)),
        received=tuple(e for e in entries if isinstance(e, Received)),
        payments=tuple(e for e in entries if isinstance(e, Payment)),
        **fields,
    )
