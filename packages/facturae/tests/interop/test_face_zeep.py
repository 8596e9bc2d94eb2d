"""zeep, signing with xmlsec1, talks to the sandbox: a client and a signer that we did not write.

That proves SOAP and WS-Security, not FACe: the descriptions are ours, written for the sandbox.
"""

import base64
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests
import zeep
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from zeep.transports import Transport

import facturae_es as facturae
from einvoice_core.certificates import Credential
from einvoice_core.testing.judges import program
from facturae_es.codes import RoleType
from facturae_es.face.sandbox import RELATIONS, RunningSandbox, serve
from facturae_es.model import Address

SELLER, BUYER = "B12345674", "B87654323"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = f"{WSS}wssecurity-secext-1.0.xsd", f"{WSS}wssecurity-utility-1.0.xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
HEADER = f"""
<o:Security xmlns:o="{WSSE}" xmlns:u="{WSU}">
 <o:BinarySecurityToken u:Id="token" ValueType="{WSS}x509-token-profile-1.0#X509v3">{{token}}\
</o:BinarySecurityToken>
 <u:Timestamp u:Id="when"><u:Created>{{created}}</u:Created><u:Expires>{{ends}}</u:Expires>
 </u:Timestamp>
 <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
  <CanonicalizationMethod Algorithm="{EXC}"/>
  <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>
  {{references}}</SignedInfo><SignatureValue/>
  <KeyInfo><o:SecurityTokenReference>
   <o:Reference URI="#token"/></o:SecurityTokenReference></KeyInfo>
 </Signature>
</o:Security>"""
REFERENCE = f"""<Reference URI="#{{name}}"><Transforms><Transform Algorithm="{EXC}"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><DigestValue/></Reference>"""


class Signing:
    """Signs what zeep sends, with xmlsec1."""

    def __init__(self, credential: Credential, folder: Path) -> None:
        self._credential, self._folder = credential, folder
        key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(key)

    def apply(self, envelope: Any, headers: Any) -> tuple[Any, Any]:
        now = datetime.now(UTC)
        der = self._credential.certificate.public_bytes(Encoding.DER)
        header = HEADER.format(
            token=base64.b64encode(der).decode(),
            created=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            ends=f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
            references="".join(REFERENCE.format(name=name) for name in ("when", "body")),
        )
        envelope.find(f"{{{SOAP}}}Body").set(f"{{{WSU}}}Id", "body")
        place = envelope.find(f"{{{SOAP}}}Header")
        if place is None:
            place = etree.Element(f"{{{SOAP}}}Header")
            envelope.insert(0, place)
        place.append(etree.fromstring(header))
        template, out = self._folder / "template.xml", self._folder / "signed.xml"
        template.write_bytes(etree.tostring(envelope))
        ids = [
            part for name in (f"{SOAP}:Body", f"{WSU}:Timestamp") for part in ("--id-attr:Id", name)
        ]
        files = ["--privkey-pem", self._folder / "key.pem", "--output", out, template]
        subprocess.run(
            [program("xmlsec1"), "--sign", *ids, *files], check=True, capture_output=True
        )
        return etree.parse(out).getroot(), headers

    def verify(self, envelope: Any) -> None:
        """Answers of the sandbox are not signed."""


@pytest.fixture(scope="module")
def face() -> Iterator[RunningSandbox]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def issuer(face: RunningSandbox) -> Credential:
    return face.authority.issue("12345678Z", organization_nif=SELLER)


@pytest.fixture(autouse=True)
def empty(face: RunningSandbox) -> None:
    face.service.register.forget()


Connect = Callable[..., Any]


@pytest.fixture
def connect(face: RunningSandbox, issuer: Credential, tmp_path: Path) -> Iterator[Connect]:
    """Make a client of zeep for one of the services."""
    with ExitStack() as stack:

        def connect(path: str, signer: Credential = issuer, how: type[Signing] = Signing) -> Any:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=tmp_path)))
            (folder / "root.pem").write_bytes(face.authority.pem)
            session = stack.enter_context(requests.Session())
            session.trust_env = False
            session.verify = str(folder / "root.pem")
            transport = Transport(session=session)
            wsdl = f"{face.url}{path}?wsdl"
            return zeep.Client(wsdl, transport=transport, wsse=how(signer, folder)).service

        yield connect


def document(issuer: Credential, buyer: str = "P9900001J") -> str:
    here = Address(
        street="Calle 5", post_code="28013", town="Madrid", province="Madrid", country="ESP"
    )
    roles = (RoleType.FISCAL, RoleType.RECEIVER, RoleType.PAYER)
    units = [
        facturae.centre(code, role, here)
        for code, role in zip(RELATIONS[0].codes, roles, strict=True)
    ]
    tax = facturae.Tax(rate_percent=Decimal(21))
    line = facturae.Line(
        description="Mesa", quantity=Decimal(1), unit_price=Decimal(100), taxes=(tax,)
    )
    made = facturae.invoice("17", date(2026, 6, 30), [line], series="A")
    seller = facturae.company(SELLER, "Ejemplos Inventados, S.L.", here)
    receiver = facturae.company(buyer, "Comprador Inventado", here, centres=units)
    xml = facturae.write(facturae.batch(seller, receiver, [made]))
    return base64.b64encode(facturae.sign(xml, issuer)).decode()


