"""Spanish taxes: each figure with its days, its formula and the text that says so.

What needs the records of a ledger is imported from its own module, so that checking an identifier
stays cheap: ``tax_es.ledger``, ``closing``, ``cases``, ``anomalies``, ``options``.
"""

from typing import TYPE_CHECKING

from tax_es._surface import load

if TYPE_CHECKING:
    from tax_es import (
        calendar,
        exchange,
        ids,
        irpf,
        iva,
        obligations,
        parameters,
        payment_terms,
        social_security,
    )
    from tax_es.errors import TaxError, UnverifiedParameter
    from tax_es.iva import output_tax
    from tax_es.rates import Rate, Tax, Territory
    from tax_es.trace import Result, Step

__all__ = [
    "Rate",
    "Result",
    "Step",
    "Tax",
    "TaxError",
    "Territory",
    "UnverifiedParameter",
    "calendar",
    "exchange",
    "ids",
    "irpf",
    "iva",
    "obligations",
    "output_tax",
    "parameters",
    "payment_terms",
    "social_security",
]


def __getattr__(name: str) -> object:
    """Import what is asked for: who checks an identifier needs no tax."""
    value = globals()[name] = load(name)
    return value
