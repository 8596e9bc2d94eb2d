"""The verbs of ``tax-es``."""

from datetime import date
from decimal import Decimal
from typing import Any

import click

from einvoice_core.cli import FINDINGS, VALID, command_group
from tax_es.anomalies import audit as audit_of
from tax_es.calendar import Period
from tax_es.cli import io
from tax_es.cli.income import irpf_result, pay_of
from tax_es.cli.io import read_ledger, show
from tax_es.closing.by_number import MODELS, close_form, close_stream
from tax_es.errors import CaseError
from tax_es.wire import as_json, close_json, result_json

__all__ = ["main"]


@command_group("tax-es", package="tax-es")
def main() -> None:
    """Spanish taxes: every figure with its formula, its article and its parameters."""


_TRACE = click.option("--trace/--no-trace", default=True, help="Show the trace.")
_UNVERIFIED = click.option(
    "--allow-unverified", is_flag=True, help="Use parameters that carry a mark; the answer says so."
)
_INPUT = click.option(
    "--input",
    "source",
    required=True,
    help="Ledger: JSON, CSV, - for stdin; .jsonl (lines of JSON) for form 303.",
)


@main.command()
@click.argument("text")
def nif(text: str) -> int:
    """Check a NIF, NIE or CIF and say what to change."""
    from tax_es.ids import nif as numbers

    verdict = numbers.check(text)
    show(verdict)
    return VALID if verdict.valid else FINDINGS


@main.command()
@click.argument("text")
def vat(text: str) -> int:
    """Check a VAT number of the Union, with the letters of its country."""
    from tax_es.ids import vat as numbers

    verdict = numbers.check(text)
    show(verdict)
    return VALID if verdict.valid else FINDINGS


@main.command()
@click.option("--on", "day", type=io.day, required=True, help="Day of accrual.")
@click.option("--kind", default="general", help="general, reduced, super_reduced, zero.")
@click.option("--territory", default="peninsula", help="peninsula or canarias.")
@click.option("--known-on", type=io.day, help="Leave out what was published later.")
@click.option("--base", type=io.amount, help="Taxable base, to compute the tax.")
@_UNVERIFIED
def iva(
    day: date, kind: str, territory: str, known_on: date | None, base: Decimal | None,
    allow_unverified: bool,
) -> None:  # fmt: skip
    """Show the rate of a day, and the tax of a base."""
    from tax_es.iva import rate

    found = rate(day, kind, territory, known_on=known_on, allow_unverified=allow_unverified)
    show({"rate": found, **({} if base is None else {"tax": found.of(base)})})


@main.command()
@click.option("--input", "source", help="JSON of a household: year, territory, persons, joint.")
@click.option("--year", type=int)
@click.option("--territory", help="Autonomous community, such as madrid.")
@click.option("--general-base", type=io.amount)
@click.option("--savings-base", type=io.amount, default="0")
@click.option("--minimum", type=io.amount, help="Of the state; by default by the circumstances.")
@click.option("--minimum-autonomous", type=io.amount, help="By default that of the state.")
@click.option("--age", type=int, default=40)
@click.option("--disability", type=int, default=0, help="Degree, in percent.")
@click.option("--assistance", is_flag=True, help="Help of others or reduced mobility.")
@click.option("--descendant", "descendants", type=int, multiple=True, help="Age; once for each.")
@click.option("--ascendant", "ascendants", type=int, multiple=True, help="Age; once for each.")
@_TRACE
@_UNVERIFIED
def irpf(
    source: str | None, year: int | None, territory: str | None, general_base: Decimal | None,
    savings_base: Decimal, minimum: Decimal | None, minimum_autonomous: Decimal | None,
    trace: bool, allow_unverified: bool, **circumstances: Any,  # noqa: ANN401 - as click gives them
) -> None:  # fmt: skip
    """Compute the gross quota of a year, from minimums that are given or from circumstances."""
    show(result_json(
        irpf_result(
            source, year, territory, general_base, savings_base, minimum, minimum_autonomous,
            allow_unverified, circumstances,
        ),
        trace=trace,
    ))  # fmt: skip


