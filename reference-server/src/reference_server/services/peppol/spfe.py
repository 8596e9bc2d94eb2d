"""Use cases of the Spanish public solution (SPFE); nothing is sent to it."""

import ubl_peppol
from reference_server.services.peppol.schemas import (
    Copied,
    Messages,
    StatusStep,
    StatusView,
    UniqueCodeView,
    Verdict,
)
from reference_server.services.peppol.service import losses_of, verdict_of
from ubl_peppol import spfe, ubl25

__all__ = ["PROFILE", "convert", "judge", "status"]

PROFILE = "es-spfe-1.0.0"


def judge(data: bytes) -> Verdict:
    """Judge an invoice or a status message for the public solution."""
    return verdict_of(spfe.validate(data), PROFILE, len(spfe.facts()))


def convert(data: bytes) -> Copied:
    """Make the faithful copy of an invoice in UBL 2.1 or CII, and judge it.

    Raises:
        ConversionError: The public solution has no place for this type.
    """
    copy = spfe.faithful_copy(ubl_peppol.read_any(data))
    code = spfe.unique_code(copy.invoice)
    document = ubl25.write(copy.invoice)
    return Copied(
        document=document.decode(),
        unique_code=UniqueCodeView(nif=code.nif, number=code.number, issued_on=code.issued_on),
        losses=losses_of(copy.losses),
        verdict=judge(document),
    )


def status(told: Messages) -> StatusView:
    """Follow the status messages of one invoice."""
    state = spfe.messages.Lifecycle().registered(is_copy=told.is_copy)
    steps: list[StatusStep] = []
    about: tuple[spfe.messages.InvoiceReference, ...] = ()
    for text in told.messages:
        message = spfe.messages.read(text.encode())
        about = about or message.invoices[:1]
        code, problem = message.code or "", ""
        if about and about[0] not in message.invoices:
            problem = "it is about another invoice than the first message"
        else:
            try:
                state = state.told(code)
            except spfe.messages.IllegalTransition as error:
                problem = error.message
        steps.append(StatusStep(code=code, problem=problem))
    return StatusView(
        registration=state.registration,
        recipient=state.recipient,
        issuer=state.issuer,
        steps=tuple(steps),
    )
