"""What is judged of rate and tax on the taxed lines of issued invoices, by the keys of regime.

The list has several generations of these codes: since 2023 those of the margin schemes (03, 09)
and those of travel agencies (05) are apart, and the older ones for the three together say the same.
The newer ones are given (``codes.toml``, ``never``).
"""

from collections.abc import Iterator

from aeat_sii.sandbox.sii.checks.case import Case
from aeat_sii.sandbox.sii.tree import Tree, amount, many, text

__all__ = ["of_groups"]

_MARGIN = {"03", "09"}
_SMALL = ("F2", "R5")


def of_groups(case: Case) -> Iterator[str]:
    """Judge the lines of each part that is subject to the tax and not exempt."""
    groups = [group for block in case.blocks() for group in many(block, "Sujeta", "NoExenta")]
    lines = [line for group in groups for line in _lines(group)]
    if case.kind in (*_SMALL, "F4") and case.total is None:
        if len(lines) == 1 and not amount(lines[0], "BaseImponible"):
            yield "1190"
        if not lines and case.kind in _SMALL:
            yield "1191"
    for group in groups:
        way = text(group, "TipoNoExenta")
        if way == "S1":
            for line in _lines(group):
                yield from _of_own_tax(case, line)
        elif way == "S3":
            yield from _of_mixed_tax(case, _lines(group))


def _lines(group: Tree) -> list[Tree]:
    return many(group, "DesgloseIVA", "DetalleIVA")


def _of_own_tax(case: Case, line: Tree) -> Iterator[str]:
    """Judge a line whose tax the issuer owes (S1)."""
    regimes = set(case.regimes)
    rate, tax = amount(line, "TipoImpositivo"), amount(line, "CuotaRepercutida")
    base = amount(line, "BaseImponible")
    if regimes & _MARGIN:
        if regimes - _MARGIN:
            if tax and not rate:
                yield "1560"
        elif base:
            if not rate:
                yield "1558"
            if not tax:
                yield "1559"
        else:
            if rate:
                yield "1556"
            if tax:
                yield "1557"
    elif case.regimes[0] == "05":
        if base and not rate:
            yield "1570"
        if base and not tax:
            yield "1571"
        if rate and not base:
            yield "1568"
        if tax and not base:
            yield "1569"
    elif "05" in regimes:
        if not rate:
            yield "1563"
        if "CuotaRepercutida" not in line:
            yield "1564"
    elif "06" not in regimes:
        yield from _of_common_tax(case, line)


def _of_common_tax(case: Case, line: Tree) -> Iterator[str]:
    before = "16" in case.regimes
    if "TipoImpositivo" not in line:
        yield "1565" if before else "1554"
    if "CuotaRepercutida" not in line:
        if before:
            yield "1566"
        elif not amount(line, "TipoImpositivo"):
            yield "1555"
    if not amount(line, "BaseImponible") and case.kind in ("F1", "F3"):
        yield "1567"


def _of_mixed_tax(case: Case, lines: list[Tree]) -> Iterator[str]:
    """Judge the lines of a part whose tax issuer and recipient owe (S3)."""
    if len(lines) < 2:
        yield "1230"
    rates = [amount(line, "TipoImpositivo") for line in lines]
    taxes = [amount(line, "CuotaRepercutida") for line in lines]
    regimes = set(case.regimes)
    if "09" in regimes:
        if any(rates):
            yield "1236"
        if any(taxes):
            yield "1238"
        return
    untaxed = any(tax and not rate for rate, tax in zip(rates, taxes, strict=True))
    if "03" in regimes:
        if untaxed:
            yield "1562"
        return
    if "16" not in regimes and any("TipoImpositivo" not in line for line in lines):
        yield "1561"
    if untaxed:
        yield "1226"
    if not any(rates):
        yield "1228"
    if all(rates):
        yield "1243"