@main.command()
@click.option("--on", "day", type=io.day, help="Day of payment.")
@click.option("--kind", default="professional_general")
@click.option("--territory", default="peninsula")
@click.option("--base", type=io.amount)
@click.option("--input", "source", help="JSON of an employee: year, pay, and what the payer knows.")
@_TRACE
@_UNVERIFIED
def withholding(
    day: date | None, kind: str, territory: str, base: Decimal | None, source: str | None,
    trace: bool, allow_unverified: bool,
) -> None:  # fmt: skip
    """Show the withholding rate of a kind of income on a day, or of an employee's pay."""
    from tax_es.irpf import withholding_rate

    if source:
        show(result_json(pay_of(source, allow_unverified), trace=trace))
        return
    if day is None:
        raise click.UsageError("give --on, or --input with an employee")
    found = withholding_rate(day, kind, territory)
    show({"rate": found, **({} if base is None else {"withheld": found.of(base)})})


@main.command()
@click.option("--on", "day", type=io.day, required=True, help="A day of the month.")
@click.option("--monthly-income", type=io.amount, required=True)
@click.option("--base", type=io.amount, help="Base chosen; by default the lowest.")
@_TRACE
def reta(day: date, monthly_income: Decimal, base: Decimal | None, trace: bool) -> None:
    """Compute the contribution of a self-employed person."""
    from tax_es.social_security import contribution

    show(result_json(contribution(day, monthly_income, base), trace=trace))


@main.command()
@click.argument("model", type=click.Choice(MODELS))  # fmt: skip
@_INPUT
@click.option(
    "--period", type=io.period, required=True, help="Such as 2025-1T, 2025-07 or 2025-0A."
)
@click.option("--option", "chosen", multiple=True, metavar="NAME=VALUE",
              help="Such as prorrata=56 (303) or yield_before=9500 (130, 131).")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="json")
@click.option("--language", type=click.Choice(["es", "en"]), default="es")
@click.option("--explain", help="Only the sentences that lead to a box.")
@_TRACE
@_UNVERIFIED
def form(
    model: str, source: str, period: Period, chosen: tuple[str, ...], form: str, language: str,
    explain: str | None, trace: bool, allow_unverified: bool,
) -> None:  # fmt: skip
    """Close a form from a ledger: boxes and trace."""
    found: tuple[object, ...] = ()
    if io.is_stream(source) and model == "303":
        closed = close_stream(io.stream(source), period, chosen)
    else:
        ledger = read_ledger(source)
        closed = close_form(model, ledger, period, chosen, allow_unverified)
        found = audit_of(ledger)
    if explain:
        click.echo("\n".join(closed.explain(explain, language)))
    elif form == "text":
        for step in closed.trace:
            click.echo(step.sentence_es if language == "es" else step.sentence_en)
    else:
        show(close_json(closed, trace=trace) | ({"anomalies": found} if found else {}))


@main.command()
@_INPUT
@click.option("--period", type=io.period, required=True, help="A quarter, such as 2025-1T.")
@_UNVERIFIED
def close(source: str, period: Period, allow_unverified: bool) -> None:
    """Close every form of a quarter: 303, 130, 111, 115, 123 and 349; 131 for modules, not 130."""
    ledger = read_ledger(source)
    models = ("303", "131" if ledger.modules else "130", "111", "115", "123", "349")
    closed = (close_form(model, ledger, period, (), allow_unverified) for model in models)
    answer: dict[str, object] = {each.model: close_json(each, trace=False) for each in closed}
    found = audit_of(ledger)
    show(answer | ({"anomalies": found} if found else {}))


@main.command()
@click.option("--year", type=int, required=True)
@click.option("--form", "forms", multiple=True, help="Repeat for several; by default the usual.")
@click.option("--regime", type=click.Choice(["quarterly", "monthly"]), default="quarterly")
@click.option("--holiday", "holidays", type=io.day, multiple=True, help="A holiday of your place.")
@click.option("--format", "form", type=click.Choice(["json", "ical"]), default="json")
@click.option("--stamp", type=io.day, help="Day written in the calendar; by default today.")
@click.option("--language", type=click.Choice(["es", "en"]), default="es")
@_UNVERIFIED
def calendar(
    year: int, forms: tuple[str, ...], regime: str, holidays: tuple[date, ...], form: str,
    stamp: date | None, language: str, allow_unverified: bool,
) -> None:  # fmt: skip
    """Show the terms of a year, or a calendar to subscribe to."""
    from tax_es import calendar as terms

    days = terms.WorkingDays.adding(holidays)
    wanted = forms or ("303", "130", "111", "115", "390", "190", "180", "347")
    found = terms.deadlines(year, wanted, regime, days=days, allow_unverified=allow_unverified)
    if form == "ical":
        # The day of writing is the only thing that the clock decides.
        on = stamp or date.today()  # noqa: DTZ011
        click.echo(terms.icalendar(found, stamp=on, language=language), nl=False)
    else:
        show(found)


