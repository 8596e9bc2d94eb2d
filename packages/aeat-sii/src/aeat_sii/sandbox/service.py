"""The VERI*FACTU service of the sandbox: bytes of a request in, bytes of an answer out.

No network here: the ASGI application and the tests call :meth:`Service.answer`.
"""

import random
import re
import string
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from threading import Lock
from xml.sax.saxutils import escape

from lxml import etree

from aeat_sii.clock import in_spain
from aeat_sii.sandbox import matrix
from aeat_sii.sandbox.checks import rejections, warnings
from aeat_sii.sandbox.register import Key, Register, State, Stored
from aeat_sii.sandbox.structure import LR, SF, BadStructureError, check, text_of
from einvoice_core.timeline import load_timelines
from einvoice_core.xml.errors import XmlEmpty, XmlEncoding, XmlRefused
from einvoice_core.xml.parsing import Limits, parse
from tax_es.ids import nif

__all__ = ["DEFAULT_WAIT_S", "MAX_REQUEST", "SOAP", "Service", "fault"]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_R = SF.replace("SuministroInformacion", "RespuestaSuministro")
MAX_REQUEST = 16 * 1024 * 1024
"""Bytes of a request; a thousand records take some 3 MB."""

_LIMITS = Limits(document=MAX_REQUEST, depth=64)
_ECHOED = {
    "Subsanacion": ("S", "N"),
    "RechazoPrevio": ("S", "N", "X"),
    "SinRegistroPrevio": ("S", "N"),
}
_CSV_CHARACTERS = string.ascii_uppercase + string.digits
DEFAULT_WAIT_S: int = tuple(load_timelines("aeat_sii.sandbox", "limits.toml")["wait_s"])[-1].value
"""Seconds that an answer asks to wait."""


@cache
def _messages() -> dict[str, str]:
    data = resources.files("aeat_sii.sandbox").joinpath("messages.toml").read_text("utf-8")
    messages: dict[str, str] = tomllib.loads(data)["codes"]
    return messages


@dataclass(frozen=True, slots=True)
class _Line:
    """The verdict on one record."""

    record: etree._Element
    state: str
    code: str = ""
    held: Stored | None = None


