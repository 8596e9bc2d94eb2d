"""The octets of a part as a signature covers them.

Source: OASIS SOAP with Attachments profile 1.1, section 5.4.2: XML in its exclusive canonical form,
other text with line breaks of two characters, everything else as it is.
"""

import hashlib
import re
from dataclasses import dataclass

from as4_peppol.spool import Spool
from einvoice_core.signing.algorithms import C14n, DigestAlgorithm
from einvoice_core.signing.errors import MalformedSignature
from einvoice_core.xml.canonical import CanonicalError, canonicalize
from einvoice_core.xml.errors import XmlRefused
from einvoice_core.xml.parsing import parse

__all__ = ["SignedPart"]

_XML = re.compile(r"(text/xml|application/xml|(application|image)/[^;\s]*\+xml)\s*(;.*)?", re.I)
_TEXT = re.compile(r"text/.*", re.I)
_LONE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class SignedPart:
    """A part that a signature covers.

    Args:
        uri: ``cid:`` and the identifier of the part.
        spool: Its octets, decrypted.
        media: Its media type, which decides about its form.
        limit: Octets that may be held when the form is not that of the octets.
    """

    uri: str
    spool: Spool
    media: str
    limit: int

    @property
    def is_too_large(self) -> bool:
        """Whether it has to be held to be digested, and is larger than may be held."""
        media = self.media.strip()
        is_held = _XML.fullmatch(media) or _TEXT.fullmatch(media)
        return bool(is_held) and self.spool.size > self.limit

    def digest(self, algorithm: DigestAlgorithm) -> bytes:
        """Digest the form that is signed.

        Raises:
            MalformedSignature: The part is larger than may be held, or is not the XML it says.
        """
        if _XML.fullmatch(self.media.strip()):
            return hashlib.new(algorithm.hash_name, self._canonical()).digest()
        if _TEXT.fullmatch(self.media.strip()):
            text = _LONE.sub(b"\r\n", self._held())
            return hashlib.new(algorithm.hash_name, text).digest()
        return self.spool.digest(algorithm)

    def _held(self) -> bytes:
        if self.spool.size > self.limit:
            raise MalformedSignature(
                f"a part of type {self.media[:40]!r} has more than {self.limit} octets: "
                "compress it, or send it as application/octet-stream"
            )
        return self.spool.read()

    def _canonical(self) -> bytes:
        try:
            root = parse(self._held())
            return canonicalize(root.getroottree(), C14n.EXCLUSIVE)
        except (XmlRefused, CanonicalError) as error:
            raise MalformedSignature("a part is not the XML that its type announces") from error
