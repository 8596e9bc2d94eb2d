"""Whether a message of VERI*FACTU has the structure that the service asks for.

The table (``structure.toml``) was written for the sandbox alone: it shares nothing with the
records of the library, so that each can find the other wrong.
"""

from functools import cache

from lxml import etree

from aeat_sii.sandbox.grammar import BadStructureError, BadValue, Grammar

__all__ = ["DS", "LR", "LRC", "SF", "BadStructureError", "BadValue", "check", "text_of"]

_BASE = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "tike/cont/ws/"
)
SF = _BASE + "SuministroInformacion.xsd"
LR = _BASE + "SuministroLR.xsd"
LRC = _BASE + "ConsultaLR.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"


@cache
def _grammar() -> Grammar:
    return Grammar.load(
        "aeat_sii.sandbox",
        {"lr": LR, "lrc": LRC, "ds": DS, "": SF},
        missing={"RegistroFactura": "4136", "": "4102"},
        too_many={"RegistroFactura": "4114", "": "4113"},
    )


@cache
def _tag(step: str) -> str:
    return f"{{{SF}}}{step}"


def text_of(element: etree._Element | None, *steps: str) -> str:
    """Return the text of an element, or of one inside it, without the blanks around it.

    Args:
        element: Where to begin; ``None`` gives the empty text.
        steps: Names in the namespace of the records.
    """
    for step in steps:
        # Not `find`, which is several times slower: a record is asked for some ninety texts.
        element = None if element is None else next(element.iterchildren(_tag(step)), None)
    return "" if element is None else (element.text or "").strip()


def check(element: etree._Element, type_name: str, code: str = "") -> list[BadValue]:
    """Judge an element with a type of the table; see :meth:`Grammar.check`.

    Args:
        element: Its name has been looked at already.
        type_name: Name in the table.
        code: The agency's code for a wrong value that has none of its own.

    Raises:
        BadStructureError: An element is missing, unknown, repeated or out of place.
    """
    return _grammar().check(element, type_name, code)
