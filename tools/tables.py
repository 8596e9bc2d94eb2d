#!/usr/bin/env python3
"""Generate the reference pages that restate what the code says.

    python tools/tables.py           write them
    python tools/tables.py --check   fail when what lies in docs/reference is not what the code says

Error codes, business rules, dated parameters, record layouts, the list of modules and the list of
recipes: each of these facts lives in the code, and a page that repeats it by hand would be wrong by
the next commit.
"""

import argparse
import ast
import csv
import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import bootstrap
import lock
from einvoice_core.errors import BadParameterError, EInvoiceError
from einvoice_core.findings import Rule, RuleSet
from einvoice_core.records import Record, Term, Xml
from einvoice_core.timeline import parse_timelines
from rule_pages import artefact_pages
from ubl_peppol.facturae.sweep import WAYS, elements, rows, terms_of
from ubl_peppol.losses import record_in
from ubl_peppol.model import Invoice
from ubl_peppol.ubl25.model import Invoice as Invoice2026
from ubl_peppol.ubl25.older._common import carried, fixed
from ubl_peppol.ubl25.plan import At

DOCS = bootstrap.ROOT / "docs"
NOTE = "<!-- Written by tools/tables.py from the code; change the code instead. -->"
HAND_WRITTEN = {"index.md"}


@dataclass(frozen=True)
class Package:
    """One package of the workspace with everything it contains imported."""

    distribution: str
    import_name: str
    source: Path
    modules: tuple[ModuleType, ...]


def packages() -> list[Package]:
    """Import every module of every package."""
    # Some entry points configure themselves from the environment; none may do so here.
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    found: list[Package] = []
    for folder in bootstrap.members():
        source = next(folder.glob("src/*/__init__.py")).parent
        package = importlib.import_module(source.name)
        names = [item.name for item in pkgutil.walk_packages(package.__path__, f"{source.name}.")]
        ordinary = [name for name in names if not is_outside(name)]
        modules = (package, *(importlib.import_module(name) for name in ordinary))
        found.append(Package(lock.distribution(folder), source.name, source, modules))
    return found


def is_outside(name: str) -> bool:
    """Tell whether a module is a program to run rather than to import."""
    return name.endswith(".__main__") or ".migrations." in f"{name}."


def is_public(name: str) -> bool:
    """Tell whether no part of a module's name is private."""
    return not any(part.startswith("_") for part in name.split("."))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out as a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def cell(text: str) -> str:
    """Make a text fit into one cell."""
    return " ".join(str(text).split()).replace("|", "\\|")


def literal(text: str) -> str:
    """Write an identifier as code, or nothing when there is none."""
    return f"`{text}`" if text else ""


def summary(thing: object) -> str:
    """Return the first paragraph of a docstring, in Markdown."""
    doc = inspect.getdoc(thing) or ""
    return plain(doc.split("\n\n", 1)[0])


def plain(text: str) -> str:
    """Turn the roles of a docstring into code spans."""
    words = text.replace("``", "`")
    for role in (":class:", ":func:", ":meth:", ":mod:", ":data:", ":attr:"):
        words = words.replace(role, "")
    return words.replace("<", "&lt;")


def own(package: Package, kind: type[Any]) -> Iterator[type[Any]]:
    """Yield the public classes of a kind that a package defines, in the order of its modules."""
    seen: set[type[Any]] = set()
    for module in package.modules:
        for thing in vars(module).values():
            if not (isinstance(thing, type) and issubclass(thing, kind)) or thing in seen:
                continue
            if thing.__module__ == module.__name__ and not thing.__name__.startswith("_"):
                seen.add(thing)
                yield thing


