"""The bytes of a signed document, kept until somebody changes what they say."""

from __future__ import annotations

from typing import Self

from einvoice_core.records import RawXml
from facturae_es.facets import Version
from facturae_es.model import Facturae

__all__ = ["SignedSource", "with_source"]

_PARTS = ("file_header", "parties", "invoices", "extensions", "schema_location")


class SignedSource(RawXml):
    """A signature as it was read, with the document that it belongs to.

    White space between elements, which records do not hold, is signed too: only the bytes that came
    are the signed document.
    """

    source: bytes
    version: Version
    parts: tuple[object, ...]

    @classmethod
    def of(cls, signature: RawXml, document: Facturae, version: Version, source: bytes) -> Self:
        """Keep the bytes from which a document was read."""
        kept = cls(signature)
        kept.source = source
        kept.version = version
        kept.parts = _parts(document)
        return kept

    def unchanged(self, document: Facturae, version: Version) -> bool:
        """Tell whether a document says what the kept bytes say."""
        return self.version is version and self.parts == _parts(document)


def with_source(document: Facturae, version: Version, source: bytes) -> Facturae:
    """Return a document that was read; a signed one with its bytes."""
    signature = document.signature
    if signature is None:
        return document
    kept = SignedSource.of(signature, document, version, source)
    return Facturae.model_construct(**{**document.__dict__, "signature": kept})


def _parts(document: Facturae) -> tuple[object, ...]:
    return tuple(document.__dict__[name] for name in _PARTS)
