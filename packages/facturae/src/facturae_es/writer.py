"""From records to bytes."""

from __future__ import annotations

from itertools import islice

from einvoice_core.xml import binding
from einvoice_core.xml.errors import DocumentRefused, WriteRefused
from einvoice_core.xml.plain import Plain
from facturae_es import structure
from facturae_es._demands import demands_of
from facturae_es._plan import made
from facturae_es._signed import SignedSource
from facturae_es.errors import VersionLossError
from facturae_es.facets import Version
from facturae_es.model import DS, Facturae
from facturae_es.reader import ROOTS
from facturae_es.versions import NAMESPACES, convert, declared

__all__ = ["write"]

_SHOWN = 1_000


def write(
    document: Facturae,
    version: Version | str | None = None,
    *,
    check: bool = True,
    indent: bool = False,
) -> bytes:
    """Write a document.

    A signed document that was read and is written unchanged comes back byte by byte. Any other
    signature is written as it was read, and holds only if the signer saw the same bytes.

    Args:
        document: A document that was read or built.
        version: Version to write; by default the one that the header declares. Amounts get the
            decimals of the version when that does not change their value.
        check: Refuse values that the schema does not allow. A wrong document that was read can be
            written back as it was with ``check=False``.
        indent: Whether to put each element on a line of its own; sign only what is final.

    Returns:
        The document in UTF-8, with the prefix ``fe`` for the namespace of the version. The octets
        know that they need not be read to be signed: :func:`facturae_es.sign` is quicker with them
        than with a copy.

    Raises:
        UnsupportedVersionError: The header declares a version without records.
        VersionLossError: The version cannot carry all that the document holds; ``convert`` can.
        DocumentRefused: A value is not allowed; the error carries the findings.
        WriteRefused: A value cannot stand in XML.
    """
    target = declared(document) if version is None else Version(version)
    kept = document.signature
    if isinstance(kept, SignedSource) and kept.unchanged(document, target):
        if check:
            _refuse_findings(document, target)
        return kept.source
    if document.file_header.schema_version != target.value:
        conversion = convert(document, target)
        if conversion.losses:
            first = conversion.losses[0]
            raise VersionLossError(
                f"version {target.value} cannot carry {len(conversion.losses)} values; the first: "
                f"{first.element} {first.value!r}: convert() leaves them out",
                conversion.losses,
            )
        document = conversion.document
    elif target is Version.V3_2 and check:
        # Only this version writes amounts with an exact number of decimals.
        conversion = convert(document, target)
        document = document if conversion.losses else conversion.document
    root = made(ROOTS[target], **document.__dict__)
    prefixes = {"fe": NAMESPACES[target], "ds": DS}
    if check:
        try:
            xml = binding.write(root, prefixes=prefixes, indent=indent, demands=demands_of(target))
            return Plain(xml) if _is_plain(document, xml) else xml
        except WriteRefused:
            # What is wrong is said by the findings, or else by the writer without demands.
            _refuse_findings(document, target)
    return binding.write(root, prefixes=prefixes, indent=indent)


def _is_plain(document: Facturae, xml: bytes) -> bool:
    """Tell whether a document may be signed without being read.

    Nothing of it was kept as text: the demands let no extension through. Its only attribute names a
    schema. A carriage return has another form when it is signed.
    """
    return (
        document.signature is None
        and document.schema_location is None
        and not (b"&" in xml and b"&#" in xml)
    )


def _refuse_findings(document: Facturae, target: Version) -> None:
    findings = tuple(islice(structure.check(document, target), _SHOWN))
    if findings:
        raise DocumentRefused(
            f"the document has {len(findings)} values that {target.value} does not allow; "
            f"the first: {findings[0].path}: {findings[0].message}",
            findings,
        )
