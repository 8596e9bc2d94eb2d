"""Compare the legal options of a freelancer: estimation, joint filing, contribution, pension."""

from datetime import date
from decimal import Decimal

from tax_es import irpf, options
from tax_es.errors import UnverifiedParameter
from tax_es.irpf.household import Person
from tax_es.irpf.minimums import Family, Relative

year_end = date(2025, 12, 31)

# Direct estimation in its two forms, and modules where the activity may use them.
bar = irpf.modules.net_yield(year_end, "673.1", {2: Decimal(1), 3: Decimal(20), 4: Decimal(6)})
found = options.compare_estimation(
    year_end,
    {"sales": Decimal(68000)},
    {"purchases": Decimal(30000), "rent": Decimal(9600)},
    provisions=Decimal(400),
    modules_yield=bar["net_activity"],
)
for option in found:
    print(f"{option.name:12} net yield {option.amount:>10} euros   {option.article}")
assert [option.name for option in found] == ["objective", "simplified", "normal"]

# Alone or jointly: the minimums follow from who the two are and who lives with them.
child = Relative(9, shared=2)
spouses = [
    Person(Decimal(26000), family=Family(age=41, descendants=(child,))),
    Person(Decimal(0), family=Family(age=40, descendants=(child,))),
]
filing = options.compare_filing(year_end, "castilla_y_leon", spouses)
print([(option.name, option.amount) for option in filing])
assert filing[0].name == "joint"
joint = irpf.household.jointly(year_end, "castilla_y_leon", spouses)
assert joint["total"] == filing[0].amount
print(joint.step("minimum_state_descendants").sentence_en)
print(joint.step("total").sentence_en)

# The amounts of a year whose law was not read are refused until they are allowed, and then marked.
next_year = date(2026, 12, 31)
try:
    options.compare_filing(next_year, "castilla_y_leon", spouses)
except UnverifiedParameter as refusal:
    print(refusal.message)
assert options.compare_filing(next_year, "castilla_y_leon", spouses, allow_unverified=True)[0].marks

# The contribution of the self-employed, at the lowest and the highest base of the bracket.
low, high = options.compare_bases(date(2025, 6, 1), Decimal(1800))
print(f"contribution: {low.amount} to {high.amount} euros a month, {low.article}")
assert (low.amount, high.amount) == (Decimal("359.15"), Decimal("580.90"))
