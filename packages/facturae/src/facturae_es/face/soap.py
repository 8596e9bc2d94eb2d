"""FACe over SOAP: the current service for suppliers, and the classic one beside it.

Both are RPC over SOAP 1.1; every request is signed (WS-Security, X.509 token). The current service
has four operations. The classic one, which many programs still speak, also lists invoices and tells
units and NIF.

Source: FACe, manual SOAP for suppliers 2.0.0 (30-05-2024), section 5, for the current service. No
public WSDL of the classic one is known: its operations and fields are our reading of programs that
speak it.
"""

import base64
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

from einvoice_core.http import Reply
from einvoice_core.signing.xmldsig import Signer
from facturae_es.face import _answers as answers
from facturae_es.face import _soap
from facturae_es.face._soap import Fields, Told
from facturae_es.face.environments import Environment
from facturae_es.face.errors import AnswerError
from facturae_es.face.operations import Operation, Request
from facturae_es.face.records import (
    Attachment,
    Cancellation,
    Catalogue,
    Centre,
    FileLink,
    Identity,
    Invoice,
    Party,
    Relation,
    Submission,
)
from facturae_es.face.states import Status

__all__ = ["Soap", "SoapClassic"]

T = TypeVar("T")


class Soap:
    """The operations of the current SOAP service for suppliers.

    Args:
        environment: Its address and namespace.
    """

    def __init__(self, environment: Environment) -> None:
        self._url, self._namespace = environment.soap, environment.soap_namespace

    def protect(self, operation: Operation[T], signer: Signer, at: datetime) -> Request:
        """Sign the message."""
        return _soap.protected(operation, signer, at)

    def submit(self, submission: Submission) -> Operation[Invoice]:
        """Send an invoice to the administration that it names (``enviarFactura``)."""
        attachments = [
            ("item", (("anexo", _base64(each.content)), ("nombre", each.name)))
            for each in submission.attachments
        ]
        fields: Fields = (
            ("correo", submission.email),
            ("factura", (("factura", _base64(submission.content)), ("nombre", submission.name))),
            ("anexos", attachments),
        )
        recover = partial(_recover, self.invoice, submission.identity)
        return self._ask("enviarFactura", fields, _invoice, is_safe=False, recover=recover)

    def invoice(self, registry_code: str) -> Operation[Invoice]:
        """Ask for an invoice and its states (``detalleFactura``)."""
        return self._ask("detalleFactura", (("codigoRegistro", registry_code),), _invoice)

    def cancel(self, registry_code: str, reason: str) -> Operation[Cancellation]:
        """Request the cancellation of an invoice (``solicitarAnulacion``)."""
        fields = (("codigoRegistro", registry_code), ("motivo", reason))
        read = partial(_cancellation, registry_code)
        return self._ask("solicitarAnulacion", fields, read, is_safe=False)

    def states(self) -> Operation[Catalogue]:
        """Ask which states there are (``consultarEstados``)."""
        return self._ask("consultarEstados", (), _catalogue)

    def _ask(
        self,
        name: str,
        fields: Fields,
        read: Callable[[Told], T],
        *,
        is_safe: bool = True,
        recover: "Callable[[str], Operation[T]] | None" = None,
    ) -> Operation[T]:
        parameters: Fields = (("request", fields),) if fields else ()
        body = _soap.message(self._namespace, name, parameters, encoded=True)
        headers = _soap.headers(self._namespace, name)
        reading = _soap.reading(name, read)
        if recover is not None:
            reading = answers.telling_duplicates(reading)
        return Operation(name, "POST", self._url, reading, body, headers, is_safe, recover)


