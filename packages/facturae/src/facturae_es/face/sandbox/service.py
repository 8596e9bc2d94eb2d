"""Answers requests as FACe and FACeB2B do: a request in, an answer out, no network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from einvoice_core.certificates import TrustStore
from einvoice_core.soap.envelope import wrap_fault
from einvoice_core.soap.fault import Fault as SoapFault
from einvoice_core.testing.service import Answer, Call, text_answer
from einvoice_core.xml.schema import SchemaSet
from facturae_es.face.sandbox import b2b, rest, soap
from facturae_es.face.sandbox.description import describe
from facturae_es.face.sandbox.desk import Desk
from facturae_es.face.sandbox.directory import RELATIONS, UnitRelation
from facturae_es.face.sandbox.documents import Judge
from facturae_es.face.sandbox.register import Register

__all__ = ["Service"]

_SOAP_PATHS = ("/proveedores/v1/factura", "/facturasspp2", "/sv1/invoice")
_REST = "/v1/"
_MAX_REQUEST = 24 * 1024 * 1024


@dataclass(slots=True)
class Service:
    """FACe and FACeB2B.

    Args:
        clock: Tells the time, with its zone.
        trust: Roots of the certificates of callers and signers.
        relations: Units that take invoices.
        schemas: Official schemas of Facturae by version, where the caller has them.
        step_s: Seconds after which an invoice moves on by itself; by default it does not.
    """

    clock: Callable[[], datetime]
    trust: TrustStore
    relations: tuple[UnitRelation, ...] = RELATIONS
    schemas: Mapping[str, SchemaSet] = field(default_factory=dict)
    step_s: int | None = None
    register: Register = field(init=False)
    max_request: int = field(default=_MAX_REQUEST, init=False)
    _desk: Desk = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.register = Register(self.clock, self.step_s)
        judge = Judge(self.trust, self.schemas)
        self._desk = Desk(self.register, judge, self.relations, self.trust, self.clock)

    def screen(self, call: Call) -> Answer | None:
        """Answer what is no request of the services; who asks for ``?wsdl`` gets a description."""
        if call.method == "GET" and call.query.lower() == "wsdl":
            host = call.headers.get("host", "localhost")
            wsdl = describe(call.path, f"https://{host}{call.path}")
            return Answer(200, wsdl) if wsdl else text_answer(404, "Not found")
        if call.path in _SOAP_PATHS:
            return None if call.method == "POST" else text_answer(405, "Method not allowed")
        if call.path.startswith(_REST):
            return None
        return text_answer(404, "Not found")

    def failed(self, call: Call) -> Answer:
        """Say in the service's own words that it failed."""
        if call.path.startswith(_REST):
            return rest.refusal(500, "Internal Server Error")
        return Answer(500, wrap_fault(SoapFault("soap:Server", "500 Se ha producido un error")))

    def answer(self, call: Call) -> Answer:
        """Answer a request."""
        if call.path == "/sv1/invoice":
            return b2b.answer(self._desk, call)
        if call.path in _SOAP_PATHS:
            return soap.answer(self._desk, call)
        return rest.answer(self._desk, call)
