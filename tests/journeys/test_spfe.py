"""An issued invoice becomes a copy for the public solution, and its statuses are followed."""

from datetime import date
from typing import Any

import facturae_es
from ubl_peppol import spfe, ubl25

PAID = date(2026, 11, 25)


def _paid(document: str) -> str:
    invoice = ubl25.read(document.encode())
    about = spfe.messages.InvoiceReference(
        number=invoice.number,
        issued_on=invoice.issued_on,
        issuer=spfe.messages.Reporter(nif=invoice.seller.nif, name=invoice.seller.name),
    )
    message = spfe.messages.payment(
        about,
        message_id="1",
        sent_on=PAID,
        sender=spfe.messages.Reporter(nif="B12345674", name="Comprador"),
        paid_on=PAID,
        due_on=PAID,
    )
    return spfe.messages.write(message).decode()


def test_from_the_issued_invoice_to_its_payment(office: Any) -> None:
    issued = office.issue_one()
    ubl = office.get(f"/peppol/invoices/{issued['id']}/ubl").content
    not_yet = office.post("/peppol/spfe/validate", content=ubl).json()
    assert not not_yet["ok"]

    copied = office.post("/peppol/spfe/convert", content=ubl)
    assert copied.status_code == 200, copied.text
    copy = copied.json()
    assert copy["verdict"]["profile"] == "es-spfe-1.0.0"
    assert copy["unique_code"] == {
        "nif": "B28015865",
        "number": ubl25.read(copy["document"].encode()).number,
        "issued_on": issued["issued_on"],
    }
    assert "BT-161" in {loss["term"] for loss in copy["losses"] if loss["kind"] == "assumed"}
    again = office.post("/peppol/spfe/validate", content=copy["document"].encode()).json()
    assert again == copy["verdict"]
    assert again["ok"], again["findings"]

    paid = _paid(copy["document"])
    assert office.post("/peppol/spfe/validate", content=paid.encode()).json()["ok"]
    told = {"messages": [paid], "is_copy": True}
    state = office.post("/peppol/spfe/status", json=told).json()
    assert (state["registration"], state["recipient"]) == ("copy", "paid")
    twice = office.post("/peppol/spfe/status", json={**told, "messages": [paid, paid]}).json()
    assert [bool(step["problem"]) for step in twice["steps"]] == [False, True]


def test_an_invoice_that_left_as_ubl_comes_back_as_facturae(office: Any) -> None:
    issued = office.issue_one()
    ubl = office.get(f"/peppol/invoices/{issued['id']}/ubl").content
    answer = office.post("/peppol/facturae", content=ubl)
    assert answer.status_code == 200, answer.text
    sent = facturae_es.read(office.get(f"/invoices/{issued['id']}/facturae?signed=false").content)
    back = facturae_es.read(answer.json()["document"].encode())
    assert back.invoices[0].totals == sent.invoices[0].totals
    assert facturae_es.validate(answer.json()["document"].encode()).ok
    wrong = office.post("/peppol/facturae?series=ZZZ", content=ubl)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "ubl.conversion")


def test_what_is_no_invoice_is_a_problem_with_a_code(office: Any) -> None:
    for path in ("validate", "convert"):
        answer = office.post(f"/peppol/spfe/{path}", content=b"<a/>")
        assert answer.status_code == 422
        assert answer.json()["code"].startswith("ubl.")
    refused = office.post("/peppol/spfe/status", json={"messages": ["<a/>"]})
    assert (refused.status_code, refused.json()["code"][:4]) == (422, "ubl.")


def test_an_invoice_to_the_administration_is_judged_under_the_cius_of_face(office: Any) -> None:
    issued = office.issue_one()
    for syntax in ("ubl", "cii"):
        document = office.get(f"/peppol/invoices/{issued['id']}/{syntax}").content
        judged = office.post("/peppol/validate?profile=cius-es-face-1.0.0", content=document).json()
        assert "ES-FACE-01" in {finding["rule"] for finding in judged["findings"]}
        assert "cius-es-face" in judged["layers_run"]
