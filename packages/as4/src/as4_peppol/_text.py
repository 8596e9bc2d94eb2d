"""Base64 as it stands in XML."""

from base64 import b64decode


def octets_of(text: str | None) -> bytes:
    """Decode Base64 with its white space; ``ValueError`` when it is not Base64."""
    return b64decode("".join((text or "").split()), validate=True)
