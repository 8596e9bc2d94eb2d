"""The VERI*FACTU services of the sandbox: bytes of a request in, bytes of an answer out.

No network here: the ASGI application and the tests call :meth:`Service.answer`.
"""

import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from lxml import etree

from aeat_sii.clock import in_spain
from aeat_sii.sandbox import matrix, query
from aeat_sii.sandbox.checks import rejections, warnings
from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.reading import limit
from aeat_sii.sandbox.register import Key, Register, State, Stored
from aeat_sii.sandbox.soap import EnvelopeCodes, message_of
from aeat_sii.sandbox.structure import LR, LRC, SF, BadStructureError, check, text_of
from aeat_sii.sandbox.writing import Line, envelope, fault, is_cancellation, key_of
from tax_es.ids import nif

__all__ = ["DEFAULT_WAIT_S", "Service"]

_ENVELOPE = EnvelopeCodes(empty="4138", encoding="4119")
_SUBMISSION = f"{{{LR}}}RegFactuSistemaFacturacion"
_QUERY = f"{{{LRC}}}ConsultaFactuSistemaFacturacion"
_KEPT_ON_REQUEST = frozenset(limit("kept_on_request").split())
_CSV_CHARACTERS = string.ascii_uppercase + string.digits
DEFAULT_WAIT_S: int = limit("wait_s")
"""Seconds that an answer asks to wait."""


