"""Namespaces of the SII messages, and the move to those of the Canary Islands and back.

The Canary Islands took the agency's schemas and changed one folder in each namespace. So messages
are made and read in the agency's namespaces, and moved as a whole where they leave and arrive.

Source: schemas of the tax agency, version 1.1, and of the Canary tax agency (IGIC), version 1.0.
"""

import re

from lxml import etree

__all__ = ["CON", "RC", "SII", "SII_LR", "R", "from_canary", "is_canary", "to_canary"]

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "ssii/"
)
_FACT, _IGIC = f"{_BASE}fact/ws/", f"{_BASE}igic/ws/"

SII = f"{_FACT}SuministroInformacion.xsd"
"""Namespace of the records."""
SII_LR = f"{_FACT}SuministroLR.xsd"
"""Namespace of the submissions."""
CON = f"{_FACT}ConsultaLR.xsd"
"""Namespace of the queries."""
R = f"{_FACT}RespuestaSuministro.xsd"
"""Namespace of the answers to submissions."""
RC = f"{_FACT}RespuestaConsultaLR.xsd"
"""Namespace of the answers to queries."""

_ROOT = re.compile(rb"<(?![?!])[^>]*>")


def to_canary(message: bytes) -> bytes:
    """Move a message of ours, whose namespaces are all declared on its root element."""
    return _ROOT.sub(lambda root: root[0].replace(_FACT.encode(), _IGIC.encode()), message, count=1)


def is_canary(message: etree._Element) -> bool:
    """Tell whether a message has elements in the namespaces of the Canary Islands."""
    return any(element.tag.startswith(f"{{{_IGIC}") for element in message.iter("*"))


def from_canary(message: etree._Element) -> etree._Element:
    """Rename the elements of a received message, in place, as the tax agency names them."""
    prefix = f"{{{_IGIC}"
    for element in message.iter("*"):
        if element.tag.startswith(prefix):
            element.tag = f"{{{_FACT}{element.tag[len(prefix) :]}"
    return message
