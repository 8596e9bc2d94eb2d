"""What can stop the reading and writing of XML.

EInvoiceError                        einvoice
├── XmlRefused                       xml.refused       (``details["line"]`` where known)
│   ├── XmlEmpty                     xml.empty
│   ├── XmlSyntax                    xml.syntax
│   ├── XmlEncoding                  xml.encoding
│   ├── XmlDoctype                   xml.doctype
│   ├── XmlEntity                    xml.entity
│   └── XmlTooLarge                  xml.too_large
│       ├── XmlTooDeep               xml.too_deep
│       └── XmlTooManyAttributes     xml.too_many_attributes
├── DocumentRefused                  xml.document      (carries the findings)
├── CanonicalError                   xml.canonical     (in ``canonical``)
├── WriteRefused                     xml.write
└── SchemaUnusable                   xml.schema
"""

from collections.abc import Sequence

from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding

__all__ = [
    "DocumentRefused",
    "SchemaUnusable",
    "WriteRefused",
    "XmlDoctype",
    "XmlEmpty",
    "XmlEncoding",
    "XmlEntity",
    "XmlRefused",
    "XmlSyntax",
    "XmlTooDeep",
    "XmlTooLarge",
    "XmlTooManyAttributes",
]


class XmlRefused(EInvoiceError):  # noqa: N818 - the outcome is a refusal, and is named so
    """The bytes are not a document that this suite reads."""

    code = "xml.refused"

    @property
    def line(self) -> int | None:
        """Line of the source where the parser stopped, where known."""
        line = self.details.get("line")
        return line if isinstance(line, int) else None


class XmlEmpty(XmlRefused):
    """There is nothing but white space."""

    code = "xml.empty"


class XmlSyntax(XmlRefused):
    """Not well-formed XML."""

    code = "xml.syntax"


class XmlEncoding(XmlRefused):
    """The bytes are not text in the encoding that they declare, or it is not a known one."""

    code = "xml.encoding"


class XmlDoctype(XmlRefused):
    """There is a DOCTYPE; whatever it says, no format of this suite has one."""

    code = "xml.doctype"


class XmlEntity(XmlRefused):
    """There is a reference to an entity other than the five of XML."""

    code = "xml.entity"


class XmlTooLarge(XmlRefused):
    """A limit of :class:`einvoice_core.xml.parsing.Limits` is exceeded."""

    code = "xml.too_large"


class XmlTooDeep(XmlTooLarge):
    """Elements are nested too deeply."""

    code = "xml.too_deep"


class XmlTooManyAttributes(XmlTooLarge):
    """An element has too many attributes and namespace declarations."""

    code = "xml.too_many_attributes"


class DocumentRefused(EInvoiceError):  # noqa: N818 - the outcome is a refusal, and is named so
    """A well-formed document breaks its format.

    Args:
        message: What kind of document, and how many findings.
        findings: What is wrong, each with its place.
        details: Further facts, machine-readable.
    """

    code = "xml.document"

    def __init__(self, message: str, findings: Sequence[Finding] = (), **details: object) -> None:
        super().__init__(message, **details)
        self.findings = tuple(findings)


class WriteRefused(EInvoiceError):  # noqa: N818 - the outcome is a refusal, and is named so
    """A record holds something that XML cannot carry."""

    code = "xml.write"


class SchemaUnusable(EInvoiceError):  # noqa: N818 - it names the state of the schema
    """A schema is missing, is no schema, or needs another that was not given."""

    code = "xml.schema"
