"""What the service of customers takes and answers."""

from pydantic import BaseModel, ConfigDict

from facturae_es.model import Party

__all__ = ["Client", "ClientBody", "ClientPage"]


class ClientBody(BaseModel):
    """A customer as it appears on invoices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: Party


class Client(BaseModel):
    """A customer and how it appears on invoices."""

    model_config = ConfigDict(frozen=True)

    id: str
    nif: str
    version: int
    party: Party


class ClientPage(BaseModel):
    """Some customers, and where the next ones begin."""

    items: tuple[Client, ...]
    next_after: str | None
