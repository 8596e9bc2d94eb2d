import pytest
from lxml import etree

from einvoice_core.soap import envelope
from einvoice_core.soap.envelope import SOAP_11, SOAP_12, EnvelopeRefused, FaultReceived
from einvoice_core.soap.fault import Fault, SoapVersion
from einvoice_core.xml.errors import XmlRefused

MESSAGE = '<?xml version="1.0" encoding="UTF-8"?>\n<m:pregunta xmlns:m="urn:m">ñ</m:pregunta>'


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_a_message_comes_out_as_it_went_in(version: SoapVersion) -> None:
    wrapped = envelope.wrap(MESSAGE.encode(), version)
    message = envelope.unwrap(wrapped)
    assert message.tag == "{urn:m}pregunta"
    assert message.text == "ñ"
    assert envelope.version_of(message.getroottree().getroot()) is version


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_a_fault_comes_out_as_it_went_in(version: SoapVersion) -> None:
    fault = Fault("soap:Client", "Codigo[4104].El NIF & <otros>", "<d>1</d>", "urn:actor")
    with pytest.raises(FaultReceived, match="4104") as caught:
        envelope.unwrap(envelope.wrap_fault(fault, version))
    assert caught.value.fault == fault
    assert caught.value.fault.blames_caller


def test_a_subcode_of_soap_12() -> None:
    fault = Fault("soap:Receiver", "later", subcode="m:Busy")
    with pytest.raises(FaultReceived) as caught:
        envelope.unwrap(envelope.wrap_fault(fault, SOAP_12))
    assert caught.value.fault.subcode == "m:Busy"
    assert not caught.value.fault.blames_caller


def test_a_fault_that_says_nothing() -> None:
    with pytest.raises(FaultReceived) as caught:
        envelope.unwrap(envelope.wrap(f'<f:Fault xmlns:f="{SOAP_11.value}"/>'.encode()))
    assert caught.value.fault == Fault("", "")


def test_a_header_goes_along() -> None:
    wrapped = envelope.wrap(b"<m/>", header=b'<t xmlns="urn:t">1</t>')
    assert etree.fromstring(wrapped)[0][0].text == "1"
    assert envelope.unwrap(wrapped).tag == "m"


def test_a_header_that_must_be_understood() -> None:
    header = f'<t:t xmlns:t="urn:t" xmlns:s="{SOAP_11.value}" s:mustUnderstand="1"/>'
    wrapped = envelope.wrap(b"<m/>", header=header.encode())
    with pytest.raises(EnvelopeRefused, match="understood"):
        envelope.unwrap(wrapped)
    assert envelope.unwrap(wrapped, understood={"{urn:t}t"}).tag == "m"


@pytest.mark.parametrize(
    "data",
    [
        b"<html/>",
        b'<Envelope xmlns="urn:other"/>',
        envelope.wrap(b""),
        envelope.wrap(b"<a/><b/>"),
        envelope.wrap(b"<a/>").replace(b"</soap:Body>", b"</soap:Body><soap:Body/>"),
    ],
)
def test_what_is_not_an_envelope_with_one_message(data: bytes) -> None:
    with pytest.raises(EnvelopeRefused):
        envelope.unwrap(data)


@pytest.mark.parametrize("data", [b"", b"garbage", b"<!DOCTYPE a><a/>", b"<a>"])
def test_what_is_not_xml(data: bytes) -> None:
    with pytest.raises(XmlRefused):
        envelope.unwrap(data)


def test_comments_beside_the_message_do_not_count() -> None:
    assert envelope.unwrap(envelope.wrap(b"<!-- x --><a/>")).tag == "a"