class SoapClassic:
    """The operations of the classic SOAP service for suppliers (``facturasspp2``).

    Args:
        environment: Its address and namespace.
    """

    def __init__(self, environment: Environment) -> None:
        self._url = environment.soap_classic
        self._namespace = environment.soap_classic_namespace

    def protect(self, operation: Operation[T], signer: Signer, at: datetime) -> Request:
        """Sign the message."""
        return _soap.protected(operation, signer, at)

    def submit(self, submission: Submission) -> Operation[Invoice]:
        """Send an invoice to the administration that it names (``enviarFactura``)."""
        document = Attachment(submission.name, submission.content, "application/xml")
        fields: Fields = (
            ("correo", submission.email),
            ("factura", _file("factura", document)),
            ("anexos", [("anexo", _file("anexo", each)) for each in submission.attachments]),
        )
        recover = partial(_recover, self.invoice, submission.identity)
        return self._ask(
            "enviarFactura", (("request", fields),), _classic, is_safe=False, recover=recover
        )

    def invoice(self, registry_code: str) -> Operation[Invoice]:
        """Ask for an invoice and its states (``consultarFactura``)."""
        return self._ask("consultarFactura", (("numeroRegistro", registry_code),), _classic)

    def invoices(self, registry_codes: Iterable[str]) -> Operation[tuple[Invoice, ...]]:
        """Ask for several invoices at once (``consultarListadoFacturas``)."""
        fields = [("numeroRegistro", code) for code in registry_codes]
        return self._ask("consultarListadoFacturas", (("request", fields),), _classic_list)

    def cancel(self, registry_code: str, reason: str) -> Operation[Cancellation]:
        """Request the cancellation of an invoice (``anularFactura``)."""
        fields = (("numeroRegistro", registry_code), ("motivo", reason))
        read = partial(_classic_cancellation, registry_code, reason)
        return self._ask("anularFactura", fields, read, is_safe=False)

    def states(self) -> Operation[Catalogue]:
        """Ask which states there are (``consultarEstados``)."""
        return self._ask("consultarEstados", (), _classic_catalogue)

    def administrations(self, *, all_levels: bool = False) -> Operation[tuple[Centre, ...]]:
        """Ask which administrations take invoices (``consultarAdministraciones``).

        Args:
            all_levels: Also those that take them through the repository.
        """
        name = "consultarAdministraciones" + ("Repositorio" if all_levels else "")
        return self._ask(name, (), partial(_centres, "administraciones", "administracion"))

    def units(self, administration: str = "") -> Operation[tuple[Relation, ...]]:
        """Ask which units take invoices (``consultarUnidades``).

        Args:
            administration: DIR3 code; empty for all.
        """
        if not administration:
            return self._ask("consultarUnidades", (), _relations)
        name = "consultarUnidadesPorAdministracion"
        return self._ask(name, (("codigoDir", administration),), _relations)

    def tax_numbers(self, administration: str = "") -> Operation[tuple[str, ...]]:
        """Ask which NIF receive invoices (``consultarNIFs``).

        Args:
            administration: DIR3 code; empty for all.
        """
        if not administration:
            return self._ask("consultarNIFs", (), _tax_numbers)
        name = "consultarNIFsPorAdministracion"
        return self._ask(name, (("codigoDir", administration),), _tax_numbers)

    def _ask(
        self,
        name: str,
        fields: Fields,
        read: Callable[[Told], T],
        *,
        is_safe: bool = True,
        recover: "Callable[[str], Operation[T]] | None" = None,
    ) -> Operation[T]:
        body = _soap.message(self._namespace, name, fields)
        headers = _soap.headers(self._namespace, name)
        reading = _soap.reading(name, partial(_granted, read))
        if recover is not None:
            reading = answers.telling_duplicates(reading)
        return Operation(name, "POST", self._url, reading, body, headers, is_safe, recover)


def _recover(
    ask: Callable[[str], Operation[Invoice]], identity: Identity | None, registry_code: str
) -> Operation[Invoice]:
    asked = ask(registry_code)

    def read(reply: Reply) -> Invoice:
        return answers.require_that_of(identity, asked.read(reply))

    return Operation(asked.name, asked.method, asked.url, read, asked.body, asked.headers)


def _granted(read: Callable[[Told], T], told: Told) -> T:
    """Refuse what the classic service says in its result instead of in a fault."""
    result = told.child("resultado")
    code = result.text("codigo")
    if code not in ("", "0"):
        number = int(code) if code in ("401", "403", "404", "409", "410", "500") else 400
        answers.refuse(number, result.text("descripcion"), {"resultado": [code]})
    return read(told)


def _invoice(told: Told) -> Invoice:
    invoice = told.child("factura")
    code = invoice.text("registro", "codigo")
    if not code:
        raise AnswerError("the answer names no registry code", delivery="unknown")
    return Invoice(
        registry_code=code,
        registered_at=answers.instant(invoice.text("registro", "fecha")),
        processing=_status(invoice.child("estadoTramitacion")),
        cancellation=_status(invoice.child("estadoAnulacion")),
        assignment=_status(invoice.child("estadoCesion")),
        number=invoice.text("numero"),
        series=invoice.text("serie"),
        amount=answers.amount(invoice.text("importe", "valor")),
        currency=invoice.text("importe", "moneda"),
        issued_at=answers.instant(invoice.text("fechaExpedicion")),
        seller=_party(invoice.child("emisor")),
        buyer=_party(invoice.child("receptor")),
        relation=_relation(invoice.child("relacion")),
        files=tuple(_links(invoice.child("ficheros"))),
    )


