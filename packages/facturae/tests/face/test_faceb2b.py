"""FACeB2B in both directions."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority
from facturae_es.face import (
    Attachment,
    CancellationState,
    Client,
    ConflictError,
    DuplicateError,
    Environment,
    FaceB2B,
    ForbiddenError,
    ProcessingState,
    RefusedError,
    Submission,
    UnknownInvoiceError,
)
from facturae_es.face.sandbox import Service

Make = Callable[..., bytes]
Connect = Callable[..., Client]
BUYER = "B87654323"


@pytest.fixture
def api(environment: Environment) -> FaceB2B:
    return FaceB2B(environment)


@pytest.fixture(scope="module")
def receiver(authority: ThrowawayAuthority) -> Credential:
    return authority.issue("X1234567L", organization_nif=BUYER)


@pytest.fixture
def document(signed: Make) -> bytes:
    return signed(buyer=BUYER, centres={})


@pytest.fixture
def sent(api: FaceB2B, connect: Connect, document: bytes) -> str:
    """Registry code of an invoice that waits for its receiver."""
    beside = (Attachment("plan.pdf", b"%PDF"),)
    invoice = connect(api).call(api.submit(Submission("17.xsig", document, "", beside)))
    return invoice.registry_code


def test_the_issuer_follows_what_was_sent(api: FaceB2B, connect: Connect, sent: str) -> None:
    invoice = connect(api).call(api.invoice(sent))

    assert (invoice.registry_code, invoice.number, invoice.series) == (sent, "17", "A")
    assert invoice.amount == Decimal("121.00")
    assert invoice.buyer
    assert invoice.buyer.nif == BUYER
    assert invoice.processing
    assert invoice.processing.processing is ProcessingState.REGISTERED


def test_the_receiver_downloads_and_confirms(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str, document: bytes
) -> None:
    client = connect(api, receiver)

    waiting = client.call(api.received())
    downloaded = client.call(api.download(sent))
    plain = client.call(api.download(sent, validate=False))
    assert client.call(api.confirm(sent)) == sent

    assert [invoice.registry_code for invoice in waiting] == [sent]
    assert downloaded.invoice.content == document
    assert downloaded.attachment
    assert downloaded.attachment.content == b"%PDF"
    assert "es válida" in downloaded.report
    assert plain.report == ""
    assert client.call(api.received()) == ()
    state = connect(api).call(api.invoice(sent)).processing
    assert state.processing is ProcessingState.IN_ACCOUNTING_REGISTER
    with pytest.raises(ConflictError):
        client.call(api.confirm(sent))


def test_the_receiver_pays(api: FaceB2B, connect: Connect, receiver: Credential, sent: str) -> None:
    connect(api, receiver).call(api.mark_as_paid(sent))
    assert connect(api).call(api.invoice(sent)).processing.processing is ProcessingState.PAID


def test_the_receiver_rejects(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str
) -> None:
    client = connect(api, receiver)
    with pytest.raises(RefusedError, match="R999"):
        client.call(api.reject(sent, "R999"))
    client.call(api.reject(sent, "R001", "Falta el pedido"))

    status = connect(api).call(api.invoice(sent)).processing
    assert status.processing is ProcessingState.REJECTED
    assert status.comment.endswith("Falta el pedido")
    with pytest.raises(ConflictError):
        client.call(api.mark_as_paid(sent))


@pytest.mark.parametrize("accepted", [True, False])
def test_a_cancellation_is_decided_by_the_receiver(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str, *, accepted: bool
) -> None:
    issuer, client = connect(api), connect(api, receiver)
    issuer.call(api.cancel(sent, "R002", "Se emitió dos veces"))

    (waiting,) = client.call(api.cancellations())
    decision = api.accept_cancellation(sent) if accepted else api.refuse_cancellation(sent, "No")
    client.call(decision)
    after = issuer.call(api.invoice(sent))

    assert waiting.cancellation
    assert waiting.cancellation.cancellation is CancellationState.REQUESTED
    state = CancellationState.ACCEPTED if accepted else CancellationState.REFUSED
    assert after.cancellation.cancellation is state
    assert (after.processing.processing is ProcessingState.CANCELLED) is accepted
    assert client.call(api.cancellations()) == ()


def test_each_side_does_its_own_things(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str
) -> None:
    issuer, client = connect(api), connect(api, receiver)
    stranger = connect(api, receiver)
    for operation in (api.download(sent), api.confirm(sent), api.mark_as_paid(sent)):
        with pytest.raises(ForbiddenError):
            issuer.call(operation)
    with pytest.raises(ForbiddenError):
        client.call(api.cancel(sent, "R001"))
    with pytest.raises(UnknownInvoiceError):
        stranger.call(api.invoice("REGAGE26e99999999999"))


def test_an_invoice_is_registered_once(
    api: FaceB2B, connect: Connect, sent: str, document: bytes, service: Service
) -> None:
    client = connect(api)
    operation = api.submit(Submission("17.xsig", document, ""))
    with pytest.raises(DuplicateError):
        client.call(operation)
    assert client.resend(operation).registry_code == sent
    assert len(service.register) == 1


def test_one_attachment_is_taken(api: FaceB2B, document: bytes) -> None:
    beside = Attachment("a.pdf", b"")
    with pytest.raises(ValueError, match="one attachment"):
        api.submit(Submission("17.xsig", document, "", (beside, beside)))


def test_a_signature_is_judged(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str, document: bytes
) -> None:
    client = connect(api, receiver)
    good = api.validate_signature(sent, Attachment("17.xsig", document, "text/xml"))
    changed = document.replace(b">Mesa<", b">Silla<")
    bad = api.validate_signature(sent, Attachment("17.xsig", changed, "text/xml"))

    assert client.call(good) == "La firma es válida"
    assert "no es válida" in client.call(bad)


def test_codes_are_told(api: FaceB2B, connect: Connect) -> None:
    client = connect(api)
    assert {code.code for code in client.call(api.codes("reason"))} == {"R001", "R002"}
    assert len(client.call(api.codes())) == 12
    with pytest.raises(RefusedError, match="no existe"):
        client.call(api.codes("other"))


def test_invoices_are_listed_by_unit(
    api: FaceB2B, connect: Connect, receiver: Credential, sent: str
) -> None:
    assert connect(api, receiver).call(api.received("ESB00000000")) == ()
