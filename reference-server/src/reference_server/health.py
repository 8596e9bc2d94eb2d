"""Whether the server is alive, and whether it can work."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from reference_server.database import Database

__all__ = ["Health", "router"]

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """State of the server and of what it needs."""

    status: str
    checks: dict[str, str] = {}


@router.get("/health")
def alive() -> Health:
    """Say that the process answers."""
    return Health(status="alive")


@router.get("/health/ready")
def ready(request: Request, response: Response) -> Health:
    """Say whether the database answers too."""
    database: Database = request.app.state.database
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        response.status_code = 503
        return Health(status="not ready", checks={"database": "does not answer"})
    return Health(status="ready", checks={"database": "answers"})
