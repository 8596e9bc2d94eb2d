"""Writes the sandbox's answers: verdicts on a submission, and SOAP faults in the agency's form."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from xml.sax.saxutils import escape

from lxml import etree

from aeat_sii.sandbox import soap
from aeat_sii.sandbox.register import Key, Stored
from aeat_sii.sandbox.soap import SOAP
from aeat_sii.sandbox.structure import SF, text_of

__all__ = ["Line", "copy", "envelope", "fault", "is_cancellation", "key_of", "said", "sf"]

_R = SF.replace("SuministroInformacion", "RespuestaSuministro")
_ECHOED = {
    "Subsanacion": ("S", "N"),
    "RechazoPrevio": ("S", "N", "X"),
    "SinRegistroPrevio": ("S", "N"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """The verdict on one record.

    Args:
        record: As it came.
        state: Official word.
        code: The agency's, where there is one.
        held: What was held of the invoice before.
    """

    record: etree._Element
    state: str
    code: str = ""
    held: Stored | None = None


@cache
def _messages() -> dict[str, str]:
    data = resources.files("aeat_sii.sandbox").joinpath("messages.toml").read_text("utf-8")
    messages: dict[str, str] = tomllib.loads(data)["codes"]
    return messages


def said(code: str) -> str:
    """Return the sandbox's words for a code."""
    return _messages().get(code, "Error.")


def fault(code: str, reason: str = "", *, server: bool = False) -> bytes:
    """Write a SOAP fault in the form of the agency.

    Args:
        code: The agency's code.
        reason: Added to the sandbox's text for that code.
        server: Whether the fault is on the side of the service.
    """
    return soap.fault(code, reason, _messages(), server=server)


def is_cancellation(record: etree._Element) -> bool:
    """Tell whether a record cancels."""
    return str(record.tag).endswith("}RegistroAnulacion")


def key_of(record: etree._Element) -> Key:
    """Return which invoice a record is of."""
    end = "Anulada" if is_cancellation(record) else ""
    names = ("IDEmisorFactura", "NumSerieFactura", "FechaExpedicionFactura")
    return Key(*(text_of(record, "IDFactura", name + end) for name in names))


def envelope(
    header: etree._Element,
    lines: Sequence[Line],
    *,
    csv: str,
    presenter: str,
    now: datetime,
    wait_s: int,
) -> bytes:
    """Write the answer to a submission.

    Args:
        header: Of the submission; it is repeated.
        lines: The verdicts, in the order of the records.
        csv: Verification code; not written when every record is rejected.
        presenter: NIF of who sent.
        now: The service's clock.
        wait_s: Seconds to wait before the next submission.
    """
    states = {line.state for line in lines}
    if states == {"Incorrecto"}:
        state, accepted = "Incorrecto", ""
    else:
        state = "Correcto" if states == {"Correcto"} else "ParcialmenteCorrecto"
        accepted = (
            _r("CSV", csv)
            + "<r:DatosPresentacion>"
            + sf("NIFPresentador", presenter)
            + sf("TimestampPresentacion", now.replace(microsecond=0).isoformat())
            + "</r:DatosPresentacion>"
        )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<env:Envelope xmlns:env="{SOAP}"><env:Header/><env:Body>',
        f'<r:RespuestaRegFactuSistemaFacturacion xmlns:r="{_R}" xmlns:sf="{SF}">',
        accepted,
        "<r:Cabecera>",
        *(copy(child) for child in header.iterchildren("*")),
        "</r:Cabecera>",
        _r("TiempoEsperaEnvio", str(wait_s)),
        _r("EstadoEnvio", state),
        *(_line_text(line) for line in lines),
        "</r:RespuestaRegFactuSistemaFacturacion></env:Body></env:Envelope>",
    ]
    return "".join(parts).encode()


def _line_text(line: Line) -> str:
    record, key = line.record, key_of(line.record)
    operation = [sf("TipoOperacion", "Anulacion" if is_cancellation(record) else "Alta")]
    for name, values in _ECHOED.items():
        if text_of(record, name) in values:
            operation.append(sf(name, text_of(record, name)))
    reference = text_of(record, "RefExterna")[:60]
    parts = [
        "<r:RespuestaLinea><r:IDFactura>",
        sf("IDEmisorFactura", key.issuer),
        sf("NumSerieFactura", key.number),
        sf("FechaExpedicionFactura", key.issued_on),
        "</r:IDFactura><r:Operacion>",
        *operation,
        "</r:Operacion>",
        _r("RefExterna", reference) if reference else "",
        _r("EstadoRegistro", line.state),
    ]
    if line.code:
        parts += [_r("CodigoErrorRegistro", line.code)]
        parts += [_r("DescripcionErrorRegistro", said(line.code))]
    if line.code == "3000" and line.held:
        parts += [
            "<r:RegistroDuplicado>",
            sf("IdPeticionRegistroDuplicado", line.held.request_id),
            sf("EstadoRegistroDuplicado", line.held.state),
        ]
        if line.held.code:
            parts += [sf("CodigoErrorRegistro", line.held.code)]
            parts += [sf("DescripcionErrorRegistro", said(line.held.code))]
        parts += ["</r:RegistroDuplicado>"]
    return "".join([*parts, "</r:RespuestaLinea>"])


def copy(element: etree._Element) -> str:
    """Write an element of the records again, with the prefix of the answer."""
    name = etree.QName(element).localname
    children = list(element.iterchildren("*"))
    if children:
        return f"<sf:{name}>" + "".join(copy(child) for child in children) + f"</sf:{name}>"
    return sf(name, text_of(element))


def sf(name: str, text: str) -> str:
    """Write an element in the namespace of the records."""
    return f"<sf:{name}>{escape(text)}</sf:{name}>"


def _r(name: str, text: str) -> str:
    return f"<r:{name}>{escape(text)}</r:{name}>"
