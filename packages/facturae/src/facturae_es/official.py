"""The official schemas as a second layer, from a folder of the caller's own download.

The schemas are found by what they declare, not by their names: the file of the format, those of
signatures (XML-DSig and, where they are at hand, XAdES) and those of the extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Report
from einvoice_core.xml.errors import SchemaUnusable
from einvoice_core.xml.schema import SchemaSet
from facturae_es._utilities import UTILITIES
from facturae_es.facets import Version
from facturae_es.model import DS
from facturae_es.model.extensions import CORREOS, FACEB2B
from facturae_es.older import NAMESPACES_OF_OLDER
from facturae_es.spanish import named
from facturae_es.versions import NAMESPACES

__all__ = ["LAYER", "check_official", "official_schemas"]

LAYER = "xsd"

_XS = "{http://www.w3.org/2001/XMLSchema}"
_XADES = ("http://uri.etsi.org/01903/v1.3.2#", "http://uri.etsi.org/01903/v1.4.1#")
_BESIDE = (FACEB2B, UTILITIES, CORREOS, *reversed(_XADES), DS)
_FORMAT: Mapping[str, str] = {
    **{version.value: namespace for version, namespace in NAMESPACES.items()},
    **NAMESPACES_OF_OLDER,
}


def check_official(root: etree._Element, folder: Path | str) -> Report:
    """Judge a document by the official schema of its version.

    Args:
        root: Its root, unchanged.
        folder: Where the schemas lie, at any depth.

    Raises:
        SchemaUnusable: The folder lacks the schema of the version, or what that needs.
    """
    namespace = etree.QName(root).namespace or ""
    version = next((name for name, known in _FORMAT.items() if known == namespace), None)
    if version is None:
        raise SchemaUnusable(f"no version of the format has the namespace {namespace[:200]!r}")
    findings = official_schemas(str(Path(folder).resolve()), version).validate(root)
    truncated = len(findings) >= MAX_FINDINGS
    return named(Report(findings, layers_run=(LAYER,), truncated=truncated))


@lru_cache(maxsize=16)
def official_schemas(folder: str, version: Version | str) -> SchemaSet:
    """Compile the official schemas of one version; the result is kept.

    Args:
        folder: Where the schemas lie, at any depth.
        version: ``3.0`` to ``3.2.2``.

    Raises:
        SchemaUnusable: The folder lacks the schema of the version, or what that needs.
    """
    found = _by_namespace(Path(folder))
    wanted = _FORMAT[str(version)]
    if wanted not in found:
        raise SchemaUnusable(f"{folder} holds no schema of Facturae {version}: put it there")
    if DS not in found:
        raise SchemaUnusable(f"{folder} holds no schema of XML-DSig, which Facturae needs")
    main = found[wanted]
    beside = [found[namespace] for namespace in _BESIDE if namespace in found]
    addresses = dict.fromkeys(_imports(main, DS), found[DS])
    for file in beside:
        addresses.update(dict.fromkeys(_imports(file, DS), found[DS]))
        for namespace in _XADES:
            if namespace in found:
                addresses.update(dict.fromkeys(_imports(file, namespace), found[namespace]))
    return SchemaSet.load(main, *beside, locations=addresses)


def _by_namespace(folder: Path) -> dict[str, Path]:
    """Return the first schema of each namespace, the ones nearest to the folder before others."""
    if not folder.is_dir():
        raise SchemaUnusable(f"there is no folder {folder} with schemas")
    found: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.xsd"), key=lambda path: (len(path.parts), path)):
        root = _schema(file)
        if root is not None:
            found.setdefault(root.get("targetNamespace", ""), file)
    return found


def _imports(file: Path, namespace: str) -> list[str]:
    root = _schema(file)
    imports = [] if root is None else root.findall(f"{_XS}import")
    places = [i.get("schemaLocation") for i in imports if i.get("namespace") == namespace]
    return [place for place in places if place is not None]


def _schema(file: Path) -> etree._Element | None:
    """Return the root of a schema; ``None`` for what is none."""
    # The schema of XML-DSig has a DOCTYPE, which is not followed.
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.parse(str(file), parser).getroot()
    except (OSError, etree.XMLSyntaxError):
        return None
    return root if root.tag == f"{_XS}schema" else None
