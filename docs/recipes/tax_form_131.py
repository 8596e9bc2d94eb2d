"""Close form 131 of a bar in modules: its data of 1 January, its yield, the payment."""

from datetime import date
from decimal import Decimal

from tax_es.calendar import Period, deadline
from tax_es.closing.by_number import close_form
from tax_es.errors import FormError
from tax_es.irpf import modules
from tax_es.ledger import Branch, Issued, Ledger, ModuleActivity, TaxLine

# The data of 1 January: salaried staff, the owner, kilowatts, tables.
bar = ModuleActivity(
    id="bar", iae="673.1", employees=1, units={1: "1", 2: "1", 3: "20", 4: "6"}
)  # fmt: skip
sale = Issued(
    id="A-1",
    issued_on=date(2025, 2, 10),
    lines=(TaxLine(taxable_base="9000", percent="10"),),
)
ledger = Ledger(modules=(bar,), issued=(sale,))

first = close_form("131", ledger, Period.parse("2025-1T"))
print(f"yield {first['01']}, payment {first['15']} euros")

# The yield follows from the modules, step by step; the sales do not change it.
for sentence in first.explain("bar net_activity", "en"):
    print(sentence)
alone = modules.net_yield(date(2025, 1, 1), "673.1", bar.units)
assert first["01"] == alone["net_activity"]
assert first["02"] == first["15"] == (first["01"] * 3 / 100).quantize(Decimal("0.01"))

# A sale of farming, or of an activity without base data, is told by its branch.
other = sale.model_copy(update={"id": "A-2", "branch": Branch.FARMING})
second = close_form("131", ledger.model_copy(update={"issued": (sale, other)}), first.period)
assert second["15"] - first["15"] == second["06"] == Decimal(180)

# Books that describe no activity cannot tell the yield: the sale is named.
try:
    close_form("131", Ledger(issued=(sale,)), first.period)
except FormError as refusal:
    print(refusal.message)

term = deadline("131", first.period)
print(f"until {term.due_on}")
assert term.due_on == date(2025, 4, 21)
