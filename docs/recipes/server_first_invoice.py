"""Issue an invoice through the server's API and follow it to the tax agency's answer."""

import tempfile
from pathlib import Path

import facturae_es
import ubl_peppol
from reference_server.testing import running


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as bench:
        api, me = bench.http, bench.register()
        client = bench.client(me)
        bench.series(me, "2026")

        draft = bench.ok(
            api.post(
                "/api/v1/invoices",
                headers=me,
                json={
                    "client_id": client,
                    "series": "2026",
                    "lines": [
                        {
                            "description": "Mantenimiento de noviembre",
                            "quantity": "8",
                            "unit": "02",
                            "unit_price": "40.00",
                            "taxes": [{"rate": "general"}],
                            "withholdings": [{"rate": "professional_general"}],
                        }
                    ],
                },
            )
        )
        invoice = bench.issue(me, draft["id"])
        print(invoice["full_number"], invoice["total"])
        assert (invoice["full_number"], invoice["total"]) == ("2026/1", "339.20")

        signed = api.get(f"/api/v1/invoices/{invoice['id']}/facturae", headers=me).content
        print(facturae_es.verify(signed).roles)

        ubl = api.get(f"/api/v1/peppol/invoices/{invoice['id']}/ubl", headers=me).content
        assert ubl_peppol.validate(ubl).ok

        bench.ok(api.post("/api/v1/aeat/deliveries", headers=me))
        record = bench.ok(api.get(f"/api/v1/aeat/invoices/{invoice['id']}", headers=me))
        print(record["state"], record["fingerprint"][:8])
        assert record["state"] == "Correcto"


if __name__ == "__main__":
    main()
