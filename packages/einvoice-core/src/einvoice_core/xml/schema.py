"""W3C XML Schema: sets of schemas compiled from the user's own files, without any network."""

import threading
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from einvoice_core.findings import MAX_FINDINGS, Finding, Severity
from einvoice_core.xml.binding._places import Places
from einvoice_core.xml.errors import SchemaUnusable

__all__ = ["SchemaSet"]

_XS = "http://www.w3.org/2001/XMLSchema"


class SchemaSet:
    """Compiled schemas; made by :meth:`load`. One set may serve several threads."""

    def __init__(self, schema: etree.XMLSchema, name: str) -> None:
        self._schema = schema
        self._lock = threading.Lock()
        self.name = name

    @classmethod
    def load(
        cls, *paths: Path | str, locations: Mapping[str, Path | str] = MappingProxyType({})
    ) -> "SchemaSet":
        """Compile schemas.

        Args:
            paths: The schema of the documents; further ones where it imports a namespace without
                saying from where.
            locations: Address that a schema imports → the file to read instead. Other addresses
                of the network are refused.

        Raises:
            SchemaUnusable: A file is missing or no schema, or an import leads to the network.
        """
        if not paths:
            raise SchemaUnusable("no schema is given")
        files = [Path(path).resolve() for path in paths]
        resolver = _Offline({url: Path(path).resolve() for url, path in locations.items()})
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        parser.resolvers.add(resolver)
        try:
            documents = [_document(file, parser) for file in files]
            main = documents[0] if len(documents) == 1 else _driver(files, documents, parser)
            return cls(etree.XMLSchema(main), files[0].name)
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
            reason = resolver.refused or str(error)
            raise SchemaUnusable(f"{files[0].name} cannot be used: {reason}") from error

    def validate(self, root: etree._Element, *, limit: int = MAX_FINDINGS) -> tuple[Finding, ...]:
        """Judge a document.

        Args:
            root: Its root element.
            limit: Findings to keep.

        Returns:
            Each violation with its path and line; the rule is ``XSD``.
        """
        with self._lock:
            if self._schema.validate(root):
                return ()
            log: Any = self._schema.error_log
            entries = list(islice(log, limit))
        places = Places()
        return tuple(
            Finding(
                "XSD",
                Severity.FATAL,
                entry.message,
                _path(root, entry.path, places),
                entry.line or None,
                source=self.name,
            )
            for entry in entries
        )


class _Offline(etree.Resolver):
    """Opens files and what the caller has mapped to files; remembers what it refused."""

    def __init__(self, locations: Mapping[str, Path]) -> None:
        super().__init__()
        self._locations = locations
        self.refused = ""

    # The stubs know neither the third argument nor `resolve_filename`.
    def resolve(  # type: ignore[override]
        self, system_url: str, public_id: str, context: object
    ) -> object:
        parts = urlsplit(system_url)
        file = self._locations.get(system_url)
        if file is None and parts.scheme in ("", "file"):
            file = Path(unquote(parts.path))
        if file is None:
            self.refused = f"it needs {system_url}: name a file for it in `locations`"
        elif not file.is_file():
            self.refused = f"it needs {file.name}, which is not there"
        else:
            return self.resolve_filename(str(file), context)  # type: ignore[attr-defined]  # stubs
        raise OSError(self.refused)


def _document(file: Path, parser: etree.XMLParser) -> etree._ElementTree:
    if not file.is_file():
        raise SchemaUnusable(f"there is no schema {file}")
    return etree.parse(str(file), parser)


def _driver(
    files: list[Path], documents: list[etree._ElementTree], parser: etree.XMLParser
) -> etree._ElementTree:
    """Make a schema that imports the others, so that imports without a location find them."""
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    for file, document in reversed(list(zip(files, documents, strict=True))):
        imported = etree.SubElement(root, f"{{{_XS}}}import", schemaLocation=file.as_uri())
        namespace = document.getroot().get("targetNamespace")
        if namespace:
            imported.set("namespace", namespace)
    return etree.ElementTree(etree.fromstring(etree.tostring(root), parser))


def _path(root: etree._Element, path: str | None, places: Places) -> str:
    """Write a path of libxml2, which shows default namespaces as ``*``, as the other findings."""
    if not path or "*" not in path:
        return path or ""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found: Any = root.getroottree().xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return path
    return places.path(found[0]) if found else path
