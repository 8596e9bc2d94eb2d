"""Explain box 27 of form 303: its formula, the boxes and entries behind it, and the articles."""

from datetime import date
from decimal import Decimal

from tax_es.calendar import Period
from tax_es.closing import form303
from tax_es.ledger import Bought, Issued, Ledger, Received, TaxLine


def line(base: int, percent: str = "21", surcharge: str | None = None) -> TaxLine:
    return TaxLine(taxable_base=base, percent=percent, surcharge_percent=surcharge)


day = date(2025, 2, 10)
ledger = Ledger(
    issued=(
        Issued(id="A-1", issued_on=day, lines=(line(1000), line(200, "10"))),
        Issued(id="A-2", issued_on=day, lines=(line(500, "21", "5.2"),)),
    ),
    received=(
        Received(id="DE-7", issued_on=day, operation=Bought.ACQUISITION, lines=(line(300),)),
    ),
)
closed = form303.close(ledger, Period(2025, "1T"))

# Every sentence that leads to the box, in Spanish or in English.
for sentence in closed.explain("27", "en"):
    print(sentence)
assert closed.explain("27", "es")[-1].startswith("27: total cuota devengada = 152 + 167")

# The same as data: formula, inputs, article, parameters, entries.
step = closed.step("27")
amounts = {box: value for box, value in step.inputs if value}
print(amounts)
assert amounts == {
    "06": Decimal("20.00"),
    "09": Decimal("315.00"),
    "24": Decimal("26.00"),
    "11": Decimal("63.00"),
}
assert step.value == Decimal("424.00")
assert closed.step("09").entries == ("A-1", "A-2")
assert closed.step("11").entries == ("DE-7",)
assert closed.step("09").parameters[0].source.startswith("Orden EHA/3786/2008")
