"""What the service of tax questions answers."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

__all__ = ["NifAnswer", "RateAnswer"]


class NifAnswer(BaseModel):
    """Whether a text is a NIF, and what to change when it is not."""

    model_config = ConfigDict(frozen=True)

    valid: bool
    normalised: str
    kind: str | None
    reason: str


class RateAnswer(BaseModel):
    """A rate on a day, with the text that fixes it."""

    model_config = ConfigDict(frozen=True)

    tax: str
    kind: str
    percent: Decimal
    day: date
    since: date
    source: str
