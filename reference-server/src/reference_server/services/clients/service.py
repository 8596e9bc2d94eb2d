"""Use cases of customers."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from facturae_es.codes import ResidenceType
from facturae_es.model import Party
from reference_server.database import Database
from reference_server.errors import ChangedError, NotFoundError
from reference_server.parties import party_from_json, party_to_json, require_valid_nif
from reference_server.security import Caller
from reference_server.services.clients import repository
from reference_server.services.clients.schemas import Client, ClientPage

__all__ = ["add", "change", "find", "page"]


def add(db: Database, caller: Caller, party: Party) -> Client:
    """Add a customer."""
    nif, client_id = _nif_of(party), str(uuid.uuid4())
    with db.write() as tx:
        repository.add(
            tx,
            caller.company_id,
            client_id,
            nif,
            _name_of(party),
            party_to_json(party),
            datetime.now(UTC),
        )
    return Client(id=client_id, nif=nif, version=1, party=party)


def find(db: Database, caller: Caller, client_id: str) -> Client:
    """Return a customer."""
    with db.read() as tx:
        row = repository.find(tx, caller.company_id, client_id)
    if row is None:
        raise NotFoundError(f"there is no client {client_id}")
    return _client(row)


def page(db: Database, caller: Caller, after: str, limit: int) -> ClientPage:
    """List customers."""
    with db.read() as tx:
        rows = repository.page(tx, caller.company_id, after, limit)
    items = tuple(_client(row) for row in rows)
    return ClientPage(items=items, next_after=items[-1].id if len(items) == limit else None)


def change(db: Database, caller: Caller, client_id: str, version: int, party: Party) -> Client:
    """Replace the data of a customer."""
    nif = _nif_of(party)
    with db.write() as tx:
        if repository.find(tx, caller.company_id, client_id) is None:
            raise NotFoundError(f"there is no client {client_id}")
        changed = repository.change(
            tx, caller.company_id, client_id, version, nif, _name_of(party), party_to_json(party)
        )
    if not changed:
        raise ChangedError("somebody changed the client meanwhile: read it again")
    return Client(id=client_id, nif=nif, version=version + 1, party=party)


def _name_of(party: Party) -> str:
    """Return the name of a party as one text."""
    if party.legal_entity:
        return party.legal_entity.corporate_name
    person = party.individual
    names = (person.name, person.first_surname, person.second_surname) if person else ()
    return " ".join(name for name in names if name)


def _nif_of(party: Party) -> str:
    identification = party.tax_identification
    if identification.residence_type is ResidenceType.SPAIN:
        return require_valid_nif(identification.nif)
    return identification.nif


def _client(row: Row[Any]) -> Client:
    return Client(id=row.id, nif=row.nif, version=row.version, party=party_from_json(row.party))
