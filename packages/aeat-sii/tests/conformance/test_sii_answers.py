"""Whatever the sandbox of SII is sent, its answer has the official structure."""

import copy
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.sandbox.sii import OPERATIONS, SiiService
from aeat_sii.testing import examples
from aeat_sii.testing.sii_attempts import Attempt, attempts
from einvoice_core.testing.judges import official
from einvoice_core.xml.parsing import parse

SAMPLES = (
    "alta-emitida-F1",
    "alta-emitida-F2-simplificada",
    "alta-recibida-F1",
    "baja-emitida",
    "consulta-emitidas",
)
TEXTS = ("", " ", "x", "S", "N", "0", "-1.00", "31-02-2026", "01-01-2030", "F2", "R1", "07", "13",
         "A1", "A5", "2019", "1T", "x" * 61, "ñ&<", "89890002E", "B00000000")  # fmt: skip
SERVICE = SiiService(lambda: examples.NOW)


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(official(f"sii/aeat-v1.1/{name}")))


@cache
def sample(name: str) -> etree._Element:
    return parse(official(f"sii/samples/{name}.xml").read_bytes())


def judged(envelope: etree._Element) -> str:
    (message,) = envelope.iterfind("{*}Body/*")
    operation = OPERATIONS[str(message.tag)]
    status, answer = SERVICE.answer(etree.tostring(envelope), examples.ISSUER, operation.path)
    (answered,) = parse(answer).iterfind("{*}Body/*")
    name = etree.QName(answered)
    assert (name.localname == "Fault") == (status == 500)
    if status == 200:
        alone = etree.fromstring(etree.tostring(answered))
        schema(str(name.namespace).rpartition("/")[2]).assertValid(alone)
    return name.localname


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_answered(name: str) -> None:
    assert judged(copy.deepcopy(sample(name))) != "Fault"


@pytest.mark.parametrize("attempt", attempts(), ids=lambda each: f"{each.code}-{each.book}")
def test_the_answer_that_carries_a_code_has_the_official_structure(attempt: Attempt) -> None:
    for answer in attempt.answers():
        (answered,) = parse(answer.encode()).iterfind("{*}Body/*")
        name = etree.QName(answered)
        if name.localname != "Fault":
            alone = etree.fromstring(etree.tostring(answered))
            schema(str(name.namespace).rpartition("/")[2]).assertValid(alone)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_answer_has_the_official_structure(data: st.DataObject) -> None:
    envelope = copy.deepcopy(sample(data.draw(st.sampled_from(SAMPLES))))
    for _ in range(data.draw(st.integers(1, 2))):
        inside = list(envelope.iterfind("{*}Body/*/*"))
        nodes = [node for part in inside for node in part.iter()]
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        parent = node.getparent()
        action = data.draw(st.sampled_from(("write", "write", "drop", "double")))
        if action == "write" and not len(node):
            node.text = data.draw(st.sampled_from(TEXTS))
        elif action == "drop" and parent is not None:
            parent.remove(node)
        elif action == "double" and parent is not None:
            parent.insert(0, copy.deepcopy(node))

    judged(envelope)
