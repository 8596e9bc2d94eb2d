"""Close a quarter from a table of invoices: forms 303 and 130, with the entries behind each box."""

from decimal import Decimal

from tax_es import anomalies
from tax_es.calendar import Period, deadline
from tax_es.closing import form130, form303
from tax_es.ledger import read_csv

BOOKS = """side,id,date,taxable_base,percent,tax_id,operation,withheld,investment_good
issued,2025-1,2025-01-20,1500.00,21,B12345674,,225.00,
issued,2025-2,2025-02-14,900.00,21,B12345674,,135.00,
issued,2025-3,2025-03-03,400.00,,,export,,
received,F-88,2025-01-31,310.00,21,A58818501,,,
received,77,2025-03-10,1200.00,21,A58818501,,,true
"""

ledger = read_csv(BOOKS)
quarter = Period.parse("2025-1T")

# Before closing: is anything wrong in the books?
assert anomalies.audit(ledger, quarter) == ()

# IVA: what was left over last year is applied as far as the law lets.
options = form303.Options(to_compensate=Decimal(50))
vat = form303.close(ledger, quarter, options)
print(f"303: output {vat['27']}, deducted {vat['45']}, to pay {vat['71']} euros")
assert vat["71"] == Decimal("504.00") - Decimal("317.10") - 50
assert vat.step("09").entries == ("2025-1", "2025-2")

# IRPF: a fifth of the yield of the year to date, less what customers withheld.
income = form130.close_from_ledger(ledger, quarter)
print(f"130: yield {income['03']}, withheld {income['06']}, to pay {income['19']} euros")
assert (income["01"], income["02"]) == (Decimal("2800.00"), Decimal("434.50"))
assert income["19"] == Decimal("113.10")

# The same books give the same forms: the hash says so.
assert form303.close(ledger, quarter, options).digest == vat.digest

term = deadline("303", quarter)
print(f"until {term.due_on}, by direct debit until {term.direct_debit_until}")
assert f"{term.due_on}" == "2025-04-21"
