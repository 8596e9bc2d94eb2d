"""Files of TicketBAI beside the official schema, samples and vectors."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from lxml import etree

from aeat_sii import ticketbai
from aeat_sii.testing import strategies
from aeat_sii.ticketbai import Device, NotForTicketBaiError
from aeat_sii.verifactu.records import RegistrationRecord
from einvoice_core.testing.judges import official

DEVICE = Device(licence="TBAI-TEST", developer_nif="B12345674", name="Programa", version="1.0")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    folder = official("ticketbai/xsd-1-2-2")
    parser = etree.XMLParser(load_dtd=False, no_network=True)

    class Local(etree.Resolver):
        def resolve(self, url: str, _: object, context: object) -> object:
            if not url.startswith("http"):
                return None
            return self.resolve_filename(str(folder / "xmldsig-core-schema.xsd"), context)

    parser.resolvers.add(Local())
    tree = etree.parse(str(folder / "ticketbaiv1-2-2-no-signature.xsd"), parser)
    return etree.XMLSchema(tree)


@settings(deadline=None, max_examples=50)
@given(record=strategies.registrations())
def test_every_record_gives_a_valid_file(
    schema: etree.XMLSchema, record: RegistrationRecord
) -> None:
    number = record.invoice.number[-10:].strip() or "1"
    short = record.model_copy(
        update={
            "invoice": record.invoice.model_copy(update={"number": number}),
            "rectified": (),
            "substituted": (),
        }
    )
    try:
        made = ticketbai.make(short, DEVICE, services=True)
    except NotForTicketBaiError:
        return
    xml = ticketbai.write(made)
    assert schema.validate(etree.fromstring(xml)), schema.error_log.last_error
    assert ticketbai.read(xml) == made


def test_every_sample_is_read_and_written_back(schema: etree.XMLSchema) -> None:
    samples = sorted(official("ticketbai/samples").glob("TicketBAI_Alta*.xml"))
    assert len(samples) == 2
    for path in samples:
        read = ticketbai.read(path.read_bytes())
        assert schema.validate(etree.fromstring(ticketbai.write(read)))


def test_the_official_vectors() -> None:
    path = official("ticketbai/vectors") / "tbai_vectors.json"
    vectors = json.loads(path.read_text("utf-8"))
    for vector in (*vectors["identifier"], *vectors["qr"]):
        assert ticketbai.check_digits(vector["input"]) == vector["crc"]
    full = vectors["identifier"][0]["full"]
    value = full.split("-")[3] + "AAA"
    assert ticketbai.identifier("00000006Y", date(2019, 10, 25), value) == full
    url = ticketbai.qr_url("https://batuz.eus/QRTBAI/", full, "27174", Decimal("4.70"), series="T")
    assert url == f"{vectors['qr'][0]['input']}&cr={vectors['qr'][0]['crc']}"
