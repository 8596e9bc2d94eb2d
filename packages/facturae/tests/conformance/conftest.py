"""Documents made by changing official samples and documents with every element of the format.

Mutations stay outside ``ds:Signature``, which the layer of signatures judges.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from lxml import etree

import facturae_es
from einvoice_core.records import RawXml, Record
from einvoice_core.testing import judges
from facturae_es._plan import FieldPlan, plan_of
from facturae_es.codes import SINCE
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.versions import NAMESPACES

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/"
AGE = list(Version).index

FACEB2B = (
    "<b:FaceB2BExtension xmlns:b='http://www.facturae.es/Facturae/Extensions/FaceB2BExtensionv1_1'>"
    "<buyerCentres><receiverAdministrativeCentre><code>ESB00000000</code>"
    "</receiverAdministrativeCentre><administrativeCentres><centre><code>1</code>"
    "<role>Payer</role></centre></administrativeCentres></buyerCentres></b:FaceB2BExtension>"
)
CORREOS = (
    "<c:CorreosExtension xmlns:c='http://www.facturae.es/Facturae/Extensions/Correos'>"
    "<Version>1.0</Version><Trazability><Trace><Zone>Centro</Zone>"
    "<DeliveryNote><Delivery>1</Delivery><Date>2026-01-01</Date></DeliveryNote></Trace>"
    "</Trazability></c:CorreosExtension>"
)

VALUES = (
    "", " ", "0", "1", "-1", "+5", "5.", ".5", "21", "21.0", "21.00", "21.0000", "21.000000",
    "21.12345678", "21.123456789", "-21.00", "-21.0000", " 21.00 ", "007.00", "1e3", "1E-2",
    "12,50", "--1", "01", "02", "09", "10", "19", "20", "29", "30", "35", "36", "37", "80",
    "85", " 01", "01 ", "F", "J", "R", "U", "E", "EM", "TE", "I", "L", "FC", "OO", "OR", "XX",
    "ESP", "FRA", "XKX", "EUR", "USD", "BTC", "es", "en", "xx", "28001", "2800", "280011",
    "2026-01-31", "2026-02-30", "2026-01-31Z", "2026-01-31+01:00", "31-01-2026",
    "2026-1-31", "3.2", "3.2.1", "3.2.2", "3.1", "x" * 9, "x" * 20, "x" * 21, "x" * 40, "x" * 41,
    "x" * 80, "x" * 81, "x" * 2500, "x" * 2501, "ñ" * 20, "ñ" * 21, "pdf", "html", "exe", "ZIP",
    "BASE64", "Número de la factura", "Rectificación íntegra", "9223372036854775807",
    "9223372036854775808", "1.0", "true", "ABCDEFGHIJK", "ES7921000813610123456789", "1234",
)  # fmt: skip


def drop(element: etree._Element, rng: random.Random) -> None:
    element.getparent().remove(element)  # type: ignore[union-attr]  # never the root


def double(element: etree._Element, rng: random.Random) -> None:
    element.addnext(copy.deepcopy(element))


def move(element: etree._Element, rng: random.Random) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.insert(rng.randrange(len(parent)), element)


def rename(element: etree._Element, rng: random.Random) -> None:
    known = [str(e.tag) for e in element.getroottree().iter("*")]
    element.tag = rng.choice([*known, "Unknown", "{urn:example}Unknown"])


def empty(element: etree._Element, rng: random.Random) -> None:
    element.text = None
    for child in list(element):
        element.remove(child)


def value(element: etree._Element, rng: random.Random) -> None:
    leaf_of(element, rng).text = rng.choice(VALUES)


def text(element: etree._Element, rng: random.Random) -> None:
    element.tail = (element.tail or "") + rng.choice([" ", "\n", "x"])


def attribute(element: etree._Element, rng: random.Random) -> None:
    name = rng.choice(["Id", "{http://www.w3.org/XML/1998/namespace}lang", "{urn:example}a"])
    element.set(name, "x")


def version(element: etree._Element, rng: random.Random) -> None:
    """Move the document into the namespace of another version."""
    root = element.getroottree().getroot()
    root.tag = f"{{{rng.choice(list(NAMESPACES.values()))}}}Facturae"


def graft(element: etree._Element, rng: random.Random) -> None:
    """Put an element of another document in place of this one, whatever its name."""
    donor = etree.fromstring(rng.choice(sources()))
    chosen = rng.choice([e for e in donor.iter("*") if outside(e)])
    replace(element, chosen)


def comment(element: etree._Element, rng: random.Random) -> None:
    element.insert(0, rng.choice([etree.Comment("x"), etree.ProcessingInstruction("x", "y")]))


def space(element: etree._Element, rng: random.Random) -> None:
    if len(element):
        element[0].tail = (element[0].tail or "") + rng.choice([" ", "\n", "\t\r\n"])


def twin(element: etree._Element, rng: random.Random) -> None:
    """Put an element of the same name and parent in place of this one."""
    parent = element.getparent()
    assert parent is not None
    tag = element.getroottree().getroot().tag
    donors = [etree.fromstring(s) for s in rng.sample(sources(), 4)]
    same = [
        e
        for donor in donors
        if donor.tag == tag
        for e in donor.iter(element.tag)
        if outside(e) and getattr(e.getparent(), "tag", None) == parent.tag
    ]
    if same:
        replace(element, rng.choice(same))


def reword(element: etree._Element, rng: random.Random) -> None:
    """Change a text for one of the same kind and length."""
    leaf = leaf_of(element, rng)
    old = leaf.text or ""
    if old.isdigit() or old.replace(".", "").isdigit():
        leaf.text = "".join(rng.choice("123456789") if c.isdigit() else c for c in old)
    elif len(old) > 12 and old.isprintable():
        leaf.text = "".join(rng.sample(old, len(old)))


def lengthen(element: etree._Element, rng: random.Random) -> None:
    """Bring a text to a length that is a limit somewhere, or just beyond it."""
    leaf = leaf_of(element, rng)
    length = rng.choice([3, 5, 10, 14, 15, 20, 30, 34, 40, 50, 60, 80, 250, 2500])
    leaf.text = ((leaf.text or "x") * length)[: length + rng.choice([0, 0, 0, 1])]


def again(element: etree._Element, rng: random.Random) -> None:
    """Double an element that may be repeated."""
    names = ("InvoiceLine", "Tax", "Installment", "Discount", "Charge", "Attachment", "Subsidy")
    root = element.getroottree().getroot()
    many = [e for e in root.iter(*names, "AdministrativeCentre", "LegalReference") if outside(e)]
    if many:
        double(rng.choice(many), rng)


def leave_out(element: etree._Element, rng: random.Random) -> None:
    """Drop one of the elements that are optional wherever they stand."""
    root = element.getroottree().getroot()
    names = (
        "Extensions", "AdditionalData", "LegalLiterals", "PaymentDetails", "ContactDetails",
        "ArticleCode", "InvoiceSeriesCode", "UnitOfMeasure", "TaxesWithheld", "OperationDate",
        "PlaceOfIssue", "InvoicingPeriod", "RegistrationData", "TradeName", "Subsidies",
        "AdministrativeCentres", "DiscountRate", "BankCode", "DeliveryNotesReferences",
    )  # fmt: skip
    optional = [e for e in root.iter(*names) if outside(e)]
    if optional:
        drop(rng.choice(optional), rng)


Mutation = Callable[[etree._Element, random.Random], None]
ROUGH: tuple[Mutation, ...] = (
    drop, double, move, rename, empty, value, value, value, value, text, attribute, version,
    graft, lengthen, lengthen,
)  # fmt: skip
GENTLE: tuple[Mutation, ...] = (comment, space, twin, twin, reword, reword, again, leave_out)


def leaf_of(element: etree._Element, rng: random.Random) -> etree._Element:
    return rng.choice([e for e in element.iter("*") if not len(e) and outside(e)] or [element])


def replace(element: etree._Element, by: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.replace(element, copy.deepcopy(by))


def outside(element: etree._Element) -> bool:
    """Tell whether an element is neither the root nor part of a signature."""
    if element.getparent() is None:
        return False
    around = (element, *element.iterancestors())
    return not any(str(e.tag).startswith((DS, XADES)) for e in around)


@cache
def sources() -> tuple[bytes, ...]:
    """Return the samples, some of them with each extension, and documents with every element."""
    kept = []
    for path in sorted(judges.official("facturae/samples").iterdir()):
        if path.suffix in {".xml", ".xsig"}:
            data = path.read_bytes()
            if etree.QName(etree.fromstring(data)).namespace in NAMESPACES.values():
                kept.append(data)
    extended = [with_extensions(data) for data in kept if b"Signature" in data or b"3.2<" in data]
    rng = random.Random(7)  # noqa: S311 - repeatable test data
    whole = [
        facturae_es.write(document_of(Facturae, each, rng)) for each in Version for _ in range(3)
    ]
    return (*kept, *extended, *whole)


def with_extensions(data: bytes) -> bytes:
    """Give a sample the three published extensions."""
    root = etree.fromstring(data)
    example = judges.official("facturae/xsd-extensions/examples/XMLUtilities.xml")
    utilities = etree.parse(str(example)).getroot()
    for old in root.findall("Extensions"):
        root.remove(old)
    extensions = etree.Element("Extensions")
    extensions.extend([utilities, etree.fromstring(FACEB2B), etree.fromstring(CORREOS)])
    invoices = root.find("Invoices")
    assert invoices is not None
    invoices.addnext(extensions)
    line = next(root.iter("InvoiceLine"))
    if line.find("Extensions") is None:
        etree.SubElement(line, "Extensions").append(etree.fromstring(CORREOS))
    return etree.tostring(root)


def document_of(kind: type[Record], of_version: Version, rng: random.Random) -> Any:
    """Make a record with every element that a version has; choices are drawn."""
    plans = [p for p in plan_of(kind) if p.exists_in(of_version)]
    chosen: dict[str, str] = {}
    for plan in plans:
        if plan.xml.choice and (plan.xml.choice not in chosen or rng.random() < 0.5):
            chosen[plan.xml.choice] = plan.name
    values: dict[str, Any] = {}
    for plan in plans:
        left = plan.xml.choice and chosen[plan.xml.choice] != plan.name
        if left or plan.name in {"signature", "schema_location"}:
            continue
        made = [value_of(plan, of_version, rng) for _ in range(rng.choice([1, 2]))]
        values[plan.name] = tuple(made) if plan.many else made[0]
    return kind(**values)


def value_of(plan: FieldPlan, of_version: Version, rng: random.Random) -> Any:
    if plan.record is not None:
        return document_of(plan.record, of_version, rng)
    if plan.raw:
        return RawXml(f"<Extensions>{rng.choice([FACEB2B, CORREOS])}</Extensions>")
    if plan.codes is not None:
        since = SINCE.get(plan.codes, {})
        known = [c for c in plan.codes if AGE(since.get(c.value, Version.V3_2)) <= AGE(of_version)]
        return rng.choice(known)
    if plan.one_of is not None:
        return rng.choice(sorted(plan.one_of.values))
    if plan.text is not None:
        return "7" * rng.choice([max(plan.text.minimum, 1), plan.text.maximum])
    if plan.decimals is not None:
        return Decimal(rng.randrange(10**9)).scaleb(-plan.decimals.of(of_version).places)
    codec = plan.xml.codec.name if plan.xml.codec else plan.name
    simple = {"schema_version": of_version.value, "double": Decimal("2.5"), "long": 1, "data": "eA"}
    return simple.get(codec, date(2026, 1, 31))


def mutants(count: int, seed: int) -> Iterator[tuple[str, etree._Element]]:
    """Make documents: nearly half of them changed in ways that leave most of them valid."""
    rng = random.Random(seed)  # noqa: S311 - repeatable test data
    for _ in range(count):
        root = etree.fromstring(rng.choice(sources()))
        gentle = rng.random() < 0.45
        many = rng.choice([1, 2, 3]) if gentle else rng.choice([1, 1, 1, 2])
        kinds = [rng.choice(GENTLE if gentle else ROUGH) for _ in range(many)]
        for mutate in kinds:
            inside = [e for e in root.iter("*") if outside(e)]
            mutate(rng.choice(inside), rng)
        yield "+".join(mutate.__name__ for mutate in kinds), root


@pytest.fixture(scope="session")
def make_mutants() -> Callable[[int, int], Iterator[tuple[str, etree._Element]]]:
    return mutants


@pytest.fixture(scope="session")
def mutated_sources() -> tuple[bytes, ...]:
    return sources()