def test_every_operation_of_the_current_service(connect: Connect, issuer: Credential) -> None:
    service = connect("/proveedores/v1/factura")
    sent = service.enviarFactura(
        {
            "correo": "ana@example.org",
            "factura": {"factura": document(issuer), "nombre": "17.xsig"},
            "anexos": {"item": [{"anexo": "JVBERg==", "nombre": "a.pdf"}]},
        }
    )
    code = sent.registro.codigo
    detail = service.detalleFactura({"codigoRegistro": code})
    asked = service.solicitarAnulacion({"codigoRegistro": code, "motivo": "Otro órgano"})
    states = service.consultarEstados()

    assert (detail.numero, detail.estadoTramitacion.codigo) == ("17", "1200")
    assert detail.ficheros.anexos.item[0].nombre == "a.pdf"
    assert asked.solicitudAnulacion.estado == "Solicitada"
    assert len(states.estadosFactura.item) == 6
    with pytest.raises(zeep.exceptions.Fault, match="409"):
        service.solicitarAnulacion({"codigoRegistro": code, "motivo": "Otra vez"})


def test_every_operation_of_the_classic_service(connect: Connect, issuer: Credential) -> None:
    service = connect("/facturasspp2")
    file = {"factura": document(issuer), "nombre": "17.xsig", "mime": "application/xml"}
    asked = {"correo": "a@b.es", "factura": file, "anexos": {"anexo": []}}
    sent = service.enviarFactura(asked)
    code = sent.factura.numeroRegistro

    assert sent.resultado.codigo == "0"
    assert service.consultarFactura(code).factura.tramitacion.codigo == "1200"
    listed = service.consultarListadoFacturas({"numeroRegistro": [code, "X"]})
    assert [i.codigo for i in listed.facturas.consultarListadoFactura] == ["0", "404"]
    assert service.anularFactura(code, "Otro órgano").factura.numeroRegistro == code
    assert len(service.consultarEstados().estados.estado) == 10
    assert len(service.consultarAdministraciones().administraciones.administracion) == 2
    assert service.consultarAdministracionesRepositorio().resultado.codigo == "0"
    assert len(service.consultarUnidades().relaciones.OGUTOC) == 3
    town = RELATIONS[0].administration.code
    assert len(service.consultarUnidadesPorAdministracion(town).relaciones.OGUTOC) == 2
    assert len(service.consultarNIFs().nifs.nif) == 2
    assert service.consultarNIFsPorAdministracion(town).nifs.nif == ["P9900001J"]
    again = service.enviarFactura(asked)
    assert (again.resultado.codigo, code in again.resultado.descripcion) == ("409", True)


def test_every_operation_of_faceb2b(
    connect: Connect, issuer: Credential, face: RunningSandbox
) -> None:
    receiver = face.authority.issue("X1234567L", organization_nif=BUYER)
    mine, theirs = connect("/sv1/invoice"), connect("/sv1/invoice", receiver)
    file = {"content": document(issuer, BUYER), "name": "17.xsig", "mime": "text/xml"}
    code = mine.SendInvoice({"invoiceFile": file}).invoiceDetail.registryNumber
    about = {"registryNumber": code}

    assert mine.GetInvoiceDetails(about).invoiceDetail.statusInfo.code == "1200"
    waiting = theirs.GetRegisteredInvoices({})
    assert [d.registryNumber for d in waiting.registeredInvoices.invoiceDetail] == [code]
    downloaded = theirs.DownloadInvoice({**about, "signatureValidationMode": "validate"})
    assert downloaded.invoiceFile.content == file["content"]
    assert "es válida" in downloaded.report
    assert theirs.ConfirmInvoiceDownload(about).invoiceDetail.statusInfo.code == "1300"
    assert theirs.ValidateInvoiceSignature({**about, "invoiceFile": file}).report
    mine.RequestInvoiceCancellation({**about, "reason": "R002"})
    assert len(theirs.GetInvoiceCancellations({}).invoiceCancellations.invoiceDetail) == 1
    refused = theirs.RejectInvoiceCancellation({**about, "comment": "No"})
    assert refused.invoiceDetail.cancellationInfo.code == "4400"
    mine.RequestInvoiceCancellation({**about, "reason": "R001"})
    accepted = theirs.AcceptInvoiceCancellation(about).invoiceDetail
    assert (accepted.cancellationInfo.code, accepted.statusInfo.code) == ("4300", "3100")
    assert theirs.MarkInvoiceAsPaid(about).resultStatus.code == "409"
    assert theirs.RejectInvoice({**about, "reason": "R001"}).resultStatus.code == "409"
    assert len(theirs.GetCodes({"codeType": "reason"}).codes.code) == 2


def test_a_message_that_was_changed_is_not_taken(connect: Connect) -> None:
    class Tampering(Signing):
        def apply(self, envelope: Any, headers: Any) -> tuple[Any, Any]:
            signed, headers = super().apply(envelope, headers)
            signed.find(".//codigoRegistro").text = "another"
            return signed, headers

    service = connect("/proveedores/v1/factura", how=Tampering)
    with pytest.raises(zeep.exceptions.Fault, match="401"):
        service.detalleFactura({"codigoRegistro": "X"})
