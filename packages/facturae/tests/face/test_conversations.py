"""The ways to FACe say the same, and the sandbox answers as the manuals have it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from einvoice_core.certificates import TrustStore
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.service import VirtualClock
from facturae_es.codes import RoleType
from facturae_es.face import (
    Attachment,
    AuthenticationError,
    CancellationState,
    Client,
    ConflictError,
    DuplicateError,
    Environment,
    ForbiddenError,
    ProcessingState,
    RefusedError,
    Rest,
    Soap,
    SoapClassic,
    Submission,
    UnknownInvoiceError,
)
from facturae_es.face.sandbox import RELATIONS, Service
from facturae_es.versions import Version

Make = Callable[..., bytes]
Connect = Callable[..., Client]


@pytest.fixture(params=[Rest, Soap, SoapClassic], ids=["rest", "soap", "classic"])
def api(request: pytest.FixtureRequest, environment: Environment) -> Any:
    return request.param(environment)


def test_an_invoice_is_registered(
    api: Any, connect: Connect, submission: Submission, service: Service
) -> None:
    with connect(api) as client:
        invoice = client.call(api.submit(submission))
        again = client.call(api.invoice(invoice.registry_code))

    (held,) = service.register.all()
    assert invoice.registry_code == again.registry_code == held.code == "REGAGE26e00000000001"
    assert held.content == submission.content
    assert (held.caller, held.email, held.name) == ("B12345674", "ana@example.org", "17.xsig")
    assert again.processing
    assert again.processing.processing is ProcessingState.REGISTERED
    assert again.cancellation
    assert again.cancellation.cancellation is CancellationState.NOT_REQUESTED
    assert invoice.is_that_of(submission.identity)
    assert invoice.relation
    assert invoice.relation.accounting_office.code == RELATIONS[0].office.code


@pytest.mark.parametrize("kind", [Rest, Soap])
def test_the_newer_services_tell_the_whole_invoice(
    kind: Any, environment: Environment, connect: Connect, submission: Submission
) -> None:
    api = kind(environment)
    invoice = connect(api).call(api.submit(submission))

    assert (invoice.series, invoice.number, invoice.amount) == ("A", "17", Decimal("121.00"))
    assert (invoice.currency, invoice.issued_at.date().isoformat()) == ("EUR", "2026-06-30")
    assert (invoice.seller.nif, invoice.buyer.nif) == ("B12345674", "P9900001J")
    assert invoice.files


def test_attachments_arrive(api: Any, connect: Connect, signed: Make, service: Service) -> None:
    beside = (Attachment("a.pdf", b"%PDF-1"), Attachment("b.pdf", b"%PDF-2"))
    connect(api).call(api.submit(Submission("1.xsig", signed(), "a@b.es", beside)))
    (held,) = service.register.all()
    assert held.attachments == (("a.pdf", b"%PDF-1"), ("b.pdf", b"%PDF-2"))


def test_states_are_walked(
    api: Any, connect: Connect, submission: Submission, service: Service
) -> None:
    client = connect(api)
    code = client.call(api.submit(submission)).registry_code
    seen = []
    for _ in range(3):
        service.register.advance(code)
        seen.append(client.call(api.invoice(code)).processing.processing)

    assert seen == [
        ProcessingState.IN_ACCOUNTING_REGISTER,
        ProcessingState.OBLIGATION_RECOGNISED,
        ProcessingState.PAID,
    ]
    assert [state.is_final for state in seen] == [False, False, True]


def test_states_walk_with_the_time(
    api: Any, clock: VirtualClock, trust: TrustStore, connect: Connect, submission: Submission
) -> None:
    client = connect(api, to=Service(clock, trust, step_s=3600))
    code = client.call(api.submit(submission)).registry_code

    def state() -> str:
        return client.call(api.invoice(code)).processing.code

    clock.advance(3599)
    assert state() == "1200"
    clock.advance(1)
    assert state() == "1300"
    clock.advance(7200)
    assert state() == "2500"


def test_a_rejection_tells_why(
    api: Any, connect: Connect, submission: Submission, service: Service
) -> None:
    client = connect(api)
    code = client.call(api.submit(submission)).registry_code
    service.register.reject(code, "El importe no es el del contrato")

    status = client.call(api.invoice(code)).processing
    assert status.processing is ProcessingState.REJECTED
    if not isinstance(api, Soap):
        assert status.comment == "El importe no es el del contrato"


def test_a_cancellation_is_requested_and_decided(
    api: Any, connect: Connect, submission: Submission, service: Service
) -> None:
    client = connect(api)
    code = client.call(api.submit(submission)).registry_code

    asked = client.call(api.cancel(code, "Va a otro órgano"))
    state = client.call(api.invoice(code)).cancellation.cancellation
    with pytest.raises(ConflictError):
        client.call(api.cancel(code, "Otra vez"))
    service.register.decide_cancellation(code, accept=True)
    after = client.call(api.invoice(code))

    assert (asked.registry_code, asked.comment) == (code, "Va a otro órgano")
    assert state is CancellationState.REQUESTED
    assert after.cancellation.cancellation is CancellationState.ACCEPTED
    assert after.processing.processing is ProcessingState.CANCELLED


def test_an_invoice_is_registered_once(api: Any, connect: Connect, submission: Submission) -> None:
    client = connect(api)
    first = client.call(api.submit(submission))

    with pytest.raises(DuplicateError) as caught:
        client.call(api.submit(submission))

    assert caught.value.details["registry_code"] == first.registry_code
    assert caught.value.details["delivery"] == "none"


def test_sending_again_finds_the_invoice(
    api: Any, connect: Connect, submission: Submission, service: Service
) -> None:
    client = connect(api)
    first = client.resend(api.submit(submission))
    again = client.resend(api.submit(submission))

    assert again.registry_code == first.registry_code
    assert len(service.register) == 1


def test_sending_another_invoice_of_that_number_is_a_conflict(
    environment: Environment, connect: Connect, submission: Submission, signed: Make
) -> None:
    api = Rest(environment)
    client = connect(api)
    client.call(api.submit(submission))
    operation = api.submit(Submission("x.xsig", signed("18"), "a@b.es"))
    assert operation.recover

    with pytest.raises(ConflictError, match="another invoice"):
        client.call(operation.recover("REGAGE26e00000000001"))


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda xml: b"not xml", "no es XML"),
        (lambda xml: xml.replace(b"Facturae", b"Fakturae"), "no es Facturae"),
        (
            lambda xml: xml.replace(b"<InvoiceNumber>17</InvoiceNumber>", b""),
            "falta .*InvoiceNumber",
        ),
        (lambda xml: xml.replace(b">Mesa<", b">Silla<"), "firma no es válida"),
        (lambda xml: xml.replace(b"<Modality>I<", b"<Modality>L<"), "lote"),
        (lambda xml: xml.replace(b">121.00</InvoiceTotal>", b">NaN</InvoiceTotal>"), "importe"),
    ],
)
def test_a_wrong_document_is_refused(
    api: Any, connect: Connect, signed: Make, service: Service, change: Change, reason: str
) -> None:
    changed = change(signed())
    assert changed != signed() or b"Mesa" in changed

    with pytest.raises(RefusedError, match=reason) as caught:
        connect(api).call(api.submit(Submission("1.xsig", changed, "a@b.es")))

    assert caught.value.details["delivery"] == "none"
    assert len(service.register) == 0


def test_an_unsigned_document_is_refused(api: Any, connect: Connect, signed: Make) -> None:
    start, end = b"<ds:Signature", b"</ds:Signature>"
    xml = signed()
    bare = xml[: xml.index(start)] + xml[xml.index(end) + len(end) :]
    with pytest.raises(RefusedError, match="firma"):
        connect(api).call(api.submit(Submission("1.xsig", bare, "a@b.es")))


def test_a_signature_of_a_stranger_is_refused(
    api: Any, connect: Connect, signed: Make, clock: VirtualClock
) -> None:
    stranger = ThrowawayAuthority("OTRA", clock=clock).issue(
        "12345678Z", organization_nif="B12345674"
    )
    with pytest.raises(RefusedError, match="firma"):
        connect(api).call(api.submit(Submission("1.xsig", signed(signer=stranger), "a@b.es")))


@pytest.mark.parametrize("role", [RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER])
def test_all_three_units_must_be_named(
    api: Any, connect: Connect, signed: Make, role: RoleType
) -> None:
    codes = dict(
        zip((RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER), RELATIONS[0].codes, strict=True)
    )
    del codes[role]
    with pytest.raises(RefusedError, match=f"rol {role.value}"):
        connect(api).call(api.submit(Submission("1.xsig", signed(centres=codes), "a@b.es")))


def test_units_must_belong_together(api: Any, connect: Connect, signed: Make) -> None:
    first, last = RELATIONS[0], RELATIONS[-1]
    mixed = {
        RoleType.FISCAL: first.office.code,
        RoleType.RECEIVER: last.body.code,
        RoleType.PAYER: last.unit.code,
    }
    with pytest.raises(RefusedError, match="DIR3"):
        connect(api).call(api.submit(Submission("1.xsig", signed(centres=mixed), "a@b.es")))


def test_what_is_not_there_is_told_apart(api: Any, connect: Connect) -> None:
    with pytest.raises(UnknownInvoiceError):
        connect(api).call(api.invoice("REGAGE26e00000000099"))


def test_an_invoice_of_others_is_not_shown(
    api: Any, connect: Connect, submission: Submission, authority: ThrowawayAuthority
) -> None:
    code = connect(api).call(api.submit(submission)).registry_code
    with pytest.raises(ForbiddenError):
        connect(api, authority.issue("X1234567L")).call(api.invoice(code))


def test_a_certificate_of_another_authority_is_not_known(
    api: Any, connect: Connect, clock: VirtualClock
) -> None:
    stranger = ThrowawayAuthority("OTRA", clock=clock).issue("12345678Z")
    with pytest.raises(AuthenticationError):
        connect(api, stranger).call(api.states())


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_request_counts_for_some_minutes(
    api: Any, connect: Connect, clock: VirtualClock, minutes: int
) -> None:
    late = clock() + timedelta(minutes=minutes)
    with pytest.raises(AuthenticationError):
        connect(api, at=lambda: late).call(api.states())


def test_the_states_are_listed(api: Any, connect: Connect) -> None:
    catalogue = connect(api).call(api.states())
    assert {s.processing for s in catalogue.processing} == set(ProcessingState)
    assert {s.cancellation for s in catalogue.cancellation} == set(CancellationState)


def test_units_are_found_over_rest(environment: Environment, connect: Connect) -> None:
    api = Rest(environment)
    client = connect(api)

    first = client.call(api.relations(limit=2))
    rest = client.call(api.relations(limit=2, page=2))
    state = client.call(api.relations(accounting_office=RELATIONS[-1].office.code))

    assert (len(first.items), first.total, first.number) == (2, 3, 1)
    assert [len(page.items) for page in (rest, state)] == [1, 1]
    assert rest.items[0].processing_unit.name == "Compras"
    assert state.items[0].administration
    assert state.items[0].is_active


def test_the_classic_service_tells_units_and_tax_numbers(
    environment: Environment, connect: Connect
) -> None:
    api = SoapClassic(environment)
    client = connect(api)
    town = RELATIONS[0].administration.code

    assert [c.code for c in client.call(api.administrations())] == [town, "EA9990001"]
    assert len(client.call(api.administrations(all_levels=True))) == 2
    assert [len(client.call(api.units(code))) for code in ("", town)] == [3, 2]
    assert client.call(api.tax_numbers(town)) == ("P9900001J",)
    assert len(client.call(api.tax_numbers())) == 2


def test_the_classic_service_lists_invoices(
    environment: Environment, connect: Connect, signed: Make
) -> None:
    api = SoapClassic(environment)
    client = connect(api)
    codes = [
        client.call(api.submit(Submission("x.xsig", signed(n), "a@b.es"))).registry_code
        for n in ("1", "2")
    ]
    listed = client.call(api.invoices([*codes, "REGAGE26e00000000099"]))
    assert [invoice.registry_code for invoice in listed] == codes


def test_notifications_are_read(environment: Environment, connect: Connect) -> None:
    api = Rest(environment)
    (said,) = connect(api).call(api.notifications())
    assert (said.identifier, said.level, said.title) == ("1", "info", "Ensayo")
    assert connect(api).call(api.news())
    assert connect(api).call(api.assigned()) == ()


def test_the_identity_is_that_of_one_facturae(signed: Make) -> None:
    identity = Submission("x", signed("5", series="S"), "").identity
    assert identity
    assert (identity.seller, identity.number, identity.series) == ("B12345674", "5", "S")
    assert Submission("x", b"<Invoice/>", "").identity is None
    assert Submission("x", b"junk", "").identity is None
    assert Version.V3_2_2.value.encode() in signed()
