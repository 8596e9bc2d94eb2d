"""Try your own program against the sandbox: here, one that knows only HTTPS and XML."""

import http.client
import re
import ssl
import urllib.request
from pathlib import Path

from aeat_sii import sandbox
from aeat_sii.environments import local
from aeat_sii.testing import examples
from aeat_sii.verifactu import build, link, prepare

PASSWORD = "sandbox"  # noqa: S105 - of a certificate that is trusted nowhere else
SII_PATH = "/wlpl/SSII-FACT/ws/fe/SiiFactFEV1SOAP"
SCHEMAS = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "ssii/fact/ws/"
)
BOOK_ENTRY = f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<m:SuministroLRFacturasEmitidas xmlns:m="{SCHEMAS}SuministroLR.xsd"
    xmlns="{SCHEMAS}SuministroInformacion.xsd">
  <Cabecera><IDVersionSii>1.1</IDVersionSii>
    <Titular><NombreRazon>ANA PRUEBAS</NombreRazon><NIF>{examples.ISSUER}</NIF></Titular>
    <TipoComunicacion>A0</TipoComunicacion></Cabecera>
  <m:RegistroLRFacturasEmitidas>
    <PeriodoLiquidacion><Ejercicio>2026</Ejercicio><Periodo>06</Periodo></PeriodoLiquidacion>
    <m:IDFactura><IDEmisorFactura><NIF>{examples.ISSUER}</NIF></IDEmisorFactura>
      <NumSerieFacturaEmisor>2026/0001</NumSerieFacturaEmisor>
      <FechaExpedicionFacturaEmisor>15-06-2026</FechaExpedicionFacturaEmisor></m:IDFactura>
    <m:FacturaExpedida><TipoFactura>F2</TipoFactura>
      <ClaveRegimenEspecialOTrascendencia>01</ClaveRegimenEspecialOTrascendencia>
      <ImporteTotal>121.00</ImporteTotal><DescripcionOperacion>Ventas</DescripcionOperacion>
      <TipoDesglose><DesgloseFactura><Sujeta><NoExenta><TipoNoExenta>S1</TipoNoExenta>
        <DesgloseIVA><DetalleIVA><TipoImpositivo>21</TipoImpositivo>
          <BaseImponible>100.00</BaseImponible><CuotaRepercutida>21.00</CuotaRepercutida>
        </DetalleIVA></DesgloseIVA></NoExenta></Sujeta></DesgloseFactura></TipoDesglose>
    </m:FacturaExpedida>
  </m:RegistroLRFacturasEmitidas>
</m:SuministroLRFacturasEmitidas></e:Body></e:Envelope>""".encode()


def your_program(url: str, message: bytes, certificate: Path, root: Path) -> str:
    """Send a message as a program in any language would; return the state of the submission."""
    context = ssl.create_default_context(cafile=str(root))
    context.load_cert_chain(str(certificate), password=PASSWORD)
    request = urllib.request.Request(url, message, {"Content-Type": "text/xml"})  # noqa: S310 - https
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    reply: http.client.HTTPResponse
    with opener.open(request, timeout=30) as reply:
        found = re.search(r"EstadoEnvio>(\w+)<", reply.read().decode())
    return found[1] if found else ""


def main() -> None:
    message = build(prepare([link(examples.registration("2026/0001"), None)]))
    with sandbox.serve(clock=lambda: examples.NOW) as agency:
        root, certificate = Path("root.pem"), Path("ana.pem")
        root.write_bytes(agency.authority.pem)
        issued = agency.authority.issue(examples.ISSUER, "ANA PRUEBAS DEMO")
        certificate.write_bytes(issued.to_pem(PASSWORD.encode()))

        url = local(agency.url).verifactu()
        states = [your_program(url, message, certificate, root) for _ in range(2)]
        held = agency.service.register.of(examples.ISSUER)

        url = agency.url + SII_PATH
        in_book = [your_program(url, BOOK_ENTRY, certificate, root) for _ in range(2)]
        entries = agency.sii.register.of(examples.ISSUER, "issued")

    # The second time it is a duplicate: the whole submission is incorrect, and nothing is lost.
    print(states, in_book)
    assert states == in_book == ["Correcto", "Incorrecto"]
    assert len(entries) == 1
    assert [stored.key.number for stored in held] == ["2026/0001"]


if __name__ == "__main__":
    main()
