"""The record design of form 303 for a period: its rows, its boxes, its formulas, their words.

Source:
    Record designs of form 303 of 2022 to 2026, whose field descriptions print the formulas.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from tax_es.calendar import Period
from tax_es.errors import FormError
from tax_es.graph import Graph, Linear, Node, Share
from tax_es.parameters import series
from tax_es.trace import Used, used

__all__ = ["BOXES", "VOLUME", "Design", "design", "totals"]

_ZERO = Decimal(0)
_Row = tuple[str, str, str, tuple[Decimal, ...]]

_GENERAL = ("régimen general", "general regime", "LIVA, arts. 75, 78, 88 and 90")
_SURCHARGE = ("recargo de equivalencia", "equivalence surcharge", "LIVA, art. 161")
_CASH = ("criterio de caja", "cash accounting", "LIVA, art. 163 terdecies")
BOXES: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "10": ("adquisiciones intracomunitarias, base", "acquisitions in the Union, base",
           "LIVA, arts. 13, 69 and 84.Uno.2"),
    "11": ("adquisiciones intracomunitarias, cuota", "acquisitions in the Union, tax",
           "LIVA, arts. 13, 69 and 84.Uno.2"),
    "12": ("otras operaciones con inversión del sujeto pasivo, base",
           "other operations with reverse charge, base", "LIVA, art. 84.Uno.2"),
    "13": ("otras operaciones con inversión del sujeto pasivo, cuota",
           "other operations with reverse charge, tax", "LIVA, art. 84.Uno.2"),
    "14": ("modificación de bases", "changed bases", "LIVA, art. 80"),
    "15": ("modificación de cuotas", "changed taxes", "LIVA, arts. 80 and 89"),
    "25": ("modificación de bases del recargo", "changed bases of the surcharge", "LIVA, art. 80"),
    "26": ("modificación de cuotas del recargo", "changed surcharges", "LIVA, arts. 80 and 89"),
    "27": ("total cuota devengada", "total output tax", "LIVA, art. 75"),
    "28": ("operaciones interiores corrientes, base", "domestic purchases, base", "LIVA, art. 92"),
    "29": ("operaciones interiores corrientes, cuota", "domestic purchases, deducted tax",
           "LIVA, arts. 92 to 99"),
    "30": ("operaciones interiores con bienes de inversión, base",
           "domestic investment goods, base", "LIVA, art. 108"),
    "31": ("operaciones interiores con bienes de inversión, cuota",
           "domestic investment goods, deducted tax", "LIVA, arts. 92 to 99 and 108"),
    "32": ("importaciones de bienes corrientes, base", "imports, base", "LIVA, art. 92.Uno.2"),
    "33": ("importaciones de bienes corrientes, cuota", "imports, deducted tax",
           "LIVA, art. 92.Uno.2"),
    "34": ("importaciones de bienes de inversión, base", "imports of investment goods, base",
           "LIVA, arts. 92.Uno.2 and 108"),
    "35": ("importaciones de bienes de inversión, cuota",
           "imports of investment goods, deducted tax", "LIVA, arts. 92.Uno.2 and 108"),
    "36": ("adquisiciones intracomunitarias corrientes, base", "acquisitions in the Union, base",
           "LIVA, art. 92.Uno.4"),
    "37": ("adquisiciones intracomunitarias corrientes, cuota",
           "acquisitions in the Union, deducted tax", "LIVA, art. 92.Uno.4"),
    "38": ("adquisiciones intracomunitarias de bienes de inversión, base",
           "acquisitions of investment goods in the Union, base", "LIVA, arts. 92.Uno.4 and 108"),
    "39": ("adquisiciones intracomunitarias de bienes de inversión, cuota",
           "acquisitions of investment goods in the Union, deducted tax",
           "LIVA, arts. 92.Uno.4 and 108"),
    "40": ("rectificación de deducciones, base", "corrected deductions, base", "LIVA, art. 114"),
    "41": ("rectificación de deducciones, cuota", "corrected deductions, tax", "LIVA, art. 114"),
    "42": ("compensaciones del régimen de agricultura", "compensations to farmers",
           "LIVA, art. 134"),
    "43": ("regularización de bienes de inversión", "regularisation of investment goods",
           "LIVA, arts. 107 to 110"),
    "44": ("regularización por el porcentaje definitivo de prorrata",
           "regularisation by the definitive prorrata", "LIVA, art. 105.Cuatro"),
    "45": ("total a deducir", "total deducted", "LIVA, art. 99"),
    "46": ("resultado del régimen general", "result of the general regime", "LIVA, art. 99"),
    "47": ("ingresos a cuenta del régimen simplificado", "payments on account by modules",
           "RIVA, art. 39"),
    "48": ("cuotas derivadas del año", "derived quotas of the year", "LIVA, art. 123"),
    "49": ("ingresos a cuenta del año", "payments on account of the year", "RIVA, art. 39"),
    "50": ("resultado del año", "result of the year", "LIVA, art. 123"),
    "51": ("adquisiciones intracomunitarias del simplificado", "acquisitions in the Union",
           "LIVA, art. 123.Uno.B"),
    "52": ("entregas de activos fijos", "fixed assets sold", "LIVA, art. 123.Uno.B"),
    "53": ("inversión del sujeto pasivo del simplificado", "reverse charge",
           "LIVA, art. 123.Uno.B"),
    "54": ("total cuota resultante", "total of the simplified regime", "LIVA, art. 123"),
    "55": ("adquisición de activos fijos", "fixed assets bought", "LIVA, art. 123.Uno.C"),
    "56": ("regularización de bienes de inversión del simplificado",
           "regularisation of investment goods", "LIVA, arts. 107 to 110"),
    "57": ("total IVA deducible del simplificado", "deducted in the simplified regime",
           "LIVA, art. 123"),
    "58": ("resultado del régimen simplificado", "result of the simplified regime",
           "LIVA, art. 123"),
    "59": ("entregas intracomunitarias", "supplies in the Union", "LIVA, arts. 25 and 69"),
    "60": ("exportaciones y asimiladas", "exports and assimilated", "LIVA, arts. 21 to 24"),
    "120": ("no sujetas por reglas de localización", "not subject by place of supply",
            "LIVA, arts. 68 to 70"),
    "122": ("operaciones con inversión del sujeto pasivo", "supplies with reverse charge",
            "LIVA, art. 84.Uno.2"),
    "123": ("no sujetas acogidas a la ventanilla única", "one-stop shop, not subject",
            "LIVA, art. 163 unvicies"),
    "124": ("sujetas acogidas a la ventanilla única", "one-stop shop, subject",
            "LIVA, art. 163 unvicies"),
    "62": (f"{_CASH[0]}, entregas, base", f"{_CASH[1]}, supplies, base", _CASH[2]),
    "63": (f"{_CASH[0]}, entregas, cuota", f"{_CASH[1]}, supplies, tax", _CASH[2]),
    "74": (f"{_CASH[0]}, adquisiciones, base", f"{_CASH[1]}, purchases, base", _CASH[2]),
    "75": (f"{_CASH[0]}, adquisiciones, cuota", f"{_CASH[1]}, purchases, tax", _CASH[2]),
    "76": ("regularización de cuotas impagadas", "regularisation of unpaid taxes",
           "LIVA, art. 80.Cinco.5"),
    "64": ("suma de resultados", "sum of results", "RIVA, art. 71"),
    "65": ("porcentaje atribuible al Estado", "share of the State", "Ley 12/2002; Ley 28/1990"),
    "66": ("atribuible al Estado", "due to the State", "RIVA, art. 71"),
    "77": ("IVA a la importación pendiente de ingreso", "tax at importation to pay",
           "LIVA, art. 167.Dos"),
    "110": ("cuotas a compensar de periodos anteriores", "to compensate from earlier periods",
            "LIVA, art. 99.Cinco"),
    "78": ("cuotas aplicadas en este periodo", "applied in this period", "LIVA, art. 99.Cinco"),
    "87": ("cuotas pendientes para periodos posteriores", "left for later periods",
           "LIVA, art. 99.Cinco"),
    "68": ("regularización anual foral", "yearly foral regularisation", "Ley 12/2002"),
    "108": ("discrepancia de criterio administrativo", "disagreement with a criterion",
            "LGT, art. 120.3"),
    "69": ("resultado", "result", "RIVA, art. 71"),
    "70": ("resultados a ingresar de autoliquidaciones anteriores",
           "paid by earlier forms of the period", "LGT, art. 120.3"),
    "109": ("devoluciones acordadas", "refunds already agreed", "LGT, art. 120.3"),
    "112": ("pago a cuenta de carburantes", "payment on account for fuels", "LIVA, art. 19.5"),
    "71": ("resultado de la autoliquidación", "result of the form", "RIVA, art. 71"),
    "72": ("a compensar", "to compensate", "LIVA, art. 99.Cinco"),
    "73": ("a devolver", "to refund", "LIVA, arts. 115 and 116"),
    "111": ("importe que devuelve un ingreso anterior", "returned of an earlier payment",
            "LGT, art. 120.3"),
    "88": ("volumen de operaciones", "volume of operations", "LIVA, art. 121"),
})  # fmt: skip


def _boxes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_INPUTS = _boxes(
    "10 11 12 13 14 15 25 26 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 47 48 49 51 52 53 "
    "55 56 59 60 120 122 123 124 62 63 74 75 76 65 77 110 68"
)
VOLUME = _boxes("80 81 93 94 83 84 125 126 127 128 86 95 96 97 98 79 99")
"""Boxes of the yearly volume, which the last form of the year has for who files no form 390."""


@dataclass(frozen=True, slots=True)
class Design:
    """The rows and boxes of a period.

    Attributes:
        name: Of the record design.
        vat: Boxes of base, percentage and quota of each row, with the percentages it takes.
        surcharge: The same, of the equivalence surcharge.
        extra: Boxes that other designs lack.
        used: The parameter, for traces.
        filled: Every box that entries and options may fill, with 0.
        percents: Boxes of percentages that the design fixes.
    """

    name: str
    vat: tuple[_Row, ...]
    surcharge: tuple[_Row, ...]
    extra: frozenset[str]
    used: tuple[Used, ...]
    filled: Mapping[str, Decimal]
    percents: Mapping[str, Decimal]

    def placeholder(self, what: str, percent: Decimal, entry: str) -> tuple[str, str]:
        """Return names for base and quota of a percentage, until :meth:`rows_for` finds its row.

        Args:
            what: ``vat`` or ``surcharge``.
            percent: Of the line.
            entry: For the message.

        Raises:
            FormError: No row of the design takes that percentage.
        """
        rows = self.vat if what == "vat" else self.surcharge
        if not any(_takes(row, percent) for row in rows):
            raise FormError(
                f"{entry}: the design {self.name} takes no {what} of {percent} %",
                entry=entry,
                percent=percent,
            )
        name = f"{what} {percent.normalize():f}"
        return f"{name} base", f"{name} quota"

    def rows_for(self, what: str, percents: Iterable[Decimal]) -> Mapping[Decimal, _Row]:
        """Give each percentage a row of its own.

        Raises:
            FormError: Two percentages claim one row.
        """
        rows = self.vat if what == "vat" else self.surcharge
        wanted = sorted(percents)
        found = _assign(wanted, rows, {})
        if found is None:
            listed = ", ".join(f"{each} %" for each in wanted)
            raise FormError(f"the design {self.name} has no row for each {what} of {listed}")
        return found

    def words(self, box: str) -> tuple[str, str, str]:
        """Return a box in Spanish, in English, and its article."""
        if box in BOXES:
            return BOXES[box]
        for rows, words in ((self.vat, _GENERAL), (self.surcharge, _SURCHARGE)):
            for base, _, quota, percents in rows:
                if box in (base, quota):
                    rate = f" {percents[0].normalize():f} %" if len(percents) == 1 else ""
                    es, en = ("base", "base") if box == base else ("cuota", "tax")
                    return f"{words[0]}{rate}, {es}", f"{words[1]}{rate}, {en}", words[2]
        return "volumen de operaciones", "volume of operations", "LIVA, art. 121"


_USUAL = {
    "01": Decimal(4), "04": Decimal(10), "07": Decimal(21),
    "16": Decimal("0.5"), "19": Decimal("1.4"), "22": Decimal("5.2"),
}  # fmt: skip


def _takes(row: _Row, percent: Decimal) -> bool:
    """Whether a row takes a percentage; a row without a list takes any but 0."""
    return percent in row[3] if row[3] else bool(percent)


def _assign(
    wanted: list[Decimal], rows: tuple[_Row, ...], taken: Mapping[Decimal, _Row]
) -> Mapping[Decimal, _Row] | None:
    """Find a row for each percentage: the first way in the order of the design, or none."""
    if not wanted:
        return taken
    percent, *others = wanted
    free = [row for row in rows if row not in taken.values() and _takes(row, percent)]
    # In a design whose rows take anything, each usual percentage has its usual row.
    free.sort(key=lambda row: (_USUAL.get(row[0]) != percent, _USUAL.get(row[0]) in others))
    for row in free:
        found = _assign(others, rows, {**taken, percent: row})
        if found is not None:
            return found
    return None


def design(period: Period) -> Design:
    """Return the design of a period.

    Raises:
        NotInForceError: The design of that period is not recorded.
    """
    entry = series("form_303.toml", "design").on(period.last_day)
    rows: dict[str, tuple[_Row, ...]] = {
        what: tuple((r[0], r[1], r[2], tuple(r[3:])) for r in entry.details["rows"][what])
        for what in ("vat", "surcharge")
    }
    extra = frozenset(entry.details["boxes"])
    filled = dict.fromkeys(_INPUTS, _ZERO)
    percents: dict[str, Decimal] = {}
    for base, percent, quota, allowed in (*rows["vat"], *rows["surcharge"]):
        filled |= {base: _ZERO, quota: _ZERO}
        percents[percent] = allowed[0] if len(allowed) == 1 else _ZERO
    filled |= dict.fromkeys(extra - {"111"}, _ZERO)
    return Design(
        entry.value, rows["vat"], rows["surcharge"], extra, (used(entry),),
        MappingProxyType(filled), MappingProxyType(percents),
    )  # fmt: skip


def totals(found: Design, period: Period, *, volume: bool) -> Graph:
    """Return the formulas of the design."""
    quotas = tuple(row[2] for row in (*found.vat, *found.surcharge))
    return _totals(quotas, found.extra, period.is_last_of_year, volume)


@cache
def _totals(quotas: tuple[str, ...], extra: frozenset[str], last: bool, volume: bool) -> Graph:
    result = "+66 +77 -78 +68" + (" +108" if "108" in extra else "")
    end = "+69 -70" + (" +109" if "109" in extra else "") + (" -112" if "112" in extra else "")
    accrued = " ".join(f"+{box}" for box in (*quotas, "11", "13", "15", "26"))
    formulas = {
        "27": accrued,
        "45": "+29 +31 +33 +35 +37 +39 +41 +42 +43 +44",
        "46": "+27 -45",
        "50": "+48 -49",
        "54": ("+50" if last else "+47") + " +51 +52 +53",
        "57": "+55 +56",
        "58": "+54 -57",
        "64": "+46 +58 +76",
    }
    nodes = [_node(box, expression) for box, expression in formulas.items()]
    nodes.append(Node("66", Share("64", "65"), *BOXES["66"]))
    nodes += [_node(box, text) for box, text in {"87": "+110 -78", "69": result, "71": end}.items()]
    if volume:
        added = " ".join(f"{'-' if box in ('79', '99') else '+'}{box}" for box in VOLUME)
        nodes.append(_node("88", added))
    return Graph(tuple(nodes))


def _node(box: str, expression: str) -> Node:
    es, en, article = BOXES[box]
    return Node(box, Linear(expression), es, en, article)