def errors_page(found: Sequence[Package]) -> str:
    """Return the page of every error code."""
    parts = [
        NOTE,
        "# Error codes",
        "An exception means that an operation could not be done. Its `code` is public and stable;"
        " its text is for people and may improve. `details` holds the facts a program may need.",
    ]
    for package in found:
        rows = [
            (
                literal(kind.code),
                literal(kind.__name__),
                literal(kind.__mro__[1].__name__),
                summary(kind),
            )
            for kind in sorted(own(package, EInvoiceError), key=lambda kind: str(kind.code))
        ]
        if rows:
            parts += [
                f"## {package.distribution}",
                table(("Code", "Class", "Kind of", "Meaning"), rows),
            ]
    return "\n\n".join(parts) + "\n"


def rules_of(package: Package) -> dict[str, Rule[Any]]:
    """Return the rules of every set that stands in a module of a package, by source and id.

    What a package judges without a set of rules stands in mappings named ``DEMANDS``.
    """
    rules: dict[str, Rule[Any]] = {}
    for module in package.modules:
        for thing in vars(module).values():
            if isinstance(thing, RuleSet):
                rules.update({f"{rule.source}: {rule.id}": rule for rule in thing.rules.values()})
        for name, demand in getattr(module, "DEMANDS", {}).items():
            rules[f"{demand.source}: {name}"] = Rule(
                name,
                demand.severity,
                demand.requirement,
                demand.terms,
                demand.source,
                demand.requirement,
                lambda _: iter(()),
            )
    return rules


def rules_page(package: Package, rules: Mapping[str, Rule[Any]]) -> str:
    """Return the page of the business rules of one package."""
    intro = (
        f"{len(rules)} rules. An id without the package's prefix is the official one; the severity"
        " is that of the source."
    )
    parts = [NOTE, f"# Rules of {package.distribution}", intro]
    for source in dict.fromkeys(rule.source for rule in rules.values()):
        rows = [
            (literal(rule.id), rule.severity.value, ", ".join(rule.terms), plain(rule.requirement))
            for rule in rules.values()
            if rule.source == source
        ]
        heads = ("Rule", "Severity", "Terms", "Requirement")
        parts += [f"## {source}", table(heads, rows)]
    return "\n\n".join(parts) + "\n"


def parameters_page(found: Sequence[Package]) -> str:
    """Return the page of every value that carries a date of entry into force."""
    parts = [
        NOTE,
        "# Dated values",
        "What the law or an authority fixes, from which day, and the text that says so. A change is"
        " a new row; old rows stay, because documents of those days exist.",
    ]
    for package in found:
        for path in sorted(package.source.rglob("*.toml")):
            try:
                timelines = parse_timelines(path.read_text("utf-8"), path.name)
            except BadParameterError:
                continue
            rows = [
                (
                    literal(name),
                    str(entry.since),
                    str(entry.until or ""),
                    shown(entry.value),
                    entry.source,
                )
                for name, timeline in timelines.items()
                for entry in timeline
            ]
            title = f"## {package.distribution}: {path.relative_to(package.source).as_posix()}"
            parts += [title, table(("Name", "Since", "Until", "Value", "Source"), rows)]
    return "\n\n".join(parts) + "\n"


def shown(value: object) -> str:
    """Write a value of a table; a structured one as its columns."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value)
    return str(value)


def records_page(package: Package) -> str:
    """Return the page of the record layouts of one package, or nothing."""
    sections: list[str] = []
    for kind in own(package, Record):
        rows = list(layout(kind))
        if any(row[1] for row in rows):
            heading = f"## {kind.__name__}"
            names = ("Field", "Official name", "Type", "Required")
            sections += [heading, summary(kind), table(names, rows)]
    if not sections:
        return ""
    intro = "The order of the fields is the order of the schema."
    return "\n\n".join([NOTE, f"# Records of {package.distribution}", intro, *sections]) + "\n"


def layout(kind: type[Record]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of one record: field, official name, type, whether it must be there."""
    for name, field in kind.model_fields.items():
        official = [official_name(mark) for mark in field.metadata]
        yield (
            literal(name),
            ", ".join(filter(None, official)),
            literal(type_name(field.annotation)),
            "yes" if field.is_required() else "",
        )


