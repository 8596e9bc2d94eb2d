"""What a code of the agency means for the one who sent the record, and what to do about it.

The agency's texts say what is wrong; this says what follows. Codes drive it, never texts.

Source: tax agency, validations v1.2.2 (08/04/2026), 4.3.1, 15.6 and annex 6; description of the web
service v1.0.3, 6.4; its list of codes.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

__all__ = ["Advice", "Consequence", "Step", "advice"]


class Consequence(StrEnum):
    """What the agency did because of a code."""

    REFUSES_SUBMISSION = "refuses_submission"
    """Nothing of the submission was taken."""
    REJECTS_RECORD = "rejects_record"
    """This record was not taken; the others were."""
    ADMITS = "admits"
    """The record was taken, with an error."""


class Step(StrEnum):
    """What to do next."""

    CORRECT_AND_REGISTER = "correct_and_register"
    """Make a new record with the right data, chained after the last one. Mark it as a correction
    (``is_correction``) with ``previous_rejection`` X when the agency holds none of the invoice, S
    when it holds one and rejected a correction of it."""
    CORRECT_LATER = "correct_later"
    """The record counts; make a correction of it (``is_correction``) when convenient."""
    NOTHING = "nothing"
    """The record counts and needs no correction."""
    SETTLE = "settle"
    """The agency already holds a record of the invoice: compare, and take it as delivered."""
    SEND_AGAIN = "send_again"
    """The service failed: send the same submission again later."""
    CORRECT_SUBMISSION = "correct_submission"
    """Correct the header or the message and send the same records again."""
    CHECK_ACCESS = "check_access"
    """The certificate or the permission is the matter: nothing in the records is wrong."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What follows from a code.

    Args:
        code: The agency's.
        consequence: What the agency did.
        step: What to do next.
        note: What is particular about this code; empty for most.
    """

    code: str
    consequence: Consequence
    step: Step
    note: str = ""


@cache
def _exceptions() -> dict[str, dict[str, str]]:
    text = resources.files("aeat_sii").joinpath("params/verifactu_advice.toml").read_text("utf-8")
    table: dict[str, dict[str, str]] = tomllib.loads(text)["codes"]
    return table


def advice(code: str) -> Advice:
    """Tell what follows from a code of the agency.

    Args:
        code: As in ``line.code`` or ``details["agency_code"]``.

    Returns:
        What the agency did and what to do next; a code that is not known is read by its range.
    """
    if code.startswith("2") and len(code) == 4:
        consequence, step = Consequence.ADMITS, Step.CORRECT_LATER
    elif code.startswith(("4", "35")) and len(code) == 4:
        consequence, step = Consequence.REFUSES_SUBMISSION, Step.CORRECT_SUBMISSION
    else:
        consequence, step = Consequence.REJECTS_RECORD, Step.CORRECT_AND_REGISTER
    row = _exceptions().get(code, {})
    return Advice(code, consequence, Step(row.get("step", step)), row.get("note", ""))
