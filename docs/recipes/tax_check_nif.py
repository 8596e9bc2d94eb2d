"""Check tax numbers as people write them, and say what each one is or what is wrong with it."""

from tax_es.errors import IdentifierError
from tax_es.ids import nif, vat

WRITTEN = [
    "12.345.678-Z",  # Spaniard
    "x1234567l",  # foreigner with an identity number
    "ES B12345674",  # limited company
    "12345678A",  # wrong letter
    "1234567L",  # its zero is missing
    "P12345674",  # a town hall has a letter there
]

for text in WRITTEN:
    verdict = nif.check(text)
    holder = verdict.holder.name.replace("_", " ").lower() if verdict.holder else "nobody"
    print(f"{text:>14}  {verdict.normalised:<10} {holder:<20} {verdict.reason or 'valid'}")

assert [nif.check(text).valid for text in WRITTEN] == [True, True, True, False, False, False]
assert nif.check("12345678A").reason == "the control letter should be Z, not A"
assert nif.check("ES B12345674").is_entity

# Where only a valid number will do, ask for one: what comes back is normalised and typed.
seller: nif.Nif = nif.require("es-b12345674")
assert seller == "B12345674"
try:
    nif.require("12345678A")
except IdentifierError as error:
    print(error.code, error.message)

# Numbers for tests and examples are invented, with the control character that fits.
assert nif.complete("B7654321") == "B76543214"

# Customers elsewhere in the Union have VAT numbers.
for number in ("DE136695976", "EL094259216", "GR094259216"):
    foreign = vat.check(number)
    print(number, foreign.reason or f"valid in {vat.countries()[foreign.country]}")
assert vat.check("DE136695976").valid
assert vat.check("GR094259216").reason == "Greece writes EL, not GR"
