"""The public solution played here: what the Orden says of admission, order, states and callers."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.certificates import load_pkcs12
from einvoice_core.testing.authority import ThrowawayAuthority
from ubl_peppol import spfe, ubl25
from ubl_peppol.spfe import (
    DuplicateInvoiceError,
    LineInput,
    LocalSolution,
    RefusedBySolutionError,
    SolutionError,
    SpfeParty,
    messages,
    sandbox,
)
from ubl_peppol.spfe.messages import IllegalTransition, Lifecycle
from ubl_peppol.spfe.sandbox.documents import Message, Received, read
from ubl_peppol.spfe.sandbox.register import Register
from ubl_peppol.spfe.unique import reference
from ubl_peppol.ubl25 import model

NOW = datetime(2027, 11, 3, 10, tzinfo=UTC)
SELLER = SpfeParty("12345678Z", "Ana Prueba", "Plaza 7", "Sevilla", "41001", "Sevilla")
BUYER = SpfeParty("A76543214", "Compras SA", "Avenida 25", "Barcelona", "08001", "Barcelona")


def invoice(number: str = "F/1", *, is_copy: bool = False, **further: Any) -> model.Invoice:
    made = spfe.build(
        number=number,
        issued_on=date(2027, 11, 3),
        seller=SELLER,
        buyer=BUYER,
        lines=[LineInput("Asesoramiento", Decimal(8), Decimal("125.00"), unit="HUR")],
        account="ES9121000418450200051332",
        **further,
    )
    return made.model_copy(update={"is_copy": is_copy})


def told(about: model.Invoice, kind: str, identifier: str) -> bytes:
    """Write a message; its sender is the party that tells such things."""
    by_issuer = kind.removeprefix("CANCEL") in ("SETTLEMENT", "DEFAULT", "INVOICE")
    party = about.seller if by_issuer else about.buyer
    sender = messages.Reporter(nif=party.nif, name=party.name)
    payment = messages.payment(
        reference(about),
        message_id=identifier,
        sent_on=date(2027, 11, 25),
        sender=sender,
        paid_on=date(2027, 11, 25),
        due_on=date(2027, 12, 3),
    )
    return messages.write(payment.model_copy(update={"code": kind}))


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority()


@pytest.fixture(scope="module")
def double(authority: ThrowawayAuthority) -> Iterator[sandbox.RunningSandbox]:
    with sandbox.serve(
        clock=lambda: NOW, authority=authority, representatives={BUYER.nif: ("B12345674",)}
    ) as running:
        yield running


@pytest.fixture
def running(double: sandbox.RunningSandbox) -> sandbox.RunningSandbox:
    double.service.register.forget()
    return double


def caller(running: sandbox.RunningSandbox, nif: str, company: str | None = None) -> LocalSolution:
    credential = running.authority.issue(nif, organization_nif=company)
    return LocalSolution(running.url, credential, trust=running.authority.pem)


def test_an_invoice_is_registered_paid_and_fetched(running: sandbox.RunningSandbox) -> None:
    made = invoice()
    xml = ubl25.write(made)
    code = spfe.unique_code(made)
    with caller(running, SELLER.nif) as seller, caller(running, "87654321X", BUYER.nif) as buyer:
        registered = seller.register(xml)
        assert (registered.unique_code, registered.registration) == (code, "original")
        assert buyer.download(code) == xml
        (paid,) = buyer.report(told(made, "PAYMENT", "1"))
        assert (paid.recipient, paid.messages) == ("paid", (("1", "PAYMENT"),))
        assert seller.invoice(code) == paid
        assert buyer.invoices(BUYER.nif) == (paid,)
        assert seller.invoices(SELLER.nif, received=False) == (paid,)
        assert seller.invoice(code._replace(number="F/2")) is None


def test_a_unique_code_is_taken_once(running: sandbox.RunningSandbox) -> None:
    with caller(running, SELLER.nif) as seller:
        seller.register(ubl25.write(invoice()))
        for again in (invoice(), invoice(is_copy=True)):
            with pytest.raises(DuplicateInvoiceError):
                seller.register(ubl25.write(again))


def test_a_copy_is_withdrawn_before_its_original(running: sandbox.RunningSandbox) -> None:
    copy, original = invoice(is_copy=True), invoice()
    with caller(running, SELLER.nif) as seller:
        assert seller.register(ubl25.write(copy)).registration == "copy"
        with pytest.raises(RefusedBySolutionError, match="copia fiel") as refused:
            seller.register(ubl25.write(original))
        assert not isinstance(refused.value, DuplicateInvoiceError)
        seller.report(told(copy, "CANCELINVOICE", "1"))
        assert seller.register(ubl25.write(original)).registration == "original"
        seller.report(told(original, "CANCELINVOICE", "2"))
        with pytest.raises(RefusedBySolutionError, match="baja"):
            seller.register(ubl25.write(original))


def with_attachment(made: model.Invoice) -> model.Invoice:
    attached = model.SupportingDocument(
        id="1", content="eA==", mime_code="application/pdf", filename="a.pdf"
    )
    return made.model_copy(update={"supporting_documents": (attached,)})


def without_buyer(made: model.Invoice) -> model.Invoice:
    return made.model_copy(update={"buyer": made.buyer.model_copy(update={"tax_ids": ()})})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (ubl25.write(with_attachment(invoice())), "adjuntos"),
        (ubl25.write(without_buyer(invoice())), "destinatario"),
        (ubl25.write(invoice()).replace(b":spfe:1.0.0", b":spfe:9.0.0"), "CustomizationID"),
        (ubl25.write(invoice()).replace(b">380<", b">381<"), "L1"),
        (b"<a/>", "UBL 2.5"),
        (b"<a", "XML"),
        (told(invoice(), "PAYMENT", "1"), "servicio de mensajes"),
    ],
    ids=["attachment", "no NIF", "profile", "type", "other", "broken", "message"],
)
def test_what_the_orden_forbids_is_refused(
    document: bytes, reason: str, running: sandbox.RunningSandbox
) -> None:
    with caller(running, SELLER.nif) as seller, pytest.raises(RefusedBySolutionError, match=reason):
        seller.register(document)
    assert running.service.register.all() == []


def test_only_the_parties_and_their_representatives_may_act(
    running: sandbox.RunningSandbox,
) -> None:
    made = invoice()
    stranger = caller(running, "11111111H")
    proxy = caller(running, "87654321X", "B12345674")
    with caller(running, SELLER.nif) as seller, stranger, proxy:
        with pytest.raises(RefusedBySolutionError, match="no puede actuar"):
            stranger.register(ubl25.write(made))
        seller.register(ubl25.write(made))
        for ask in (lambda: stranger.invoice(spfe.unique_code(made)),
                    lambda: stranger.invoices(SELLER.nif),
                    lambda: seller.report(told(made, "PAYMENT", "1"))):  # fmt: skip
            with pytest.raises(RefusedBySolutionError):
                ask()
        assert proxy.report(told(made, "PAYMENT", "2"))[0].recipient == "paid"


def test_a_message_is_taken_once_and_only_where_it_fits(running: sandbox.RunningSandbox) -> None:
    made = invoice()
    buyer = caller(running, "87654321X", BUYER.nif)
    with caller(running, SELLER.nif) as seller, buyer:
        with pytest.raises(RefusedBySolutionError, match="no está registrada"):
            buyer.report(told(made, "PAYMENT", "0"))
        seller.register(ubl25.write(made))
        buyer.report(told(made, "REJECTION", "1"))
        with pytest.raises(RefusedBySolutionError, match="no cabe"):
            buyer.report(told(made, "PAYMENT", "2"))
        buyer.report(told(made, "CANCELREJECTION", "3"))
        with pytest.raises(RefusedBySolutionError):
            buyer.report(told(made, "REJECTION", "1"))


def test_a_lost_answer_is_found_by_asking(authority: ThrowawayAuthority) -> None:
    made = invoice()
    faults = sandbox.scripted([sandbox.Fault.LOST_REPLY])
    with (
        sandbox.serve(clock=lambda: NOW, authority=authority, faults=faults) as running,
        caller(running, SELLER.nif) as seller,
    ):
        with pytest.raises(SolutionError):
            seller.register(ubl25.write(made))
        held = seller.invoice(spfe.unique_code(made))
        assert held is not None
        assert held.registration == "original"


@pytest.mark.parametrize("fault", [sandbox.Fault.SERVER_ERROR, sandbox.Fault.UNAVAILABLE])
def test_a_service_that_is_down_says_nothing(
    fault: sandbox.Fault, authority: ThrowawayAuthority
) -> None:
    faults = sandbox.scripted([fault])
    with (
        sandbox.serve(clock=lambda: NOW, authority=authority, faults=faults) as running,
        caller(running, SELLER.nif) as seller,
        pytest.raises(SolutionError),
    ):
        seller.register(ubl25.write(invoice()))


def test_the_command_plays_it_until_it_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ubl_peppol", "sandbox", "--folder", str(tmp_path)]
    with subprocess.Popen([*command, "--holder", SELLER.nif], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().split()[-1]
            credential = load_pkcs12((tmp_path / f"{SELLER.nif}.p12").read_bytes(), "sandbox")
            with LocalSolution(url, credential, trust=tmp_path / "root.pem") as seller:
                assert seller.register(ubl25.write(invoice())).registration == "original"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


KINDS = (
    "PAYMENT",
    "CANCELPAYMENT",
    "REJECTION",
    "CANCELREJECTION",
    "SETTLEMENT",
    "CANCELSETTLEMENT",
    "DEFAULT",
    "CANCELDEFAULT",
    "CANCELINVOICE",
)
DOCUMENTS = {is_copy: ubl25.write(invoice(is_copy=is_copy)) for is_copy in (False, True)}
TOLD = {kind: told(invoice(), kind, "x") for kind in KINDS}
NAMES = {"presumed accepted": "accepted"}


@given(st.lists(st.sampled_from([False, True, *KINDS]), max_size=12))
def test_library_and_sandbox_agree_on_every_history(history: list[bool | str]) -> None:
    register, state = Register(lambda: NOW), Lifecycle()
    for position, event in enumerate(history):
        after: Lifecycle | None
        try:
            known = isinstance(event, bool)
            after = state.registered(is_copy=bool(event)) if known else state.told(str(event))
        except IllegalTransition:
            after = None
        if isinstance(event, bool):
            received, _ = read(DOCUMENTS[event])
            assert isinstance(received, Received)
            taken = register.admit(received, DOCUMENTS[event])
        else:
            message, _ = read(TOLD[event])
            assert isinstance(message, Message)
            named = Message(str(position), event, message.sender, message.about, "")
            taken = register.tell(named)  # type: ignore[assignment]  # either is judged alike
        assert isinstance(taken, sandbox.Reason) == (after is None), (
            history[: position + 1],
            taken,
        )
        if after is None:
            continue
        if isinstance(event, bool) and after.registration == "original":
            after = Lifecycle(after.registration)  # the original begins anew
        state = after
        (entry,) = register.all()
        assert entry.states == {
            "registration": state.registration,
            "recipient": NAMES.get(state.recipient, state.recipient),
            "issuer": state.issuer,
        }