@dataclass(slots=True)
class Service:
    """Plays the service that takes the records of VERI*FACTU systems.

    Args:
        clock: Tells the time, with its zone; the service answers in the time of Spain.
        wait_s: Seconds that each answer asks to wait (``TiempoEsperaEnvio``).
        may_act_for: Tells whether the holder of a certificate may send for a taxpayer, besides
            the taxpayer itself; both as NIF.
        is_known: Tells whether a NIF is in the census; by default every one that is well formed.
        seed: Of the verification codes; the same seed and clock give the same answers.
    """

    clock: Callable[[], datetime]
    wait_s: int = DEFAULT_WAIT_S
    may_act_for: Callable[[str, str], bool] = field(default=lambda holder, taxpayer: False)
    is_known: Callable[[str], bool] = field(default=lambda text: nif.check(text).valid)
    seed: int = 0
    register: Register = field(default_factory=Register)
    _count: int = field(default=0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - codes of a sandbox, not secrets

    def answer(self, body: bytes, holder_nif: str | None) -> tuple[int, bytes]:
        """Answer a request.

        Args:
            body: SOAP envelope as it came.
            holder_nif: NIF of the certificate that opened the connection.

        Returns:
            HTTP status and SOAP envelope.
        """
        try:
            with self._lock:
                return 200, self._answer(body, holder_nif)
        except BadStructureError as error:
            return 500, fault(error.code, error.reason)

    def _answer(self, body: bytes, holder_nif: str | None) -> bytes:
        message = _message(body)
        header = _child(message, "Cabecera")
        wrong_in_header = check(header, "Cabecera", "4103")
        if wrong_in_header:
            raise BadStructureError(wrong_in_header[0].code)
        wrong = {bad.element: bad.code for bad in check(message, "RegFactuSistemaFacturacion")}
        records = [
            record
            for slot in message.iterfind(f"{{{LR}}}RegistroFactura")
            for record in slot.iterchildren("*")
        ]
        for record in records:
            _require_nameable(_key(record))
        issuer = text_of(header, "ObligadoEmision", "NIF")
        self._check_header(header, issuer, holder_nif)
        now = in_spain(self.clock())
        self._count += 1
        request_id = f"{now:%Y%m%d%H%M%S}{self._count:06}"
        csv = "A-" + "".join(self._random.choices(_CSV_CHARACTERS, k=14))
        lines = [self._line(record, issuer, now, wrong, request_id, csv) for record in records]
        return _answer_text(
            header, lines, csv=csv, presenter=holder_nif or issuer, now=now, wait_s=self.wait_s
        )

    def _check_header(self, header: etree._Element, issuer: str, holder_nif: str | None) -> None:
        if not self.is_known(issuer):
            raise BadStructureError("4104", f"NIF: {issuer}")
        representative = text_of(header, "Representante", "NIF")
        if representative and not self.is_known(representative):
            raise BadStructureError("4105", f"NIF: {representative}")
        if holder_nif is None:
            raise BadStructureError("4108")
        if holder_nif != issuer and not self.may_act_for(holder_nif, issuer):
            raise BadStructureError("4112", f"NIF del titular: {holder_nif}")
        if header.find(f"{{{SF}}}RemisionRequerimiento") is not None:
            raise BadStructureError("4126")
        last_day = text_of(header, "RemisionVoluntaria", "FechaFinVeriFactu")
        year = in_spain(self.clock()).year
        if last_day and last_day not in (f"31-12-{year}", f"31-12-{year - 1}"):
            raise BadStructureError("4120")

    def _line(
        self,
        record: etree._Element,
        issuer: str,
        now: datetime,
        wrong: dict[etree._Element, str],
        request_id: str,
        csv: str,
    ) -> _Line:
        bad = next((wrong[node] for node in record.iter("*") if node in wrong), "")
        code = bad or next(rejections(record, issuer, now), "")
        if code:
            return _Line(record, "Incorrecto", code)
        key = _key(record)
        held = self.register.find(key)
        cancels = _is_cancellation(record)
        if cancels:
            code = matrix.cancellation(text_of(record, "SinRegistroPrevio"), held)
        else:
            rejection = text_of(record, "RechazoPrevio")
            code = matrix.registration(text_of(record, "Subsanacion"), rejection, held)
        if code:
            return _Line(record, "Incorrecto", code, held)
        known = self.register.begin(issuer, *_system(record))
        code = next(warnings(record, now), "")
        if not code and known and text_of(record, "Encadenamiento", "PrimerRegistro") == "S":
            code = "2007"
        state = State.WITH_ERRORS if code else State.CORRECT
        self.register.store(
            Stored(
                key,
                State.CANCELLED if cancels else state,
                request_id,
                csv,
                text_of(record, "Huella"),
                code,
            )
        )
        return _Line(record, "AceptadoConErrores" if code else "Correcto", code)


def fault(code: str, reason: str = "", *, server: bool = False) -> bytes:
    """Write a SOAP fault in the form of the agency.

    Args:
        code: The agency's code.
        reason: Added to the sandbox's text for that code.
        server: Whether the fault is on the side of the service.
    """
    text = " ".join(part for part in (_messages().get(code, ""), reason) if part)
    side = "Server" if server else "Client"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope xmlns:env="{SOAP}"><env:Body>'
        f"<env:Fault><faultcode>env:{side}</faultcode><faultstring>Codigo[{code}]."
        f"{escape(text)}</faultstring></env:Fault></env:Body></env:Envelope>"
    ).encode()


def _message(body: bytes) -> etree._Element:
    """Return the message inside the envelope."""
    try:
        envelope = parse(body, _LIMITS)
    except XmlEmpty as error:
        raise BadStructureError("4138") from error
    except XmlEncoding as error:
        raise BadStructureError("4119") from error
    except XmlRefused as error:
        raise BadStructureError("4103") from error
    etree.strip_tags(envelope, etree.Comment, etree.ProcessingInstruction)
    content = envelope.find(f"{{{SOAP}}}Body")
    if envelope.tag != f"{{{SOAP}}}Envelope" or content is None:
        raise BadStructureError("4103", "No es un sobre SOAP 1.1.")
    messages = list(content.iterchildren("*"))
    if not messages:
        raise BadStructureError("4138")
    if len(messages) > 1:
        raise BadStructureError("4103", "El sobre lleva más de un mensaje.")
    if str(messages[0].tag).endswith("}ConsultaFactuSistemaFacturacion"):
        raise BadStructureError("4134", "El banco de pruebas no responde consultas.")
    if messages[0].tag != f"{{{LR}}}RegFactuSistemaFacturacion":
        raise BadStructureError("4103", "El mensaje no es de este servicio.")
    return messages[0]


def _child(message: etree._Element, name: str) -> etree._Element:
    child = message.find(f"{{{LR}}}{name}")
    if child is None:
        raise BadStructureError("4102", f"falta {name}")
    return child


def _is_cancellation(record: etree._Element) -> bool:
    return str(record.tag).endswith("}RegistroAnulacion")


