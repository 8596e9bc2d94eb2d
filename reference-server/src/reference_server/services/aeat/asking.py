"""What the agency holds, and what the company hands over: its chain, the program's declaration."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from aeat_sii.facturae import party_name
from aeat_sii.verifactu import declaration as declarations
from aeat_sii.verifactu.declaration import Declaration
from aeat_sii.verifactu.exporting import export
from aeat_sii.verifactu.querying import Filter, HeldRecord, Period, Query, QueryHeader
from aeat_sii.verifactu.records import InvoiceId, SpanishPerson
from facturae_es.model import Party
from reference_server import chain, credentials
from reference_server.context import AgencyConnectFunction, CensusConnectFunction
from reference_server.database import Database
from reference_server.errors import NotFoundError
from reference_server.security import Caller
from reference_server.services.aeat.schemas import CensusAnswer, HeldInvoice, HeldPage, PlaceInQuery
from reference_server.settings import Settings

__all__ = ["census_says", "declaration_page", "export_chain", "held"]


def held(
    db: Database,
    settings: Settings,
    connect: AgencyConnectFunction,
    caller: Caller,
    company: Party,
    month: date,
    number: str | None,
    after: PlaceInQuery | None,
) -> HeldPage:
    """Ask the agency what it holds of a month of the company; one page.

    Raises:
        NotFoundError: The company has no certificate.
        AeatError: The agency did not answer, or not as it says it does.
    """
    with db.read() as tx:
        credential = credentials.load(tx, settings, caller.company_id)
    nif = company.tax_identification.nif.removeprefix("ES")
    place = after and InvoiceId(issuer_nif=nif, number=after.number, issued_on=after.issued_on)
    query = Query(
        header=QueryHeader(issuer=SpanishPerson(name=party_name(company)[:120], nif=nif)),
        filter=Filter(period=Period.of(month), number=number, after=place),
    )
    with connect(credential) as client:
        answer = client.query(query)
    following = answer.next_after if answer.has_more else None
    return HeldPage(
        items=[_held(each) for each in answer.records],
        next_after=following
        and PlaceInQuery(number=following.number, issued_on=following.issued_on),
    )


def _held(found: HeldRecord) -> HeldInvoice:
    return HeldInvoice(
        number=found.invoice.number,
        issued_on=found.invoice.issued_on,
        state=found.state.state.value,
        code=found.state.code,
        message=found.state.text,
        fingerprint=found.data.fingerprint,
        changed_at=found.state.changed_at,
    )


def census_says(
    db: Database,
    settings: Settings,
    connect: CensusConnectFunction,
    caller: Caller,
    nif: str,
    name: str,
) -> CensusAnswer:
    """Ask whether a NIF belongs to a name, with the company's certificate.

    Raises:
        NotFoundError: The company has no certificate.
        AeatError: The agency did not answer, or has no census where this server sends.
    """
    with db.read() as tx:
        credential = credentials.load(tx, settings, caller.company_id)
    with connect(credential) as client:
        found = client.check(nif.upper(), name)
    return CensusAnswer(nif=found.nif, name=found.name, outcome=found.outcome, said=found.said)


def export_chain(db: Database, caller: Caller) -> bytes:
    """Return the company's records as they were hashed, in an archive (ZIP) with an index."""
    with db.read() as tx:
        rows = chain.walk(tx, caller.company_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chain.zip"
        export(path, rows)
        return path.read_bytes()


def declaration_page(made: Declaration | None) -> str:
    """Return the producer's declaration as a page in HTML.

    Raises:
        NotFoundError: Whoever runs the server gave none.
    """
    if made is None:
        raise NotFoundError(
            "this server has no declaration of its producer: set EINVOICE_DECLARATION"
        )
    return declarations.html(made)