def official_name(mark: object) -> str:
    """Return the official name that an annotation gives, if it gives one."""
    if isinstance(mark, Term):
        return mark.id
    if isinstance(mark, Xml):
        around = (mark.inside,) if isinstance(mark.inside, str) else mark.inside
        last = f"@{mark.name}" if mark.attribute else "text" if mark.text else mark.name
        return literal("/".join(filter(None, (*around, last))))
    return ""


def type_name(annotation: object) -> str:
    """Write a type without the modules it comes from."""
    if isinstance(annotation, type) and not getattr(annotation, "__args__", None):
        return annotation.__name__
    arguments = getattr(annotation, "__args__", None)
    if not arguments:
        return str(annotation).rpartition(".")[2]
    base = getattr(annotation, "__origin__", None)
    names = ["..." if item is Ellipsis else type_name(item) for item in arguments]
    if hasattr(annotation, "__metadata__"):
        return names[0]
    if isinstance(base, type) and base is not type(None):
        return f"{base.__name__}[{', '.join(names)}]"
    return " | ".join("None" if name == "NoneType" else name for name in names)


def api_page(package: Package) -> str:
    """Return the page that mkdocstrings fills with the docstrings of the public modules."""
    public = [
        f"::: {module.__name__}"
        for module in package.modules
        if is_public(module.__name__) and getattr(module, "__all__", None)
    ]
    return "\n\n".join([NOTE, f"# {package.import_name}", *public]) + "\n"


def conversions_page() -> str:
    """Return what becomes of each element of Facturae and of each term of EN 16931."""
    placed = {row.element: row for row in rows()}
    there = []
    for element in elements():
        row = placed.get(element) or placed.get(element.removeprefix(_ASSIGNMENT))
        terms, way = (" ".join(row.terms), row.way) if row else ("", "dropped")
        there.append((literal(element), terms, WAYS[way]))
    back: dict[str, list[str]] = {}
    for row in rows():
        for term in row.terms:
            back.setdefault(term, []).append(literal(row.element))
    fields = dict(term_fields(Invoice))
    ubl, cii = _places("ubl.csv"), _places("cii.csv")
    known = [
        (
            term,
            literal(field),
            "<br>".join(back.get(term, [])) or _without(term in terms_of()),
            "<br>".join(ubl.get(term, [])),
            "<br>".join(cii.get(term, [])),
        )
        for term, field in sorted(fields.items(), key=lambda item: int(item[0][3:]))
    ]
    intro = (
        "What a conversion between Facturae, EN 16931 (UBL 2.1, CII D16B) and UBL 2.5 does with"
        " each datum. Every conversion returns a ledger with the data that did not pass unchanged."
        " Elements of Facturae are given without `Invoices/Invoice/`, those of UBL and CII from the"
        " element of their group; one invoice of a batch is converted at a time."
    )
    parts = [
        NOTE,
        "# Conversions",
        intro,
        "## Elements of Facturae 3.2.2",
        table(("Element", "Terms", "What happens"), there),
        "## Terms of EN 16931-1:2017",
        table(("Term", "Field", "Facturae", "UBL 2.1", "CII D16B"), known),
        "## UBL 2.5 in the edition of 2017",
        table(("Field", "Element", "Term", "What happens"), _of_2026(Invoice2026)),
    ]
    return "\n\n".join(parts) + "\n"


