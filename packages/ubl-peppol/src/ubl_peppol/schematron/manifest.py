"""Which official release a file is, by its SHA-256."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from ubl_peppol.errors import SchematronError

__all__ = ["KnownRelease", "recognise"]


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """An official file that is known."""

    name: str
    artefact: str
    """As :func:`ubl_peppol.census` names it, where its rules are implemented here."""
    sha256: str


@cache
def _releases() -> Mapping[str, KnownRelease]:
    text = resources.files("ubl_peppol").joinpath("schematron/manifest.toml").read_text("utf-8")
    return MappingProxyType(
        {entry["sha256"]: KnownRelease(**entry) for entry in tomllib.loads(text)["release"]}
    )


def recognise(path: Path | str) -> KnownRelease | None:
    """Say which official release a file is; ``None`` for a file that is not known.

    Raises:
        SchematronError: The file cannot be read.
    """
    try:
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        reason = error.strerror or error
        raise SchematronError(f"{path} cannot be read: {reason}", file=str(path)) from error
    return _releases().get(digest)
