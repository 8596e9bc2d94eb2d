"""Whatever the sandbox is sent, its answer has the official structure."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.sandbox import Service
from aeat_sii.testing import examples, strategies
from aeat_sii.verifactu import Header, SpanishPerson, Submission, build
from aeat_sii.verifactu.records import SubmittedRecord
from einvoice_core.xml.parsing import parse

HEADER = Header(issuer=SpanishPerson(name="X", nif=examples.ISSUER))
SERVICE = Service(lambda: examples.NOW)
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
slots = st.builds(SubmittedRecord, registration=strategies.registrations()) | st.builds(
    SubmittedRecord, cancellation=strategies.cancellations()
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=st.lists(slots, min_size=1, max_size=3), data=st.data())
def test_an_answer_has_the_official_structure(
    records: list[SubmittedRecord],
    data: st.DataObject,
    schema: Callable[[str], etree.XMLSchema],
) -> None:
    # What the sandbox holds from earlier examples makes duplicates; a change makes wrong values.
    text = build(Submission(header=HEADER, records=tuple(records))).decode()
    old = data.draw(st.sampled_from([">S<", ">N<", ">01<", ">X<", "2<"]))
    new = data.draw(st.sampled_from([old, ">S<", ">Q<", "><"]))

    _, answer = SERVICE.answer(text.replace(old, new).encode(), examples.ISSUER)

    envelope = parse(answer)
    schema("soap-envelope.xsd").assertValid(envelope)
    message = envelope.find(f"{SOAP}Body")[0]
    if message.tag != f"{SOAP}Fault":
        schema("RespuestaSuministro.xsd").assertValid(etree.fromstring(etree.tostring(message)))
