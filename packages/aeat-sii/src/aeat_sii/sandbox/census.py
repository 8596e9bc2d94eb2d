"""The census service (VNifV2) of the sandbox: what it knows decides the answer.

The WSDL of the service is not at hand; the form is the one that public programs send and read, and
the codes of its faults are those of the other services.
"""

from xml.sax.saxutils import escape

from lxml import etree

from aeat_sii.sandbox.grammar import BadStructureError
from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.soap import SOAP, EnvelopeCodes, fault, message_of

__all__ = ["answer"]

_BASE = (
    "http://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "burt/jdit/ws/"
)
_ASKED, _ANSWERED = f"{_BASE}VNifV2Ent.xsd", f"{_BASE}VNifV2Sal.xsd"
_MOST = 10_000
_CODES = EnvelopeCodes(empty="4103", encoding="4103")


def answer(body: bytes, known: Knowledge) -> tuple[int, bytes]:
    """Answer who asks whether NIFs belong to names.

    Args:
        body: As it came.
        known: What the census holds.

    Returns:
        Status of HTTP, and the envelope.
    """
    try:
        asked = _asked(message_of(body, _CODES))
    except BadStructureError as error:
        return 500, fault(error.code, error.reason)
    rows = "".join(
        f"<s:Contribuyente><s:Nif>{escape(nif)}</s:Nif><s:Nombre>{escape(name)}</s:Nombre>"
        f"<s:Resultado>{_result(nif, name, known)}</s:Resultado></s:Contribuyente>"
        for nif, name in asked
    )
    return 200, (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope xmlns:env="{SOAP}"><env:Body>'
        f'<s:VNifV2Sal xmlns:s="{_ANSWERED}">{rows}</s:VNifV2Sal></env:Body></env:Envelope>'
    ).encode()


def _asked(message: etree._Element) -> list[tuple[str, str]]:
    if message.tag != f"{{{_ASKED}}}VNifV2Ent":
        raise BadStructureError("4103", "No es una consulta de NIF.")
    people = list(message.iterchildren("*"))
    if not 1 <= len(people) <= _MOST:
        raise BadStructureError("4103", f"De 1 a {_MOST} contribuyentes.")
    fields = [f"{{{_ASKED}}}Nif", f"{{{_ASKED}}}Nombre"]
    for each in people:
        if each.tag != f"{{{_ASKED}}}Contribuyente" or [c.tag for c in each] != fields:
            raise BadStructureError("4103", "Cada contribuyente lleva Nif y Nombre.")
    return [((each[0].text or "").strip(), (each[1].text or "").strip()) for each in people]


def _result(nif: str, name: str, known: Knowledge) -> str:
    if not known.is_known(nif):
        return "NO IDENTIFICADO"
    if not known.is_named(nif, name):
        return "NO IDENTIFICADO-SIMILAR" if known.is_alike(nif, name) else "NO IDENTIFICADO"
    ended = known.ended_as(nif)
    return f"IDENTIFICADO-{ended}" if ended else "IDENTIFICADO"
