"""The official samples and those of others: read, written back equal, judged."""

from collections.abc import Callable

import pytest
from lxml import etree

from aeat_sii.sandbox.fingerprint import fingerprints
from aeat_sii.sandbox.structure import check
from aeat_sii.verifactu import chain
from aeat_sii.verifactu.answers import SF_R, Answer
from aeat_sii.verifactu.records import SF, SF_LR, RegistrationRecord, Submission
from einvoice_core.testing.judges import official
from einvoice_core.xml.binding import read, write
from einvoice_core.xml.parsing import parse

Schema = Callable[[str], etree.XMLSchema]

REGISTRATIONS = (
    "aeat-firma-registro-alta",
    "aeat-firma-registro-alta-xades-epes",
    "alta",
    "altaIGIC",
    "altaRectificativa",
    "altaSimplificada",
    "altaTercero",
)
SUBMISSIONS = ("example-alta", "example-anulacion", "example-subsanacion")
ANSWERS = ("response-correcto", "response-incorrecto-duplicado", "response-parcial")
_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"


def sample(name: str) -> etree._Element:
    return parse(official(f"verifactu/samples/{name}.xml").read_bytes())


def message(name: str, tag: str) -> etree._Element:
    found = sample(name).find(f".//{tag}")
    assert found is not None
    return found


def canonical(element: etree._Element) -> str:
    """Canonical XML 2.0; where a schema lies is a hint for programs, and no data."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    alone.attrib.pop(_LOCATION, None)
    return etree.canonicalize(
        etree.tostring(alone).decode(), strip_text=True, rewrite_prefixes=True
    )


def test_every_sample_is_used() -> None:
    names = {path.stem for path in official("verifactu/samples").glob("*.xml")}

    assert names == {*REGISTRATIONS, *SUBMISSIONS, *ANSWERS, "response-soapfault"}


@pytest.mark.parametrize("name", REGISTRATIONS)
def test_a_registration_is_read_and_written_back_equal(name: str, schema: Schema) -> None:
    root = sample(name)
    assert schema("SuministroInformacion.xsd").validate(root)

    record = read(root, RegistrationRecord).require()
    written = parse(write(record, prefixes={"sum1": SF}))

    assert canonical(written) == canonical(root)
    assert schema("SuministroInformacion.xsd").validate(written)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_submission_is_read_and_written_back_equal(name: str) -> None:
    root = message(name, f"{{{SF_LR}}}RegFactuSistemaFacturacion")

    submission = read(root, Submission).require()

    assert canonical(parse(write(submission))) == canonical(root)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read_and_written_back_equal(name: str, schema: Schema) -> None:
    root = message(name, f"{{{SF_R}}}RespuestaRegFactuSistemaFacturacion")

    answer = read(root, Answer).require()
    written = parse(write(answer))

    assert canonical(written) == canonical(root)
    assert schema("RespuestaSuministro.xsd").validate(written)


@pytest.mark.parametrize("name", REGISTRATIONS[:2])
def test_the_fingerprint_of_the_agencys_own_record(name: str) -> None:
    root = sample(name)
    record = read(root, RegistrationRecord).require()

    assert chain.fingerprint(record) == record.fingerprint
    assert next(fingerprints(root)) == record.fingerprint


@pytest.mark.parametrize("name", REGISTRATIONS)
def test_the_sandbox_takes_the_structure_of_the_samples(name: str) -> None:
    assert check(sample(name), "RegistroAlta") == []
