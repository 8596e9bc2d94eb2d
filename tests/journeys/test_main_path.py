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
    judged = office.post("/invoices/signature", content=signed.content).json()
    assert judged["ok"], judged
    assert judged["signed_by"]["nif"] == "B28015865"
    assert set(judged["skipped"]) == {"signature: chain", "signature: revocation"}
    forged = signed.content.replace(b"242.00", b"942.00")
    refused = office.post("/invoices/signature", content=forged).json()
    assert not refused["ok"]
    assert refused["signed_by"] is None
    assert [finding["rule"] for finding in refused["findings"]] == ["FACTURAE-SIG-07"]
    verdict = office.get(f"/peppol/invoices/{issued['id']}/verdict").json()
    assert verdict["ok"], verdict
    assert verdict["rules"] > 0
    ubl = office.get(f"/peppol/invoices/{issued['id']}/ubl").content
    wrong = ubl.replace(b"<cbc:IdentificationCode>ES", b"<cbc:IdentificationCode>es")
    judged = office.post("/peppol/validate?profile=auto", content=wrong).json()
    rules = {finding["rule"] for finding in judged["findings"]}
    assert "BR-CL-14" in rules
    assert office.get("/peppol/rules/BR-CL-14").json()["severity"] == "fatal"
    mended = office.post("/peppol/fix?profile=auto", content=wrong).json()
    assert mended["changes"] >= 1
    assert "BR-CL-14" not in {finding["rule"] for finding in mended["verdict"]["findings"]}
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
    whole = {"length": 1, "intact": True, "first_break": None, "plan": []}
    assert office.get("/aeat/chain").json() == whole


def test_an_invoice_of_somebody_else_is_judged_and_converted(office: Any) -> None:
    issued = office.issue_one()
    signed = office.get(f"/invoices/{issued['id']}/facturae").content

    verdict = office.post("/invoices/facturae/validate", content=signed).json()
    assert verdict["valid"], verdict
    assert verdict["layers_run"] == ["structure", "rules"]

    forged = signed.replace(b"<InvoiceTotal>242.00<", b"<InvoiceTotal>242.50<")
    verdict = office.post("/invoices/facturae/validate", content=forged).json()
    assert not verdict["valid"]
    rules = [finding["rule"] for finding in verdict["findings"]]
    assert "FACTURAE-009" in rules
    assert all(finding["path"] and finding["line"] for finding in verdict["findings"])

    answer = office.post("/invoices/facturae/convert?to=3.2", content=signed).json()
    assert [loss["element"] for loss in answer["losses"]] == ["Signature"]
    old = facturae_es.read(answer["document"].encode())
    assert old.file_header.schema_version == "3.2"
    assert facturae_es.convert(old, "3.2.2").document.invoices == facturae_es.read(signed).invoices

    refused = office.post("/invoices/facturae/validate", content=b"<!DOCTYPE a><a/>")
    assert (refused.status_code, refused.json()["code"]) == (422, "xml.doctype")


def test_documents_are_made_once_and_kept(office: Any) -> None:
    issued = office.issue_one()
    path = f"/invoices/{issued['id']}/facturae"

    first, second = office.get(path).content, office.get(path).content

    assert first == second
    kept = office.get("/storage/files").json()["items"]
    assert [file["size"] for file in kept] == [len(first)]
    assert office.get(f"/storage/files/{kept[0]['id']}/content").content == first
