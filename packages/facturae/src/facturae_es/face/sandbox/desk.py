"""What the ways to the sandbox share: who may do what with which invoice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from einvoice_core.certificates import TrustStore, UntrustedError, holder_of
from facturae_es.face.sandbox.directory import UnitRelation
from facturae_es.face.sandbox.documents import Document, Judge, missing_centres
from facturae_es.face.sandbox.register import Held, Register

__all__ = ["Desk", "RefusedError"]


class RefusedError(Exception):
    """The sandbox refuses; the numbers are those of the manuals.

    Args:
        status: 400, 401, 403, 404, 409.
        said: The message.
        reasons: By field.
    """

    def __init__(self, status: int, said: str, **reasons: list[str]) -> None:
        super().__init__(said)
        self.status, self.said, self.reasons = status, said, reasons


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes invoices and shows them to whom they belong."""

    register: Register
    judge: Judge
    relations: tuple[UnitRelation, ...]
    trust: TrustStore
    clock: Callable[[], datetime]

    def caller(self, certificate: x509.Certificate) -> str:
        """Return the NIF of a caller whose certificate is trusted.

        Raises:
            RefusedError: It is not.
        """
        try:
            self.trust.path_to_root(certificate, self.clock())
        except UntrustedError as error:
            raise RefusedError(401, "Unauthorized") from error
        nif = holder_of(certificate).nif
        if nif is None:
            raise RefusedError(401, "Unauthorized")
        return nif

    def take(
        self,
        caller: str,
        content: bytes,
        name: str,
        email: str,
        attachments: tuple[tuple[str, bytes], ...],
        *,
        public: bool = True,
    ) -> Held:
        """Register an invoice.

        Args:
            caller: Who delivers it.
            content: The document.
            name: Of the file.
            email: Of the delivery.
            attachments: Name and content of each.
            public: Whether the buyer must be one of the directory.

        Raises:
            RefusedError: It cannot be taken.
        """
        document, reasons = self.judge.judge(content, self.clock())
        if document is None:
            raise RefusedError(400, "Bad Request", content=reasons)
        if public:
            self._require_directory(document)
        known = self.register.same_as(document)
        if known is not None:
            said = f"La factura ya ha sido registrada con el número {known.code}"
            raise RefusedError(409, said, errors=[said])
        return self.register.add(document, content, name, caller, email, attachments)

    def show(self, caller: str, code: str) -> Held:
        """Return an invoice to whoever delivered, issued or receives it.

        Raises:
            RefusedError: It is not there, or of others.
        """
        held = self.register.find(code)
        if held is None:
            raise RefusedError(404, "Not Found")
        document = held.document
        if caller not in (held.caller, document.seller[0], document.buyer[0]):
            raise RefusedError(403, "Forbidden")
        return held

    def relation_of(self, document: Document) -> UnitRelation | None:
        """Return the units that a document names, if the directory knows them together."""
        codes = tuple(document.centres.get(role, "") for role in ("01", "02", "03"))
        return next((each for each in self.relations if each.codes == codes), None)

    def _require_directory(self, document: Document) -> None:
        missing = missing_centres(document)
        if missing:
            raise RefusedError(400, "Bad Request", content=missing)
        if self.relation_of(document) is None:
            said = "La relación entre oficina contable, órgano gestor y unidad no existe en DIR3"
            raise RefusedError(400, "Bad Request", content=[said])