def _key(record: etree._Element) -> Key:
    end = "Anulada" if _is_cancellation(record) else ""
    names = ("IDEmisorFactura", "NumSerieFactura", "FechaExpedicionFactura")
    return Key(*(text_of(record, "IDFactura", name + end) for name in names))


def _require_nameable(key: Key) -> None:
    """Refuse a message with an invoice that the answer could not name."""
    if len(key.issuer) != 9:
        raise BadStructureError("4109", f"NIF: {key.issuer[:20]}")
    if not 1 <= len(key.number) <= 60:
        raise BadStructureError("4103", "El número de factura tiene de 1 a 60 caracteres.")
    if not re.fullmatch("[0-9]{2}-[0-9]{2}-[0-9]{4}", key.issued_on, re.ASCII):
        raise BadStructureError("4106", "La fecha de expedición se escribe DD-MM-AAAA.")


def _system(record: etree._Element) -> tuple[str, ...]:
    names = ("NIF", "IdSistemaInformatico", "NumeroInstalacion")
    return tuple(text_of(record, "SistemaInformatico", name) for name in names)


def _answer_text(
    header: etree._Element,
    lines: list[_Line],
    *,
    csv: str,
    presenter: str,
    now: datetime,
    wait_s: int,
) -> bytes:
    states = {line.state for line in lines}
    if states == {"Incorrecto"}:
        state, accepted = "Incorrecto", ""
    else:
        state = "Correcto" if states == {"Correcto"} else "ParcialmenteCorrecto"
        accepted = (
            _r("CSV", csv)
            + "<r:DatosPresentacion>"
            + _sf("NIFPresentador", presenter)
            + _sf("TimestampPresentacion", now.replace(microsecond=0).isoformat())
            + "</r:DatosPresentacion>"
        )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<env:Envelope xmlns:env="{SOAP}"><env:Header/><env:Body>',
        f'<r:RespuestaRegFactuSistemaFacturacion xmlns:r="{_R}" xmlns:sf="{SF}">',
        accepted,
        "<r:Cabecera>",
        *(_copy(child) for child in header.iterchildren("*")),
        "</r:Cabecera>",
        _r("TiempoEsperaEnvio", str(wait_s)),
        _r("EstadoEnvio", state),
        *(_line_text(line) for line in lines),
        "</r:RespuestaRegFactuSistemaFacturacion></env:Body></env:Envelope>",
    ]
    return "".join(parts).encode()


def _line_text(line: _Line) -> str:
    record, key = line.record, _key(line.record)
    operation = [_sf("TipoOperacion", "Anulacion" if _is_cancellation(record) else "Alta")]
    for name, values in _ECHOED.items():
        if text_of(record, name) in values:
            operation.append(_sf(name, text_of(record, name)))
    reference = text_of(record, "RefExterna")[:60]
    parts = [
        "<r:RespuestaLinea><r:IDFactura>",
        _sf("IDEmisorFactura", key.issuer),
        _sf("NumSerieFactura", key.number),
        _sf("FechaExpedicionFactura", key.issued_on),
        "</r:IDFactura><r:Operacion>",
        *operation,
        "</r:Operacion>",
        _r("RefExterna", reference) if reference else "",
        _r("EstadoRegistro", line.state),
    ]
    if line.code:
        parts += [_r("CodigoErrorRegistro", line.code)]
        parts += [_r("DescripcionErrorRegistro", _messages().get(line.code, "Error."))]
    if line.code == "3000" and line.held:
        parts += [
            "<r:RegistroDuplicado>",
            _sf("IdPeticionRegistroDuplicado", line.held.request_id),
            _sf("EstadoRegistroDuplicado", line.held.state),
        ]
        if line.held.code:
            parts += [_sf("CodigoErrorRegistro", line.held.code)]
            parts += [_sf("DescripcionErrorRegistro", _messages()[line.held.code])]
        parts += ["</r:RegistroDuplicado>"]
    return "".join([*parts, "</r:RespuestaLinea>"])


def _copy(element: etree._Element) -> str:
    """Write an element of the header again, with the prefixes of the answer."""
    name = etree.QName(element).localname
    children = list(element.iterchildren("*"))
    if children:
        return f"<sf:{name}>" + "".join(_copy(child) for child in children) + f"</sf:{name}>"
    return _sf(name, text_of(element))


def _sf(name: str, text: str) -> str:
    return f"<sf:{name}>{escape(text)}</sf:{name}>"


def _r(name: str, text: str) -> str:
    return f"<r:{name}>{escape(text)}</r:{name}>"
