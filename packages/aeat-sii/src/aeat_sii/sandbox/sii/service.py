"""The services of SII of the sandbox: bytes of a request in, bytes of an answer out."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from lxml import etree

from aeat_sii.clock import in_spain
from aeat_sii.sandbox.grammar import BadStructureError, BadValue
from aeat_sii.sandbox.knowledge import Knowledge
from aeat_sii.sandbox.service import Service
from aeat_sii.sandbox.sii import checks, queries
from aeat_sii.sandbox.sii.keys import identification, key_of, only, repeatable, require_nameable
from aeat_sii.sandbox.sii.register import Attached, Held, Register, State
from aeat_sii.sandbox.sii.tables import (
    IGIC_OPERATIONS,
    OPERATIONS,
    Operation,
    canonical,
    grammar,
    said,
    value_codes,
)
from aeat_sii.sandbox.sii.tree import Field, Tree, Value, leaves, many, sub, text, tree_of
from aeat_sii.sandbox.sii.writing import envelope, moment
from aeat_sii.sandbox.soap import EnvelopeCodes, fault, message_of

__all__ = ["SiiService"]

_ENVELOPE = EnvelopeCodes(empty="4102", encoding="4126")
_CSV_CHARACTERS = string.ascii_uppercase + string.digits
_REGIMES = (
    "ClaveRegimenEspecialOTrascendencia",
    "ClaveRegimenEspecialOTrascendenciaAdicional1",
    "ClaveRegimenEspecialOTrascendenciaAdicional2",
)


@dataclass(slots=True)
class SiiService:
    """Plays the services that take the books of SII, and answer about them.

    Args:
        clock: Tells the time, with its zone; the service answers in the time of Spain.
        known: What only the agency knows: census, agreements, permissions.
        seed: Of the verification codes; the same seed and clock give the same answers.
        register: The records of every taxpayer.
        igic_register: Those at the Canary Islands. Of their messages the structure is judged, and
            what is held; the conditions of their codes are not known.
        page_rows: Rows that an answer to a query holds at most.
        contrast_s: Seconds after which a record has been compared with that of the other party;
            until then its state is "in process".
        refused_percent: Of a hundred good records, how many are rejected all the same (1100), as
            the seed says: rehearses partial acceptance.
    """

    clock: Callable[[], datetime]
    known: Knowledge = field(default_factory=Knowledge)
    seed: int = 0
    register: Register = field(default_factory=Register)
    igic_register: Register = field(default_factory=Register)
    page_rows: int = 10_000
    contrast_s: int = 0
    refused_percent: int = 0
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - codes of a sandbox, not secrets

    @classmethod
    def beside(cls, other: Service) -> "SiiService":
        """Make one with the clock, the knowledge and the seed of another service.

        Args:
            other: The one for VERI*FACTU.
        """
        return cls(
            other.clock,
            known=other.known,
            seed=other.seed,
            refused_percent=other.refused_percent,
        )

    def answer(self, body: bytes, holder_nif: str | None, path: str) -> tuple[int, bytes]:
        """Answer a request.

        Args:
            body: SOAP envelope as it came.
            holder_nif: NIF of the certificate that opened the connection.
            path: Of the service that it was sent to.

        Returns:
            HTTP status and SOAP envelope.
        """
        try:
            message = message_of(body, _ENVELOPE)
            tag = str(message.tag)
            operation = OPERATIONS.get(tag) or IGIC_OPERATIONS.get(tag)
            if operation is None:
                raise BadStructureError("4108")
            if operation.path != canonical(path):
                raise BadStructureError("4124", f"Se esperaba en {operation.path}.")
            wrong = grammar(operation.tax).check(message, operation.type)
            with self._lock:
                return 200, self._answered(message, operation, wrong, holder_nif)
        except BadStructureError as error:
            return 500, fault(error.code, error.reason, {error.code: said(error.code)})

    def _answered(
        self,
        message: etree._Element,
        operation: Operation,
        wrong: list[BadValue],
        holder_nif: str | None,
    ) -> bytes:
        _refuse_header(message[0], wrong, informed=operation.does == "informed")
        header = tree_of(message[0])
        presenter = self._admitted(header, operation, holder_nif)
        now = in_spain(self.clock())
        if operation.does in ("supply", "cancel", "attach"):
            sent = _Submission(operation, header, presenter, now, self._csv(), self)
            return sent.answered(message, wrong)
        if wrong:
            raise BadStructureError(wrong[0].code, _where(wrong[0]))
        asked = queries.Query(
            operation,
            tree_of(message),
            self.register_of(operation),
            now,
            self.page_rows,
            self.contrast_s,
        )
        return envelope(operation, asked.answer())

    def register_of(self, operation: Operation) -> Register:
        """Return the records that an operation is about."""
        return self.igic_register if operation.tax == "igic" else self.register

    def refuses(self) -> bool:
        """Tell whether a good record is rejected all the same."""
        share = self.refused_percent
        return bool(share) and self._random.randrange(100) < share

    def _csv(self) -> str:
        return "A-" + "".join(self._random.choices(_CSV_CHARACTERS, k=14))

    def _admitted(self, header: Tree, operation: Operation, holder_nif: str | None) -> str:
        """Return who presents; refuse who may not."""
        nif = text(next(sub(header, name) for name in header if name.startswith("Titular")), "NIF")
        side = "TitularLRFE" in header, "TitularLRFR" in header
        if not self.known.is_known(nif):
            raise BadStructureError(
                {(True, False): "4132", (False, True): "4133"}.get(side, "4104"), f"NIF: {nif}"
            )
        representative = text(header, "Titular", "NIFRepresentante")
        if representative and not self.known.is_known(representative):
            raise BadStructureError("4105", f"NIF: {representative}")
        if holder_nif is None:
            raise BadStructureError("4110")
        if holder_nif != nif and not self.known.may_act_for(holder_nif, nif):
            code = {(True, False): "4130", (False, True): "4131"}.get(side, "4114")
            code = "4136" if operation.does == "totals" else code
            raise BadStructureError(code, f"NIF del titular del certificado: {holder_nif}")
        if not self.known.is_known(holder_nif):
            raise BadStructureError("4109", f"NIF: {holder_nif}")
        if operation.does == "totals":
            if holder_nif != nif and not self.known.may_see_totals(holder_nif, nif):
                raise BadStructureError("4135")
            if self.known.joined_sii_on(nif) > in_spain(self.clock()).date():
                raise BadStructureError("4137", f"NIF: {nif}")
        if self.known.is_suspended(nif):
            raise BadStructureError("4118")
        return holder_nif


def _refuse_header(header: etree._Element, wrong: list[BadValue], *, informed: bool) -> None:
    inside = set(header.iter())
    for bad in wrong:
        if bad.element in inside:
            name = etree.QName(bad.element).localname
            code = "1209" if informed and name == "IDVersionSii" else value_codes().get(name)
            raise BadStructureError(code or "4102", _where(bad))


def _where(bad: BadValue) -> str:
    return f"Campo: {etree.QName(bad.element).localname}."


@dataclass(frozen=True, slots=True)
class _Submission:
    """A supply, a cancellation or an addition to invoices that is being judged."""

    operation: Operation
    header: Tree
    presenter: str
    now: datetime
    csv: str
    service: SiiService

    @property
    def titular(self) -> str:
        return text(self.header, "Titular", "NIF")

    @property
    def _register(self) -> Register:
        return self.service.register_of(self.operation)

    def answered(self, message: etree._Element, wrong: list[BadValue]) -> bytes:
        purpose = text(self.header, "TipoComunicacion")
        if purpose in ("A4", "A5", "A6") and self.operation.book != "issued":
            raise BadStructureError("4101", f"{purpose} es solo de facturas emitidas.")
        codes = {bad.element: bad.code for bad in wrong}
        names = identification(self.operation)
        elements = list(message)[1:]
        for element in elements if wrong else ():
            require_nameable(element, names, codes)
        lines: list[Value] = [self._line(element, names, codes) for element in elements]
        states = {text(line, "EstadoRegistro") for line in lines if not isinstance(line, str)}
        answer: dict[str, Field] = {"Cabecera": self.header, "RespuestaLinea": lines}
        if states == {"Incorrecto"}:
            answer["EstadoEnvio"] = "Incorrecto"
        else:
            answer["CSV"] = self.csv
            answer["DatosPresentacion"] = {
                "NIFPresentador": self.presenter,
                "TimestampPresentacion": moment(self.now),
            }
            whole = states == {"Correcto"}
            answer["EstadoEnvio"] = "Correcto" if whole else "ParcialmenteCorrecto"
        return envelope(self.operation, answer)

    def _line(
        self, element: etree._Element, names: tuple[str, ...], wrong: dict[etree._Element, str]
    ) -> Tree:
        record = tree_of(element)
        body = sub(record, self.operation.body) if self.operation.body else {}
        named: Tree = {**only(record, names), **only(body, ("IdentificacionBien",))}
        key = key_of(named)
        bad = next((wrong[node] for node in element.iter() if node in wrong), "") if wrong else ""
        if wrong:
            named = repeatable(named)
        held = self._register.find(self.titular, self.operation.book, key)
        code, admitted, duplicate = bad, "", False
        if not bad:
            code, admitted, duplicate = self._verdict(record, body, held)
        if not code and not duplicate and self.service.refuses():
            code, admitted = "1100", ""
        accepted = not code and not duplicate
        if accepted:
            self._store(record, body, key, held, admitted)
        state = ("AceptadoConErrores" if admitted else "Correcto") if accepted else "Incorrecto"
        line: dict[str, Field] = {**named, "EstadoRegistro": state}
        reference = text(body, "RefExterna") or text(record, "RefExterna")
        reference = reference or text(record, "OperacionIntracomunitaria", "RefExterna")
        if reference:
            line["RefExterna"] = reference[:60]
        if code or admitted:
            line["CodigoErrorRegistro"] = code or admitted
            line["DescripcionErrorRegistro"] = said(code or admitted)
        if duplicate and held:
            line["CSV"] = held.csv
            line["RegistroDuplicado"] = _duplicate(held)
        return line

    def _verdict(self, record: Tree, body: Tree, held: Held | None) -> tuple[str, str, bool]:
        """Return the code of a rejection, that of an admitted error, and whether it is double."""
        known = self.service.known
        case = checks.Case(self.operation, self.header, record, body, self.now, known)
        if self.operation.does in ("cancel", "attach"):
            code = self._of_another(record)
            if self.operation.does == "cancel":
                code = code or self._movement(held) or _ending(held, record, self.now)
            else:
                code = code or _addition(self.operation, held)
            return code or next(checks.rejections(case), ""), "", False
        code = next(checks.rejections(case), "") or self._first_dispatch(record)
        if code:
            return code, "", False
        if text(self.header, "TipoComunicacion") in ("A0", "A5"):
            if held and held.state is not State.CANCELLED:
                return self.operation.duplicate, "", True
        else:
            code = self._movement(held)
            if not code and held and _period(held.record) != _period(record):
                code = "3019"
            if code:
                return code, "", False
        if held and not self._may_amend(held):
            return "3010", "", False
        return "", next(checks.warnings(case), ""), False

    def _of_another(self, record: Tree) -> str:
        issuer = text(record, "IDFactura", "IDEmisorFactura", "NIF")
        return "3902" if self.operation.book == "issued" and issuer != self.titular else ""

    def _first_dispatch(self, record: Tree) -> str:
        first = sub(record, "OperacionIntracomunitaria", "IdRegistroExpInicial")
        key = tuple(each.upper() for each in leaves(first))
        known = self._register.find(self.titular, "consignment", key)
        missing = known is None or known.state is State.CANCELLED
        return "1521" if self.operation.book == "consignment" and first and missing else ""

    def _movement(self, held: Held | None) -> str:
        if held is None:
            return "3002"
        if held.state is State.CANCELLED:
            return "3001"
        return "" if self._may_amend(held) else "3010"

    def _may_amend(self, held: Held) -> bool:
        same = held.presenter == self.presenter or self.presenter == self.titular
        return same or self.service.known.may_amend(self.presenter, self.titular)

    def _store(
        self, record: Tree, body: Tree, key: tuple[str, ...], held: Held | None, code: str
    ) -> None:
        register = self._register
        if held and self.operation.does == "cancel":
            register.store(replace(held, state=State.CANCELLED, changed_at=self.now, code=""))
        elif held and self.operation.does == "attach":
            added = tuple(
                Attached(data, self.presenter, self.csv, self.now)
                for name in body
                for data in many(body, name)
            )
            name = self.operation.body
            kept = () if name == "DatosInmueble" else held.attached.get(name, ())
            attached = {**held.attached, name: (*kept, *added)}
            register.store(replace(held, attached=attached))
        else:
            lives = held is not None and held.state is not State.CANCELLED
            register.store(
                Held(
                    self.titular,
                    text(self.header, "Titular", "NombreRazon"),
                    self.operation.book,
                    key,
                    {**record, **body},
                    State.WITH_ERRORS if code else State.CORRECT,
                    self.presenter,
                    self.csv,
                    held.stored_at if held and lives else self.now,
                    self.now,
                    code,
                    held.attached if held and lives else {},
                )
            )


def _period(record: Tree) -> tuple[str, str]:
    period = sub(record, "PeriodoLiquidacion")
    return text(period, "Ejercicio"), text(period, "Periodo")


def _ending(held: Held | None, record: Tree, now: datetime) -> str:
    """Return the code for a cancellation whose period is not that of what is held."""
    (year, part), (own_year, own_part) = _period(record), _period(held.record if held else record)
    if year != own_year:
        return "3015"
    if year == str(now.year) and checks.first_month(part) > now.month:
        return "3016"
    return "3017" if part != own_part else ""


def _addition(operation: Operation, held: Held | None) -> str:
    if held is None:
        return "3002"
    payments = operation.body == "Pagos"
    if held.state is State.CANCELLED:
        return "3006" if payments else "3003"
    regimes = {text(held.record, name) for name in _REGIMES}
    if operation.body == "DatosInmueble":
        return "" if regimes & {"12", "13"} else "3018"
    if "07" in regimes:
        return ""
    return "3007" if payments else "3005"


def _duplicate(held: Held) -> Tree:
    found: dict[str, Value] = {"EstadoRegistro": held.state}
    if held.code:
        found["CodigoErrorRegistro"] = held.code
        found["DescripcionErrorRegistro"] = said(held.code)
    return found
