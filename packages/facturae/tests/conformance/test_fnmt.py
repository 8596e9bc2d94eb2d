"""Certificates that FNMT publishes for tests sign invoices that verify."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

import facturae_es
from einvoice_core.certificates import load_pkcs12
from einvoice_core.testing import judges
from facturae_es.model import Facturae

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
FILE = "facturae/test-certificates/ACTIVO_EIDAS_CERTIFICADO_PRUEBAS___{}.p12"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


@pytest.mark.parametrize("nif", ["99999972C", "99999999R"])
def test_a_certificate_of_fnmt_signs(nif: str, simple: Facturae) -> None:
    credential = load_pkcs12(judges.official(FILE.format(nif)).read_bytes(), "1234")
    signed = facturae_es.sign(facturae_es.write(simple), credential, clock=lambda: NOW)
    assert facturae_es.check_signer(credential).findings == ()
    assert facturae_es.verify(signed, clock=lambda: NOW).holder.nif == nif
    # Most specific first, and the number in decimal: the form that FACe compares.
    (issuer,) = etree.fromstring(signed).iter(f"{XADES}IssuerSerial")
    name, number = (child.text or "" for child in issuer)
    assert name.startswith("CN=AC FNMT Usuarios,")
    assert name.endswith("C=ES")
    assert int(number) == credential.certificate.serial_number
