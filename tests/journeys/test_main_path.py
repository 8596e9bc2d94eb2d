"""From the login to the page of an issued invoice, through the API."""

from typing import Any

import facturae_es


def test_an_invoice_goes_the_whole_way(office: Any) -> None:
    issued = office.issue_one()

    assert issued["full_number"] == "A/1"
    assert issued["total"] == "242.00"
    signed = office.get(f"/invoices/{issued['id']}/facturae")
    assert signed.status_code == 200, signed.text
    facturae_es.verify(signed.content)
    verdict = office.get(f"/peppol/invoices/{issued['id']}/verdict").json()
    assert verdict["ok"], verdict
    assert verdict["rules"] > 0
    document = office.get(f"/peppol/invoices/{issued['id']}/cii").content
    of_cii = office.post("/peppol/validate", content=document).json()
    assert of_cii["ok"], of_cii
    assert of_cii["layers_run"] == ["structure", "en16931"]
    assert office.get(f"/aeat/invoices/{issued['id']}").json()["state"] == "pending"
    assert office.post("/aeat/deliveries").json()["done"] == 1
    record = office.get(f"/aeat/invoices/{issued['id']}").json()
    assert record["csv"]
    assert record["code"] is None
    page = office.get(f"/invoices/{issued['id']}/pdf")
    assert page.status_code == 200, page.text
    assert page.content.startswith(b"%PDF")
    assert office.get("/aeat/chain").json() == {"length": 1, "intact": True, "first_break": None}


def test_documents_are_made_once_and_kept(office: Any) -> None:
    issued = office.issue_one()
    path = f"/invoices/{issued['id']}/facturae"

    first, second = office.get(path).content, office.get(path).content

    assert first == second
    kept = office.get("/storage/files").json()["items"]
    assert [file["size"] for file in kept] == [len(first)]
    assert office.get(f"/storage/files/{kept[0]['id']}/content").content == first
