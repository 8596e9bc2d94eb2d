"""Find the IVA rate of a day, explain it, and reissue an old invoice at the rate of today."""

from datetime import date
from decimal import Decimal

from einvoice_core.errors import NotInForceError
from tax_es import iva, output_tax
from tax_es.errors import ConditionError, NoSuchRateError

# The day before and the day after the change of 2012: the day of accrual decides.
for day in (date(2012, 8, 31), date(2012, 9, 1)):
    rate = iva.rate(day, "general")
    print(f"{day}: {rate.percent} % since {rate.since}, {rate.source}")
assert iva.rate(date(2012, 8, 31)).percent == 18
assert iva.rate(date(2012, 9, 1)).percent == 21

# An invoice of 2013 still says 18 %, because its operation was accrued in 2012.
written_on, percent, base = date(2013, 1, 17), Decimal("18.00"), Decimal("1000.00")
try:
    kind = iva.kind_of(percent, written_on)
except NoSuchRateError as error:
    print(error.message)
    kind = iva.last_rate(percent, written_on).kind
assert kind == "general"

# Reissued today, it bears the rate in force for the same kind; a retailer pays the surcharge too.
today = date(2026, 11, 24)
tax = output_tax(base, today, kind)
surcharge = iva.surcharge(today, kind).of(base)
print(f"{today}: {tax} of IVA and {surcharge} of surcharge on {base}")
assert (tax, surcharge) == (Decimal("210.00"), Decimal("52.00"))

# Food had rates of its own in 2023 and 2024.
bread = {day: iva.temporary_rate(day, "food_basic").percent for day in (date(2024, 9, 30), today)}
assert bread == {date(2024, 9, 30): 0, today: 4}

# Where the rate depends on a price index, whoever asks must know the outcome.
june = date(2026, 6, 15)
try:
    iva.temporary_rate(june, "natural_gas")
except NotInForceError as error:
    print(error.message)
try:
    iva.temporary_rate(june, "gas_biomass")
except ConditionError as error:
    condition = str(error.details["condition"])
    print(error.message)
assert iva.temporary_rate(june, "gas_biomass", conditions={condition: True}).percent == 10
