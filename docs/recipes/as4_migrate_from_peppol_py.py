"""Replace peppol-py: the same call, with a receipt that is checked and results to act on."""

import tempfile
from pathlib import Path

from lxml import etree

from as4_peppol import LocalIdentity, Outcome, Retries, Sender
from as4_peppol.peppol.identifiers import ParticipantId
from as4_peppol.peppol.locator import LookupFailedError, NotRegisteredError
from as4_peppol.peppol.sending import Dispatch, PeppolSender, kind_of
from as4_peppol.profiles import PEPPOL
from as4_peppol.testing.sandbox import Sandbox, sandbox
from einvoice_core import http
from einvoice_core.certificates import load_pkcs12

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"""<Invoice xmlns="{_UBL}Invoice-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"
 xmlns:cbc="{_UBL}CommonBasicComponents-2">
<cbc:CustomizationID>urn:example:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:example:billing:01:1.0</cbc:ProfileID><cbc:ID>2026/1</cbc:ID>
<cac:AccountingSupplierParty><cac:Party>
<cbc:EndpointID schemeID="9920">ESB12345674</cbc:EndpointID><cac:PostalAddress><cac:Country>
<cbc:IdentificationCode>ES</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cbc:EndpointID schemeID="9915">test</cbc:EndpointID></cac:Party></cac:AccountingCustomerParty>
</Invoice>""".encode()


def dispatch_of(document: bytes) -> Dispatch:
    """Take the ends out of the invoice, as peppol-py does when they are not given."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))

    def party(name: str) -> ParticipantId:
        found = root.find(f"{{*}}{name}/{{*}}Party/{{*}}EndpointID")
        assert found is not None
        return ParticipantId.parse(f"{found.get('schemeID')}:{found.text}")

    country = root.findtext(
        "{*}AccountingSupplierParty/{*}Party/{*}PostalAddress/{*}Country/{*}IdentificationCode", ""
    )
    ends = (party("AccountingSupplierParty"), party("AccountingCustomerParty"))
    return Dispatch(*ends, *kind_of(document), country)


def send_peppol_document(peppol: Sandbox, key: Path, password: str, document: bytes) -> str:
    """Stand where the call of the same name stood; say what to do next."""
    identity = LocalIdentity(load_pkcs12(key.read_bytes(), password))
    with (
        http.client() as client,
        Sender(
            identity,
            PEPPOL,
            trusted=peppol.trust.access_point,
            client=client,
            retries=Retries(attempts=2, wait_s=1),
        ) as out,
    ):
        try:
            result = PeppolSender(out, peppol.discovery(client)).send(
                document, dispatch_of(document)
            )
        except NotRegisteredError:
            return "the buyer does not take this document: tell the user"
        except LookupFailedError:
            return "try again later"
    if result.outcome is Outcome.DELIVERED:
        return "delivered"
    return "try again later" if result.retry else f"refused: {result.errors[0].detail}"


def main(peppol: Sandbox, folder: Path) -> None:
    peppol.write_keys(folder, "secret")
    said = dispatch_of(INVOICE)
    peppol.register(said.receiver, peppol.corner3, said.document_type, said.process)
    assert send_peppol_document(peppol, folder / "corner2.p12", "secret", INVOICE) == "delivered"
    stranger = INVOICE.replace(b">test<", b">nobody<")
    told = send_peppol_document(peppol, folder / "corner2.p12", "secret", stranger)
    assert told == "the buyer does not take this document: tell the user"
    print(told)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, sandbox() as running:
        main(running, Path(name))