@main.command()
@click.option("--amount", type=io.amount, required=True)
@click.option("--due", type=io.day, required=True, help="Last day to pay.")
@click.option("--paid-on", type=io.day, required=True)
@_TRACE
@_UNVERIFIED
def interest(
    amount: Decimal, due: date, paid_on: date, trace: bool, allow_unverified: bool
) -> None:
    """Compute the interest of a late payment between businesses."""
    from tax_es.payment_terms import compensation, late_interest

    found = late_interest(amount, due, paid_on, allow_unverified=allow_unverified)
    answer = result_json(found, trace=trace)
    show(answer | {"compensation": compensation(paid_on) if paid_on > due else Decimal(0)})


@main.command()
@click.option("--input", "source", required=True, help="JSON: a list of amounts as texts.")
@click.option("--horizon", type=int, default=4)
@click.option("--season", type=int, default=4)
@click.option("--method", default="seasonal_naive")
@click.option("--level", type=int, default=80)
def forecast(source: str, horizon: int, season: int, method: str, level: int) -> None:
    """Predict the next periods, each with its interval and its error in the past."""
    from tax_es.cases.reading import Case
    from tax_es.forecast import forecast as predict

    history = [
        part.amount("base") for part in Case({"history": io.read_object(source)}).parts("history")
    ]
    show(predict(history, horizon=horizon, season=season, method=method, level=level))


@main.command()
@_INPUT
@click.option("--period", type=io.period, help="Report entries outside it.")
@click.option("--outliers/--no-outliers", default=False, help="Also what is unusual.")
def audit(source: str, period: Period | None, outliers: bool) -> int:
    """Look for what is wrong in the books."""
    from tax_es import anomalies

    ledger = read_ledger(source)
    found = anomalies.audit(ledger, period)
    if outliers:
        found += (*anomalies.outliers(ledger.issued), *anomalies.outliers(ledger.received))
    show(found)
    return FINDINGS if found else VALID


@main.command()
@click.option("--before", required=True, help="JSON of a case or of figures.")
@click.option("--after", required=True, help="JSON of a case or of figures.")
def compare(before: str, after: str) -> None:
    """Show the figures that differ between two runs: two cases, or two objects of figures."""
    from tax_es.cases import compute
    from tax_es.cases.reading import Case
    from tax_es.options import changes

    def figures(source: str) -> dict[str, Decimal]:
        told = io.read_object(source)
        try:
            told = compute(told)
        except CaseError:
            if not isinstance(told, dict):
                raise
        told = {k: v for k, v in told.items() if not isinstance(v, bool)}
        found: dict[str, Decimal] = {}
        for key, value in told.items():
            try:
                found[key] = Case({"value": value}).amount("value")
            except CaseError:
                continue
        return found

    moved = changes(figures(before), figures(after))
    show([{**_as_object(each), "difference": as_json(each.difference)} for each in moved])


@main.command()
@click.option("--input", "source", required=True, help="JSON of a case, or of a file of cases.")
@click.option("--topic", default="", help="Kind of case; by default told by its fields.")
@click.option("--check", is_flag=True, help="Compare with what the case expects.")
def case(source: str, topic: str, check: bool) -> int:
    """Compute the outputs of a worked case, or of a file with several."""
    from tax_es.cases import compare as differences
    from tax_es.cases import compute

    told = io.read_object(source)
    several = told.get("cases") if isinstance(told, dict) else told
    found: list[Any] = several if isinstance(several, list) else [told]
    answers = [differences(each, topic) if check else compute(each, topic) for each in found]
    show(answers if isinstance(several, list) else answers[0])
    return FINDINGS if check and any(answers) else VALID


def _as_object(value: object) -> dict[str, object]:
    found = as_json(value)
    return found if isinstance(found, dict) else {}
