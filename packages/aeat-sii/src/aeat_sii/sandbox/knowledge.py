"""What the sandbox knows beyond what it was sent: the census, agreements, who may act for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tax_es.ids import nif

__all__ = ["Knowledge"]


def _well_formed(text: str) -> bool:
    return nif.check(text).valid


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What only the agency knows; a test says it, and by default everything good is known.

    Args:
        is_known: Whether a NIF is in the census; by default every one that is well formed.
        is_known_abroad: Whether a VAT number of another country is known.
        has_agreement: Whether an agreement on invoicing or on a system exists.
        has_request: Whether the agency has made the request with that reference.
        may_act_for: Whether the holder of a certificate may send for a taxpayer, besides the
            taxpayer itself; both as NIF.
        may_amend: Whether a presenter may amend the records of a taxpayer that others presented.
        joined_sii_on: Day since when a taxpayer keeps its books through SII; by default that on
            which SII began.
        may_see_totals: Whether the holder of a certificate who acts for a taxpayer may see the
            sums of its books too; both as NIF.
        is_suspended: Whether the access of a taxpayer is suspended.
        is_named: Whether the census has a name beside a NIF; asked of a representative, and by
            whoever asks the census.
        is_alike: Whether the name that the census has beside a NIF is similar to another.
        ended_as: What has become of a NIF: ``BAJA``, ``REVOCADO``, or nothing.
        is_of_the_form: Whether an invoice, by its number, was entered in the agency's own form.
    """

    is_known: Callable[[str], bool] = _well_formed
    is_known_abroad: Callable[[str], bool] = lambda text: True
    has_agreement: Callable[[str], bool] = lambda text: True
    has_request: Callable[[str], bool] = lambda text: True
    may_act_for: Callable[[str, str], bool] = lambda holder, taxpayer: False
    may_amend: Callable[[str, str], bool] = lambda holder, taxpayer: True
    joined_sii_on: Callable[[str], date] = lambda taxpayer: date(2017, 7, 1)
    may_see_totals: Callable[[str, str], bool] = lambda holder, taxpayer: True
    is_suspended: Callable[[str], bool] = lambda taxpayer: False
    is_named: Callable[[str, str], bool] = lambda nif, name: True
    is_alike: Callable[[str, str], bool] = lambda nif, name: False
    ended_as: Callable[[str], str] = lambda nif: ""
    is_of_the_form: Callable[[str], bool] = lambda number: False
