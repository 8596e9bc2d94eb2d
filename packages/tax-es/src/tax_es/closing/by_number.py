"""Closing a form by its number, with options as texts."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from decimal import Decimal

from einvoice_core.money import parse_decimal
from tax_es.calendar import Period
from tax_es.closing import form130, form131, form303, form390
from tax_es.closing.parties import close_347, close_349
from tax_es.closing.result import Close
from tax_es.closing.sectors import Sector
from tax_es.closing.withheld import close_111, close_115, close_123, close_180, close_190
from tax_es.errors import ArgumentError, UnknownKindError
from tax_es.ledger import Issued, Ledger, Received

__all__ = ["MODELS", "close_form", "close_stream"]

MODELS = ("303", "130", "131", "111", "115", "123", "349", "347", "190", "180", "390")
"""Numbers of the forms that a ledger alone closes."""

_PERIODS = {"111": close_111, "115": close_115, "123": close_123}
_ON_ACCOUNT = {"130": form130.close_from_ledger, "131": form131.close_from_ledger}
_YEARS = {"347": close_347, "180": close_180, "190": close_190}


def close_form(
    model: str,
    ledger: Ledger,
    period: Period,
    chosen: tuple[str, ...] = (),
    allow_unverified: bool = False,
) -> Close:
    """Close a form.

    Args:
        model: Number of the form.
        ledger: The books.
        period: The period; the year for yearly forms. Forms 130 and 131 take their earlier
            quarters from the same books, and form 390 its forms 303.
        chosen: Options as ``name=value``, for forms 303, 130 and 131; of form 390 those of its
            sectors alone, such as ``sector.1.definitive=60``.
        allow_unverified: Whether parameters that carry a mark may be used.

    Raises:
        UnknownKindError: There is no such form.
        ArgumentError: The form has no such option, or the period does not fit it.
        TaxError: The form refuses the books.
    """
    if model not in MODELS:
        raise UnknownKindError(f"form {model} is not closed from a ledger", known=MODELS)
    sectors, others = _sectors(chosen) if model == "390" else ({}, chosen)
    if others and model not in ("303", *_ON_ACCOUNT):
        raise ArgumentError(f"form {model} has no such options here")
    if model in _YEARS or model == "390":
        if period.code != "0A":
            raise ArgumentError(f"form {model} is for a year: write {period.year}-0A")
        if model != "390":
            return _YEARS[model](ledger, period.year)
        forms = _quarters(ledger, period.year, sectors)
        return form390.close(ledger, period.year, forms, form390.Options(sectors=sectors))
    if model == "303":
        return form303.close(ledger, period, _options_303(chosen))
    if model in _ON_ACCOUNT:
        return _on_account(model, ledger, period, chosen, allow_unverified)
    if model == "349":
        return close_349(ledger, period)
    return _PERIODS[model](ledger, period)


def close_stream(
    entries: Iterable[Issued | Received], period: Period, chosen: tuple[str, ...] = ()
) -> Close:
    """Close form 303 from entries that come one at a time, in constant memory.

    Args:
        entries: Such as :func:`tax_es.ledger.read_lines` yields.
        period: Month or quarter.
        chosen: Options as ``name=value``.

    Returns:
        The form, without the entries behind each box.

    Raises:
        FormError: An entry or an option has no place in the form.
    """
    builder = form303.Builder(period, _options_303(chosen), keep_entries=False)
    for entry in entries:
        builder.add(entry)
    return builder.finish()


def _quarters(ledger: Ledger, year: int, sectors: Mapping[int, Sector]) -> list[Close]:
    """Return the forms 303 of a year, each compensating what the ones before it left."""
    forms: list[Close] = []
    left = Decimal(0)
    for code in ("1T", "2T", "3T", "4T"):
        options = form303.Options(to_compensate=left, sectors=sectors)
        forms.append(form303.close(ledger, Period(year, code), options))
        left = forms[-1]["87"] + forms[-1]["72"]
    return forms


def _on_account(
    model: str, ledger: Ledger, period: Period, chosen: tuple[str, ...], allow_unverified: bool
) -> Close:
    """Close form 130 or 131 after the earlier quarters of its year."""
    kinds = {"yield_before": Decimal, "housing_loan": bool, "ceuta_melilla": bool, "filed": Decimal}
    given = _parsed(chosen, kinds | ({"method": str} if model == "130" else {}))
    options = form130.Options(**given, allow_unverified=allow_unverified)  # type: ignore[arg-type]  # checked above
    earlier: list[Mapping[str, Decimal]] = []
    for code in ("1T", "2T", "3T", "4T"):
        asked = code == period.code
        # What was filed before is of the quarter that is asked for, not of the earlier ones.
        filed = options.filed if asked else Decimal(0)
        closed = _ON_ACCOUNT[model](
            ledger,
            Period(period.year, code),
            replace(options, earlier=tuple(earlier), filed=filed),
        )
        if asked:
            return closed
        earlier.append(closed.boxes)
    raise ArgumentError(f"form {model} is for a quarter, not for {period.code}")


def _options_303(chosen: tuple[str, ...]) -> form303.Options:
    skipped = {"simplified", "rectifies", "sectors"}
    sectors, chosen = _sectors(chosen)
    kinds: dict[str, type] = {
        each.name: bool if isinstance(each.default, bool) else Decimal
        for each in fields(form303.Options)
        if each.name not in skipped
    }
    return form303.Options(**_parsed(chosen, kinds), sectors=sectors)  # type: ignore[arg-type]  # checked there


def _sectors(chosen: tuple[str, ...]) -> tuple[dict[int, Sector], tuple[str, ...]]:
    """Read options such as ``sector.1.percent=60``; return the others as they are."""
    kinds = {"percent": Decimal, "definitive": Decimal, "special": bool, "regularisation": Decimal}
    told: dict[int, list[str]] = {}
    for each in chosen:
        name, _, rest = each.partition(".")
        number, _, option = rest.partition(".")
        if name != "sector":
            continue
        if not (number.isascii() and number.isdecimal() and len(number) == 1):
            raise ArgumentError(f"{each!r} is no option: write sector.1.percent=60")
        told.setdefault(int(number), []).append(option)
    found = {
        number: Sector(**_parsed(tuple(options), kinds))  # type: ignore[arg-type]  # checked there
        for number, options in told.items()
    }
    return found, tuple(each for each in chosen if not each.startswith("sector."))


def _parsed(chosen: tuple[str, ...], kinds: dict[str, type]) -> dict[str, object]:
    found: dict[str, object] = {}
    for each in chosen:
        name, sign, value = each.partition("=")
        kind = kinds.get(name)
        if kind is None or not sign:
            known = ", ".join(sorted(kinds))
            raise ArgumentError(f"{each!r} is no option: write name=value, with one of {known}")
        try:
            found[name] = _value(kind, value)
        except ValueError as error:
            raise ArgumentError(f"{name}: {error}") from error
    return found


def _value(kind: type, text: str) -> object:
    if kind is bool:
        if text not in ("true", "false"):
            raise ValueError("write true or false")
        return text == "true"
    return parse_decimal(text) if kind is Decimal else text
