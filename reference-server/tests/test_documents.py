import facturae_es
import ubl_peppol
from aeat_sii.verifactu import qr
from reference_server.testing import Bench


def issued(bench: Bench, **changes: object) -> tuple[dict[str, str], str]:
    me = bench.register()
    bench.series(me)
    draft = bench.draft(me, bench.client(me), **changes)
    bench.issue(me, draft)
    return me, draft


def test_the_signed_document_verifies_and_stays_the_same(bench: Bench) -> None:
    me, invoice = issued(bench)
    path = f"/api/v1/invoices/{invoice}/facturae"
    first = bench.http.get(path, headers=me)
    assert first.headers["content-type"] == "application/xml"
    verified = facturae_es.verify(first.content)
    assert verified.roles == ("emisor",)
    assert bench.http.get(path, headers=me).content == first.content
    assert facturae_es.validate(first.content).ok


def test_the_page_shows_the_address_of_the_record(bench: Bench) -> None:
    import pypdfium2
    import zxingcpp

    me, invoice = issued(bench)
    page = bench.http.get(f"/api/v1/invoices/{invoice}/pdf", headers=me)
    assert page.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(page.content)
    (code,) = zxingcpp.read_barcodes(
        document[0].render(scale=3).to_pil(), formats=zxingcpp.BarcodeFormat.QRCode
    )
    document.close()
    said = qr.parse(code.text, environment=bench.app.state.agency)
    assert (said.number, str(said.total)) == ("F/1", "121.00")


def test_ubl_of_an_invoice_keeps_the_rules(bench: Bench) -> None:
    me, invoice = issued(bench)
    data = bench.http.get(f"/api/v1/peppol/invoices/{invoice}/ubl", headers=me).content
    assert ubl_peppol.validate(data).ok
    verdict = bench.ok(bench.http.get(f"/api/v1/peppol/invoices/{invoice}/verdict", headers=me))
    assert verdict["ok"]
    assert verdict["rules"] > 200
    again = bench.ok(bench.http.post("/api/v1/peppol/validate", headers=me, content=data))
    assert again["ok"]


def test_a_withholding_and_a_surcharge_are_listed_as_losses(bench: Bench) -> None:
    me = bench.register()
    client = bench.client(me)
    bench.series(me)
    line = {"description": "x", "unit_price": "100"}
    withheld = bench.draft(
        me, client, lines=[{**line, "withholdings": [{"rate": "professional_general"}]}]
    )
    surcharged = bench.draft(
        me, client, lines=[{**line, "taxes": [{"rate": "general", "surcharge": True}]}]
    )
    for draft in (withheld, surcharged):
        bench.issue(me, draft)
    verdict = bench.ok(bench.http.get(f"/api/v1/peppol/invoices/{withheld}/verdict", headers=me))
    assert verdict["ok"]
    assert "TaxesWithheld" in {loss["path"] for loss in verdict["losses"]}
    verdict = bench.ok(bench.http.get(f"/api/v1/peppol/invoices/{surcharged}/verdict", headers=me))
    assert verdict["ok"]
    told = [loss for loss in verdict["losses"] if loss["path"] == "TaxesOutputs/Tax"]
    assert any("Recargo de equivalencia" in loss["value"] for loss in told)


def test_a_document_that_cannot_be_read_is_a_problem(bench: Bench) -> None:
    me = bench.register()
    for body in (b"", b"<a", b"<!DOCTYPE a><a/>", b"<a/>"):
        answer = bench.http.post("/api/v1/peppol/validate", headers=me, content=body)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
