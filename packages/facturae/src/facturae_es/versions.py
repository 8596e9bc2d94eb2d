"""The versions of the format: how to tell them apart, and how to pass from one to another.

Source: target namespaces and declarations of the official schemas 3.0 to 3.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from lxml import etree

from einvoice_core.money import round_to
from einvoice_core.records import Record
from facturae_es._plan import FieldPlan, plan_of, value_text
from facturae_es.codes import SINCE, TaxType, UnitOfMeasure
from facturae_es.errors import NotFacturaeError, UnsupportedVersionError
from facturae_es.facets import Version
from facturae_es.model import Facturae

__all__ = ["NAMESPACES", "Conversion", "Loss", "Version", "convert", "declared", "version_of"]

R = TypeVar("R", bound=Record)

NAMESPACES: Mapping[Version, str] = MappingProxyType(
    {
        Version.V3_2: "http://www.facturae.es/Facturae/2009/v3.2/Facturae",
        Version.V3_2_1: "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae",
        Version.V3_2_2: "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml",
    }
)

_VERSIONS = {namespace: version for version, namespace in NAMESPACES.items()}

_SUBSTITUTES: Mapping[type[StrEnum], StrEnum] = MappingProxyType(
    {TaxType: TaxType.OTHER, UnitOfMeasure: UnitOfMeasure.OTHER}
)


def version_of(root: etree._Element) -> Version:
    """Recognise the version of a document by the namespace of its root.

    Raises:
        NotFacturaeError: Another root, or a namespace of no version that has records.
    """
    name = etree.QName(root)
    namespace = name.namespace or ""
    if name.localname == "Facturae" and namespace in _VERSIONS:
        return _VERSIONS[namespace]
    shown = f"{{{namespace[:200]}}}{name.localname[:80]}"
    raise NotFacturaeError(f"the root element is {shown}, not Facturae", root=shown)


def declared(document: Facturae) -> Version:
    """Return the version that the header of a document declares.

    Raises:
        UnsupportedVersionError: It declares none of those with records.
    """
    text = document.file_header.schema_version
    try:
        return Version(text)
    except ValueError as error:
        raise UnsupportedVersionError(
            f"the header declares version {text[:40]!r}; use 3.2, 3.2.1 or 3.2.2", version=text[:40]
        ) from error


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the target version cannot carry.

    Attributes:
        path: Fields from the document down, such as ``invoices[0].issue_data.description``.
        element: Official name of the element.
        value: What the document holds, shortened to 80 characters.
        became: What stands in its place; empty when nothing does.
    """

    path: str
    element: str
    value: str
    became: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A document in another version, and what did not fit into it."""

    document: Facturae
    losses: tuple[Loss, ...]


def convert(document: Facturae, version: Version | str) -> Conversion:
    """Convert a document to another version of the format.

    Elements that the version lacks are left out, codes that it lacks become "other", and amounts
    are rounded to its decimals; each is listed as a loss. A signature would no longer hold: it is
    left out too, and listed.

    Args:
        document: Any document, also one that is not valid.
        version: The version to obtain.

    Returns:
        The document in that version; without losses it says the same as the original.
    """
    target = Version(version)
    losses: list[Loss] = []
    converted = _fit(document, target, "", losses)
    header = converted.file_header.model_copy(update={"schema_version": target.value})
    converted = converted.model_copy(update={"file_header": header})
    if declared(document) is not target:
        # It names the schema of the other version.
        converted = converted.model_copy(update={"schema_location": None})
    if converted.signature is not None and declared(document) is not target:
        losses.append(Loss("signature", "Signature", "signature of the original"))
        converted = converted.model_copy(update={"signature": None})
    return Conversion(converted, tuple(losses))


def _fit(record: R, version: Version, path: str, losses: list[Loss]) -> R:
    changes: dict[str, object] = {}
    for plan in plan_of(type(record)):
        value = getattr(record, plan.name)
        if value is None or value == ():
            continue
        at = f"{path}{plan.name}"
        if not plan.exists_in(version):
            losses.append(Loss(at, plan.xml.name, _shown(value)))
            changes[plan.name] = () if plan.many else None
            continue
        if plan.many:
            fitted: object = tuple(
                item
                for i, one in enumerate(value)
                if (item := _fit_value(plan, one, version, f"{at}[{i}]", losses)) is not None
            )
        else:
            fitted = _fit_value(plan, value, version, at, losses)
        if fitted is not value:
            changes[plan.name] = fitted
    return record.model_copy(update=changes) if changes else record


def _fit_value(
    plan: FieldPlan,
    value: Any,  # noqa: ANN401 - whatever a field of a record may hold
    version: Version,
    path: str,
    losses: list[Loss],
) -> object:
    if plan.record is not None:
        fitted = _fit(value, version, f"{path}.", losses)
        # An attachment of a format that the version lacks is nothing without its format.
        missing = any(
            getattr(fitted, inner.name) is None and not inner.optional
            for inner in plan_of(plan.record)
            if inner.codes is not None
        )
        return None if missing else fitted
    if plan.codes is not None:
        since = SINCE.get(plan.codes, {}).get(value, Version.V3_2)
        if list(Version).index(since) <= list(Version).index(version):
            return value
        substitute = _SUBSTITUTES.get(plan.codes)
        losses.append(Loss(path, plan.xml.name, str(value), str(substitute or "")))
        return substitute
    if plan.decimals is not None:
        return _fit_amount(plan, value, version, path, losses)
    return value


def _fit_amount(
    plan: FieldPlan, value: Decimal, version: Version, path: str, losses: list[Loss]
) -> Decimal | None:
    assert plan.decimals is not None  # noqa: S101 - the caller has looked
    digits = plan.decimals.of(version)
    if digits.pattern.fullmatch(value_text(plan, value)):
        return value
    rounded = round_to(Decimal(value), digits.places)
    if not digits.signed and rounded < 0:
        losses.append(Loss(path, plan.xml.name, str(value)))
        return None
    if rounded != value:
        losses.append(Loss(path, plan.xml.name, str(value), str(rounded)))
    return rounded


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