def _places(name: str) -> dict[str, list[str]]:
    """Return where the path table of a syntax has each term, from the element of its group."""
    text = resources.files("ubl_peppol").joinpath("reading", name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(lines):
        found.setdefault(row["id"], []).append(literal(row["path"]))
    return found


def _of_2026(
    kind: type[Record], field_path: str = "", element: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the fields of UBL 2.5: where they stand, their term and what becomes of them."""
    for name, field in kind.model_fields.items():
        at = next(mark for mark in field.metadata if isinstance(mark, At))
        term = next((mark.id for mark in field.metadata if isinstance(mark, Term)), "")
        place, below = f"{element}{at.path}", record_in(field.annotation)
        if below is not None:
            yield from _of_2026(below, f"{field_path}{name}.", f"{place}/")
            continue
        plain = f"{field_path}{name}"
        way = _WAYS_2026[plain in carried(), plain in fixed()]
        yield literal(plain), literal(place), term, way


_WAYS_2026 = {
    (True, False): "it stands there, in words where there is no term",
    (False, True): "fixed by profile or syntax, or it follows from others",
    (False, False): "no term: the ledger holds it",
}
_ASSIGNMENT = "FileHeader/FactoringAssignmentData/"


def _without(noted: bool) -> str:
    return (
        "no element of its own: computed, or the ledger says what became of it"
        if noted
        else ("no element: the ledger holds it")
    )


def term_fields(kind: type[Record], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the business terms of a record with the path of their field."""
    for name, field in kind.model_fields.items():
        mark = next((each for each in field.metadata if isinstance(each, Term)), None)
        below = record_in(field.annotation)
        if below is not None and issubclass(below, Record):
            yield from term_fields(below, f"{path}{name}.")
        if mark is not None and mark.id.startswith("BT-"):
            yield mark.id, f"{path}{name}"


def recipes_page(folder: Path) -> str:
    """Return the list of the recipes, each with its title and what its program says of itself."""
    rows: list[tuple[str, str]] = []
    for program in sorted(folder.glob("*.py")):
        page = program.with_suffix(".md")
        title = page.read_text("utf-8").splitlines()[0].removeprefix("# ")
        doc = ast.get_docstring(ast.parse(program.read_text("utf-8"))) or ""
        rows.append((f"[{title}]({page.name})", plain(doc.split("\n\n", 1)[0])))
    intro = (
        "Each page shows a complete program. The same file is linted, typed and run by the test"
        " suite without a network, so what you copy is what was tested."
    )
    return "\n\n".join([NOTE, "# Recipes", intro, table(("Recipe", "Program"), rows)]) + "\n"


def pages() -> dict[Path, str]:
    """Return every generated page, by its place under ``docs``."""
    found = packages()
    result = {
        Path("recipes", "index.md"): recipes_page(DOCS / "recipes"),
        Path("reference", "errors.md"): errors_page(found),
        Path("reference", "parameters.md"): parameters_page(found),
        Path("reference", "conversions.md"): conversions_page(),
    }
    for package in found:
        if rules := rules_of(package):
            result[Path("reference", "rules", f"{package.distribution}.md")] = rules_page(
                package, rules
            )
        directed = package.source.parents[1] / "tests" / "conformance" / "directed"
        if directed.is_dir():
            for name, text in artefact_pages(directed).items():
                path = Path("reference", "rules", f"{name}.md")
                result[path] = f"{NOTE}\n\n{text}"
        if layouts := records_page(package):
            result[Path("reference", "records", f"{package.distribution}.md")] = layouts
        result[Path("reference", "api", f"{package.distribution}.md")] = api_page(package)
    return result


def generated(docs: Path) -> set[Path]:
    """Return the pages of the reference that lie there and were not written by hand."""
    found = {path.relative_to(docs) for path in (docs / "reference").rglob("*.md")}
    return {path for path in found if path.name not in HAND_WRITTEN}


def differences(wanted: Mapping[Path, str], docs: Path) -> list[str]:
    """Return what stands in a folder otherwise than wanted."""
    stale = [
        f"{name} is not generated any more" for name in sorted(generated(docs) - wanted.keys())
    ]
    changed = [
        f"{name} is not what the code says"
        for name, text in wanted.items()
        if not (docs / name).exists() or (docs / name).read_text("utf-8") != text
    ]
    return stale + changed


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    wish = parser.parse_args()
    wanted = pages()
    if wish.check:
        found = differences(wanted, DOCS)
        for line in found:
            print(f"docs/{line}; run tools/tables.py", file=sys.stderr)
        return 1 if found else 0
    for name in generated(DOCS) - wanted.keys():
        (DOCS / name).unlink()
    for name, text in wanted.items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