def _classic(told: Told) -> Invoice:
    return _classic_invoice(told.child("factura"))


def _classic_invoice(invoice: Told) -> Invoice:
    code = invoice.text("numeroRegistro")
    if not code:
        raise AnswerError("the answer names no registry code", delivery="unknown")
    seller = invoice.text("identificadorEmisor")
    return Invoice(
        registry_code=code,
        registered_at=answers.instant(invoice.text("fechaRecepcion")),
        processing=_classic_status(invoice.child("tramitacion")),
        cancellation=_classic_status(invoice.child("anulacion")),
        number=invoice.text("numeroFactura"),
        series=invoice.text("serieFactura"),
        seller=Party(seller) if seller else None,
        relation=_relation(invoice),
    )


def _classic_list(told: Told) -> tuple[Invoice, ...]:
    found = [
        item.child("factura") or item
        for item in told.child("facturas").children()
        if item.text("codigo") in ("", "0")
    ]
    return tuple(map(_classic_invoice, found))


def _classic_cancellation(registry_code: str, reason: str, told: Told) -> Cancellation:
    code = told.text("factura", "numeroRegistro")
    if code != registry_code:
        raise AnswerError("the answer is about another invoice", delivery="unknown")
    return Cancellation(registry_code, comment=reason)


def _classic_catalogue(told: Told) -> Catalogue:
    found: dict[str, list[Status]] = {"1": [], "4": []}
    for item in told.child("estados").children():
        code = item.text("codigo")
        if code:
            kind = "4" if code.startswith("4") else "1"
            found[kind].append(Status(code, item.text("nombre"), item.text("descripcion")))
    return Catalogue(tuple(found["1"]), tuple(found["4"]))


def _centres(group: str, single: str, told: Told) -> tuple[Centre, ...]:
    items = told.child(group).children(single, "item")
    return tuple(
        Centre(item.text("codigo") or item.text("codigo_dir"), item.text("nombre"))
        for item in items
    )


def _relations(told: Told) -> tuple[Relation, ...]:
    items = told.child("relaciones").children()
    found = (_relation(item) for item in items)
    return tuple(each for each in found if each)


def _tax_numbers(told: Told) -> tuple[str, ...]:
    return tuple(item.text("nif") or item.text() for item in told.child("nifs").children())


def _status(told: Told) -> Status | None:
    code = told.text("codigo")
    return Status(code, told.text("nombre"), told.text("comentario")) if code else None


def _classic_status(told: Told) -> Status | None:
    code = told.text("codigo")
    return Status(code, told.text("descripcion"), told.text("motivo")) if code else None


def _party(told: Told) -> Party | None:
    return Party(told.text("nif"), told.text("nombre")) if told else None


def _relation(told: Told) -> Relation | None:
    names = ("oficinaContable", "organoGestor", "unidadTramitadora")
    office, body, unit = (_centre(told.child(name)) for name in names)
    return Relation(office, body, unit) if office and body and unit else None


def _centre(told: Told) -> Centre | None:
    """Read a unit, which some answers write as elements and others as the code alone."""
    code = told.text("codigo") or told.text("codigo_dir") or told.text()
    return Centre(code, told.text("nombre")) if code else None


def _links(files: Told) -> list[FileLink]:
    single = [FileLink(files.text(name), name) for name in ("facturae", "europea")]
    attached = [
        FileLink(item.text("identificador"), item.text("nombre"), item.text("tipo"))
        for item in files.child("anexos").children()
    ]
    return [each for each in [*single, *attached] if each.identifier]


def _catalogue(told: Told) -> Catalogue:
    names = ("estadosFactura", "estadosAnulacion", "estadosCesion")
    lists = [
        tuple(
            Status(item.text("codigo"), item.text("nombre"), item.text("descripcion"))
            for item in told.child(name).children()
        )
        for name in names
    ]
    return Catalogue(lists[0], lists[1], lists[2])


def _cancellation(registry_code: str, told: Told) -> Cancellation:
    if told.text("registro", "codigo") != registry_code:
        raise AnswerError("the answer is about another invoice", delivery="unknown")
    asked = told.child("solicitudAnulacion")
    return Cancellation(
        registry_code,
        asked.text("identificador"),
        asked.text("motivo"),
        answers.instant(asked.text("fecha")),
        asked.text("estado") not in ("", "Solicitada"),
    )


def _file(name: str, file: Attachment) -> Fields:
    return ((name, _base64(file.content)), ("nombre", file.name), ("mime", file.media_type))


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
