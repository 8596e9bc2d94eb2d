"""Identifiers of participants, document types and processes, and their name in the DNS.

Source: OpenPeppol Policy for use of identifiers 4.4.0; SML specification 1.3.0.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from as4_peppol.errors import As4Error

__all__ = [
    "PARTICIPANT_SCHEME",
    "PROCESS_SCHEME",
    "QNS",
    "WILDCARD",
    "DocumentTypeId",
    "IdentifierError",
    "ParticipantId",
    "ProcessId",
]

PARTICIPANT_SCHEME = "iso6523-actorid-upis"
PROCESS_SCHEME = "cenbii-procid-ubl"
QNS = "busdox-docid-qns"
"""Scheme of a document type that is meant exactly."""

WILDCARD = "peppol-doctype-wildcard"
"""Scheme of a document type that stands for several customizations (PINT)."""

_SCHEME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARTICIPANT = re.compile(r"[0-9]{4}:[\x21-\x7e]{1,130}")
_LENGTHS = {"scheme": 25, "document type": 500, "process": 200}


class IdentifierError(As4Error):
    """An identifier is not one."""

    code = "as4.identifier"


def _split(text: str, what: str, default: str | None) -> tuple[str, str]:
    scheme, separator, value = text.strip().partition("::")
    if not separator or not _SCHEME.fullmatch(scheme):
        # A document type holds "::" itself; without a scheme in front it starts with its namespace.
        if default is None:
            raise IdentifierError(f"{text[:80]!r} is no {what}: write it as scheme::value")
        scheme, value = default, text.strip()
    if not value or len(scheme) > _LENGTHS["scheme"]:
        raise IdentifierError(f"{text[:80]!r} is no {what}: write it as scheme::value")
    return scheme, value


@dataclass(frozen=True, slots=True)
class ParticipantId:
    """A participant, such as ``iso6523-actorid-upis::9920:esb12345674``.

    Args:
        scheme: Of the identifier.
        value: Code of the issuing agency (ICD or EAS), a colon, and its number; case does not
            matter.
    """

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``scheme::value`` or only the value.

        Raises:
            IdentifierError: It is not the identifier of a participant.
        """
        scheme, value = _split(text, "participant", PARTICIPANT_SCHEME)
        if scheme == PARTICIPANT_SCHEME and not _PARTICIPANT.fullmatch(value):
            raise IdentifierError(
                f"{value[:80]!r} is no participant: it has a code of four digits, a colon and "
                "a number, such as 9920:ESB12345674"
            )
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}::{self.value}"

    @property
    def key(self) -> str:
        """The form in which two identifiers are compared."""
        return f"{self.scheme}::{self.value.lower()}"

    @property
    def encoded(self) -> str:
        """The form that stands in an address."""
        return quote(str(self), safe="")

    def dns_name(self, zone: str) -> str:
        """Return the name under which the DNS knows the participant.

        Args:
            zone: Such as ``participant.sml.prod.tech.peppol.org``.
        """
        digest = hashlib.sha256(self.value.lower().encode("utf-8")).digest()
        label = base64.b32encode(digest).decode("ascii").rstrip("=").lower()
        return f"{label}.{self.scheme}.{zone.strip('.')}"


@dataclass(frozen=True, slots=True)
class DocumentTypeId:
    """A document type: root, namespace, customization and version; case matters."""

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``scheme::value``; without a scheme the type is meant exactly.

        Raises:
            IdentifierError: It is not the identifier of a document type.
        """
        scheme, value = _split(text, "document type", QNS)
        if len(value) > _LENGTHS["document type"] or re.search(r"\s", value):
            raise IdentifierError(f"{value[:80]!r} is no document type: it is too long or has gaps")
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}::{self.value}"

    @property
    def encoded(self) -> str:
        """The form that stands in an address."""
        return quote(str(self), safe="")

    @property
    def parts(self) -> tuple[str, str, str, str] | None:
        """Namespace, root element, customization and version; ``None`` in another form."""
        head, hash_mark, tail = self.value.partition("##")
        namespace, separator, root = head.partition("::")
        customization, colons, version = tail.rpartition("::")
        complete = hash_mark and separator and colons and all((namespace, root, customization))
        return (namespace, root, customization, version) if complete else None


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process; case matters."""

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``scheme::value`` or only the value.

        Raises:
            IdentifierError: It is not the identifier of a process.
        """
        scheme, value = _split(text, "process", PROCESS_SCHEME)
        if len(value) > _LENGTHS["process"] or re.search(r"\s", value):
            raise IdentifierError(f"{value[:80]!r} is no process: it is too long or has gaps")
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}::{self.value}"