@dataclass(slots=True)
class Service:
    """Plays the services that take the records of invoicing systems, and answer about them.

    Args:
        clock: Tells the time, with its zone; the service answers in the time of Spain.
        wait_s: Seconds that each answer asks to wait (``TiempoEsperaEnvio``).
        known: What only the agency knows: census, agreements, permissions.
        seed: Of the verification codes; the same seed and clock give the same answers.
        register: The records of VERI*FACTU systems.
        requested: The records that were sent on request; the two are kept apart.
        page_rows: Rows that an answer to a query holds at most.
        refused_percent: Of a hundred good records, how many are rejected all the same (1100), as
            the seed says: rehearses partial acceptance.
    """

    clock: Callable[[], datetime]
    wait_s: int = DEFAULT_WAIT_S
    known: Knowledge = field(default_factory=Knowledge)
    seed: int = 0
    register: Register = field(default_factory=Register)
    requested: Register = field(default_factory=Register)
    page_rows: int = limit("rows_of_a_query")
    refused_percent: int = 0
    _count: int = field(default=0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - codes of a sandbox, not secrets

    def answer(
        self, body: bytes, holder_nif: str | None, *, on_request: bool = False
    ) -> tuple[int, bytes]:
        """Answer a request.

        Args:
            body: SOAP envelope as it came.
            holder_nif: NIF of the certificate that opened the connection.
            on_request: Whether it came to the service for requests of the agency.

        Returns:
            HTTP status and SOAP envelope.
        """
        try:
            message = message_of(body, _ENVELOPE)
            with self._lock:
                if message.tag == _SUBMISSION:
                    return 200, self._submitted(message, holder_nif, on_request)
                if message.tag == _QUERY and not on_request:
                    return 200, query.answer(
                        message, self.register, self.known, holder_nif, self.page_rows
                    )
        except BadStructureError as error:
            return 500, fault(error.code, error.reason)
        return 500, fault("4118" if message.tag == _QUERY else "4103")

    def _submitted(
        self, message: etree._Element, holder_nif: str | None, on_request: bool
    ) -> bytes:
        header = message.find(f"{{{LR}}}Cabecera")
        if header is None:
            raise BadStructureError("4102", "falta Cabecera")
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
            _require_nameable(key_of(record))
        self._check_header(header, holder_nif)
        _check_kind(header, on_request, in_spain(self.clock()).year)
        now = in_spain(self.clock())
        self._count += 1
        request_id = f"{now:%Y%m%d%H%M%S}{self._count:06}"
        csv = "A-" + "".join(self._random.choices(_CSV_CHARACTERS, k=14))
        presentation = _Presentation(
            header, holder_nif or "", now, request_id, csv, wrong, on_request
        )
        lines = [self._line(record, presentation) for record in records]
        return envelope(
            header, lines, csv=csv, presenter=presentation.presenter, now=now, wait_s=self.wait_s
        )

    def _check_header(self, header: etree._Element, holder_nif: str | None) -> None:
        issuer = text_of(header, "ObligadoEmision", "NIF")
        if not self.known.is_known(issuer):
            raise BadStructureError("4104", f"NIF: {issuer}")
        representative = text_of(header, "Representante", "NIF")
        if representative and not self.known.is_known(representative):
            raise BadStructureError("4105", f"NIF: {representative}")
        if representative:
            name = text_of(header, "Representante", "NombreRazon")
            if not self.known.is_named(representative, name):
                raise BadStructureError("4124", f"Nombre: {name}")
        if holder_nif is None:
            raise BadStructureError("4108")
        if holder_nif != issuer and not self.known.may_act_for(holder_nif, issuer):
            raise BadStructureError("4112", f"NIF del titular: {holder_nif}")
        if self.known.is_suspended(issuer):
            raise BadStructureError("4141")
        reference = text_of(header, "RemisionRequerimiento", "RefRequerimiento")
        if reference and not (reference.isascii() and reference.isalnum()):
            raise BadStructureError("4133")
        if reference and not self.known.has_request(reference):
            raise BadStructureError("4122")

    def _line(self, record: etree._Element, sent: "_Presentation") -> Line:
        issuer = text_of(sent.header, "ObligadoEmision", "NIF")
        bad = next((sent.wrong[node] for node in record.iter("*") if node in sent.wrong), "")
        if not bad and _lacks_name(sent.header):
            bad = "1282"
        codes = () if bad else tuple(rejections(record, issuer, sent.now, self.known))
        if sent.on_request:
            # Nothing is corrected and sent again: what does not concern an identity is admitted.
            codes, admitted = (
                tuple(code for code in codes if code in _KEPT_ON_REQUEST),
                tuple(code for code in codes if code not in _KEPT_ON_REQUEST),
            )
        else:
            admitted = ()
        code = bad or next(iter(codes), "") or self._refused()
        if code:
            return Line(record, "Incorrecto", code)
        key = key_of(record)
        register = self.requested if sent.on_request else self.register
        held = register.find(key)
        if not sent.on_request:
            code = _operation(record, held) or self._permission(key, held, sent.presenter)
            if code:
                return Line(record, "Incorrecto", code, held)
        known = register.begin(issuer, *_system(record))
        code = next(iter(admitted), "") or next(warnings(record, sent.now, self.known), "")
        if not code and known and text_of(record, "Encadenamiento", "PrimerRegistro") == "S":
            code = "2007"
        register.store(sent.stored(record, key, held, code))
        return Line(record, "AceptadoConErrores" if code else "Correcto", code)

    def _refused(self) -> str:
        refused = self.refused_percent and self._random.randrange(100) < self.refused_percent
        return "1100" if refused else ""

    def _permission(self, key: Key, held: Stored | None, presenter: str) -> str:
        if held is None:
            return ""
        if self.known.is_of_the_form(key.number):
            return "3004"
        same = held.presenter == presenter
        return "" if same or self.known.may_amend(presenter, key.issuer) else "3003"


@dataclass(frozen=True, slots=True)
class _Presentation:
    """A submission that is being judged."""

    header: etree._Element
    presenter: str
    now: datetime
    request_id: str
    csv: str
    wrong: dict[etree._Element, str]
    on_request: bool

    def stored(self, record: etree._Element, key: Key, held: Stored | None, code: str) -> Stored:
        cancels = is_cancellation(record)
        accepted = State.WITH_ERRORS if code else State.CORRECT
        return Stored(
            key,
            State.CANCELLED if cancels else accepted,
            self.request_id,
            self.csv,
            text_of(record, "Huella"),
            code,
            self.presenter,
            self.now,
            (held.registration if held else None) if cancels else record,
            text_of(self.header, "Representante", "NIF"),
        )


def _lacks_name(header: etree._Element) -> bool:
    """Tell whether the natural person of a header has no name."""
    person = not nif.check(text_of(header, "ObligadoEmision", "NIF")).is_entity
    return person and not text_of(header, "ObligadoEmision", "NombreRazon")


def _operation(record: etree._Element, held: Stored | None) -> str:
    if is_cancellation(record):
        return matrix.cancellation(text_of(record, "SinRegistroPrevio"), held)
    return matrix.registration(
        text_of(record, "Subsanacion"), text_of(record, "RechazoPrevio"), held
    )


def _check_kind(header: etree._Element, on_request: bool, year: int) -> None:
    """Refuse a header with the marks of the other service."""
    request = header.find(f"{{{SF}}}RemisionRequerimiento")
    if not on_request:
        if request is not None:
            asks = text_of(request, "RefRequerimiento")
            raise BadStructureError("4126" if asks else "4130")
        last_day = text_of(header, "RemisionVoluntaria", "FechaFinVeriFactu")
        if last_day and last_day not in (f"31-12-{year}", f"31-12-{year - 1}"):
            raise BadStructureError("4120")
        return
    if header.find(f"{{{SF}}}RemisionVoluntaria") is not None:
        raise BadStructureError("4127")
    if not text_of(request, "RefRequerimiento"):
        raise BadStructureError("4125")
    if not text_of(request, "FinRequerimiento"):
        raise BadStructureError("4129")


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
