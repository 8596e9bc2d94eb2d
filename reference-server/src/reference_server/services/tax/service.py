"""Use cases of tax questions."""

from datetime import date

from reference_server.services.tax.schemas import NifAnswer, RateAnswer
from tax_es import irpf, iva
from tax_es.ids import nif
from tax_es.rates import Rate

__all__ = ["check_nif", "iva_rate", "withholding_rate"]


def check_nif(text: str) -> NifAnswer:
    """Check a NIF."""
    checked = nif.check(text)
    return NifAnswer(
        valid=checked.valid,
        normalised=checked.normalised,
        kind=checked.kind.value if checked.kind else None,
        reason=checked.reason,
    )


def iva_rate(day: date, kind: str, territory: str) -> RateAnswer:
    """Return the rate of IVA, or of IGIC in the Canary Islands, on a day."""
    return _answer(iva.rate(day, kind, territory), day)


def withholding_rate(day: date, kind: str) -> RateAnswer:
    """Return the withholding rate of IRPF on a day."""
    return _answer(irpf.withholding_rate(day, kind), day)


def _answer(rate: Rate, day: date) -> RateAnswer:
    return RateAnswer(
        tax=rate.tax.value,
        kind=rate.kind,
        percent=rate.percent,
        day=day,
        since=rate.since,
        source=rate.source,
    )
