"""The steps of the demo: each speaks to the server's API and judges what comes back."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

import facturae_es
import ubl_peppol
from aeat_sii.environments import local
from aeat_sii.facturae import party_name
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.verifactu import qr
from aeat_sii.verifactu.records import RegistrationRecord
from einvoice_core.certificates import TrustStore
from einvoice_core.errors import EInvoiceError
from einvoice_core.findings import Finding
from einvoice_core.xml.binding import read
from einvoice_core.xml.parsing import parse
from facturae_es.model import Facturae, Party
from reference_server.demo import example
from reference_server.demo.outcome import Step, Verdict
from reference_server.demo.reissue import Reissued, reissue

__all__ = [
    "STEPS",
    "Refusal",
    "Show",
    "company",
    "en16931",
    "error_findings",
    "facturae",
    "issue",
    "pdf",
    "verifactu",
]

_PASSWORD = "demo password 2026"  # noqa: S105 - of a user that lives for a second
_SERIES = "DEMO"
_API = "/api/v1"
_MAX_SHOWN = 12
_PEPPOL = "peppol-bis-3"


class Refusal(Exception):  # noqa: N818 - the verdict of a step
    """A step cannot go on; its findings say why."""

    def __init__(self, said: str, findings: list[tuple[str, str]]) -> None:
        super().__init__(said)
        self.said = said
        self.findings = findings


@dataclass(slots=True)
class Show:
    """What the steps share."""

    http: TestClient
    agency: RunningSandbox
    out: Path
    source: Path | None
    today: date
    headers: dict[str, str] = field(default_factory=dict)
    client_id: str = ""
    drafts: list[Reissued] = field(default_factory=list)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, **sent: Any) -> Any:  # noqa: ANN401 - JSON
        """Call the API; a problem becomes the refusal of the step."""
        return self.raw(method, path, **sent).json()

    def raw(self, method: str, path: str, **sent: Any) -> Any:  # noqa: ANN401 - a response
        """Call the API for something that is not JSON."""
        answer = self.http.request(method, _API + path, headers=self.headers, **sent)
        if answer.status_code < 400:
            return answer
        problem = answer.json()
        raise Refusal(problem["detail"], _findings_of(problem))

    def keep(self, name: str, data: bytes) -> None:
        """Write a file of the demo."""
        path = self.out / name
        path.write_bytes(data)
        self.files.append(str(path))

    def name(self, position: int, suffix: str) -> str:
        """Name a file of an invoice."""
        return f"{self.invoices[position]['full_number'].replace('/', '-')}{suffix}"


def company(show: Show, step: Step) -> None:
    """Make company, certificate, customer and series, or take them from the document."""
    seller, buyer = example.SELLER, example.BUYER
    if show.source:
        document = _read(show.source)
        seller, buyer = document.parties.seller, document.parties.buyer
        show.drafts = reissue(document, show.today)
    else:
        show.drafts = [Reissued(example.draft(show.today))]
    login = {"email": "demo@example.test", "password": _PASSWORD}
    registered = show.call("POST", "/auth/companies", json={"party": _json(seller), **login})
    token = show.call("POST", "/auth/login", json=login)["access_token"]
    show.headers = {"authorization": f"Bearer {token}"}
    credential = _credential(show.agency, seller, registered["nif"])
    file = base64.b64encode(credential.to_pkcs12(b"demo")).decode()
    show.call("PUT", "/auth/certificate", json={"pkcs12": file, "password": "demo"})
    show.client_id = show.call("POST", "/clients", json={"party": _json(buyer)})["id"]
    show.call("POST", "/invoices/series", json={"code": _SERIES})
    step.said = f"{party_name(seller)} ({registered['nif']}) → {party_name(buyer)}"


def issue(show: Show, step: Step) -> None:
    """Issue every invoice through the API."""
    for position, draft in enumerate(show.drafts):
        body = {**draft.body, "client_id": show.client_id, "series": _SERIES}
        made = show.call("POST", "/invoices", json=body)
        day = show.today.isoformat()
        show.invoices.append(show.call("POST", f"/invoices/{made['id']}/issue?on={day}"))
        step.notes.extend(f"derived: {text}" for text in draft.derived)
        issued = show.invoices[position]
        step.said += f"{'; ' if position else ''}{issued['full_number']}: {issued['total']} EUR"


def facturae(show: Show, step: Step) -> None:
    """Write Facturae 3.2.2, sign it, verify it against the throwaway root and check its rules."""
    trust = TrustStore((show.agency.authority.root,))
    for position, invoice in enumerate(show.invoices):
        signed = show.raw("GET", f"/invoices/{invoice['id']}/facturae").content
        verified = facturae_es.verify(signed, trust=trust)
        findings = facturae_es.validate(signed).fatal
        if findings:
            raise Refusal("the document breaks its rules", _shown(findings))
        show.keep(show.name(position, ".xsig"), signed)
        step.said = f"3.2.2, XAdES-EPES, signed as {', '.join(verified.roles)}, verified"


def en16931(show: Show, step: Step) -> None:
    """Map to EN 16931, write UBL 2.1 and judge it by the rules that are implemented."""
    counts = ubl_peppol.census().values()
    for position, invoice in enumerate(show.invoices):
        path = f"/peppol/invoices/{invoice['id']}"
        verdict = show.call("GET", f"{path}/verdict?profile=en16931")
        show.keep(show.name(position, ".ubl.xml"), show.raw("GET", f"{path}/ubl").content)
        step.notes.extend(
            f"{loss['kind']}: {loss['path']} {loss['value']} — {loss['reason']}"
            for loss in verdict["losses"]
        )
        if not verdict["ok"]:
            fatal = [f for f in verdict["findings"] if f["severity"] == "fatal" or f["undecided"]]
            raise Refusal(
                f"{len(fatal)} rules of EN 16931 do not hold",
                [(f["rule"], f"{f['message']} ({f['path']})") for f in fatal[:_MAX_SHOWN]],
            )
        if _PEPPOL not in ubl_peppol.PROFILES:
            continue
        peppol = show.call("GET", f"{path}/verdict?profile={_PEPPOL}")
        broken = sorted({f["rule"] for f in peppol["findings"]})
        step.notes.append(
            "as a Peppol BIS 3 document it would "
            + (f"break {', '.join(broken)}" if broken else "break no rule implemented so far")
        )
    step.said = "no finding; rules implemented: " + ", ".join(
        f"{count.artefact} {count.implemented} of {count.total}" for count in counts
    )


def verifactu(show: Show, step: Step) -> None:
    """Submit the chained records over HTTPS with the client certificate, and keep the answers."""
    show.call("POST", "/aeat/deliveries")
    states = []
    for position, invoice in enumerate(show.invoices):
        state = show.call("GET", f"/aeat/invoices/{invoice['id']}")
        states.append(state)
        record = show.raw("GET", f"/aeat/invoices/{invoice['id']}/record").content
        show.keep(show.name(position, ".verifactu.xml"), record)
        if state["code"]:
            step.findings.append((state["code"], state["message"] or ""))
    refused = [s for s in states if s["state"] not in {"Correcto", "AceptadoConErrores"}]
    if refused:
        raise Refusal(f"the sandbox answered {refused[0]['state']}", step.findings)
    if any(state["state"] == "AceptadoConErrores" for state in states):
        step.verdict = Verdict.WARNING
    audit = show.call("GET", "/aeat/chain")
    if not audit["intact"]:
        raise Refusal(f"the chain breaks at record {audit['first_break']}", [])
    step.said = "; ".join(f"{s['state']}, CSV {s['csv']}" for s in states)
    step.notes.append(f"fingerprint {states[-1]['fingerprint']}, chain of {audit['length']} intact")


def pdf(show: Show, step: Step) -> None:
    """Draw the page and read its QR back with an independent decoder."""
    environment = local(show.agency.url)
    for position, invoice in enumerate(show.invoices):
        page = show.raw("GET", f"/invoices/{invoice['id']}/pdf").content
        show.keep(show.name(position, ".pdf"), page)
        record = show.raw("GET", f"/aeat/invoices/{invoice['id']}/record").content
        expected = qr.url_of(
            read(parse(record), RegistrationRecord).require(), environment=environment
        )
        found = _codes(page)
        if found != [expected]:
            raise Refusal(f"the QR of the page says {found}, not {expected}", [])
    step.said = "A4, tax QR read back from the page"


STEPS: tuple[tuple[str, str, Callable[[Show, Step], None]], ...] = (
    ("company", "company, certificate, customer, series", company),
    ("issue", "issue through the API", issue),
    ("facturae", "Facturae 3.2.2, signed and verified", facturae),
    ("en16931", "EN 16931, UBL 2.1, validated", en16931),
    ("verifactu", "VERI*FACTU record, chained and submitted", verifactu),
    ("pdf", "PDF with the tax QR", pdf),
)
"""Name, title and work of each step."""


def _read(source: Path) -> Facturae:
    try:
        return facturae_es.read(source.read_bytes())
    except EInvoiceError as error:
        raise Refusal(error.message, error_findings(error)) from error


def error_findings(error: EInvoiceError) -> list[tuple[str, str]]:
    """List what an error carries: its findings, or its code."""
    findings = getattr(error, "findings", ())
    return _shown(findings) or [(error.code, error.message)]


def _shown(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [
        (finding.rule, f"{finding.message} ({finding.path}, line {finding.line})")
        for finding in findings[:_MAX_SHOWN]
    ]


def _findings_of(problem: dict[str, Any]) -> list[tuple[str, str]]:
    errors = problem.get("errors")
    if errors:
        return [(problem["code"], f"{e['at']}: {e['message']}") for e in errors[:_MAX_SHOWN]]
    return [(problem["code"], problem["detail"])]


def _json(party: Party) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(party.model_dump_json())
    return value


def _credential(agency: RunningSandbox, seller: Party, nif: str) -> Any:  # noqa: ANN401 - Credential
    if seller.individual:
        return agency.authority.issue(nif=nif, name=party_name(seller))
    return agency.authority.issue(nif="99999972C", name="Representante Demo", organization_nif=nif)


def _codes(page: bytes) -> list[str]:
    import pypdfium2  # type: ignore[import-untyped] # it ships no types
    import zxingcpp

    document = pypdfium2.PdfDocument(BytesIO(page))
    try:
        image = document[0].render(scale=200 / 72).to_pil()
        qr_only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        return [code.text for code in zxingcpp.read_barcodes(image, formats=qr_only)]
    finally:
        document.close()
