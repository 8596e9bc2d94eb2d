"""What the library writes is valid against the official schema; its lists are the official ones."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aeat_sii.sandbox.structure import BadStructureError, check
from aeat_sii.sandbox.writing import _messages
from aeat_sii.testing import strategies
from aeat_sii.verifactu import codes, rules
from aeat_sii.verifactu.advice import Consequence, advice
from aeat_sii.verifactu.records import (
    SF,
    CancellationRecord,
    Header,
    RegistrationRecord,
    SpanishPerson,
    Submission,
    SubmittedRecord,
)
from einvoice_core.findings import Severity
from einvoice_core.testing.judges import official
from einvoice_core.xml.binding import write
from einvoice_core.xml.parsing import parse

Schema = Callable[[str], etree.XMLSchema]
many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADER = Header(issuer=SpanishPerson(name="X", nif="89890001K"))
XS = "{http://www.w3.org/2001/XMLSchema}"


@many
@given(record=strategies.registrations())
def test_registrations_are_valid(record: RegistrationRecord, schema: Schema) -> None:
    root = parse(write(record, prefixes={"sum1": SF}))

    schema("SuministroInformacion.xsd").assertValid(root)
    assert check(root, "RegistroAlta") == []


@many
@given(record=strategies.cancellations())
def test_cancellations_are_valid(record: CancellationRecord, schema: Schema) -> None:
    root = parse(write(record, prefixes={"sum1": SF}))

    schema("SuministroInformacion.xsd").assertValid(root)
    assert check(root, "RegistroAnulacion") == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    records=st.lists(
        st.builds(SubmittedRecord, registration=strategies.registrations())
        | st.builds(SubmittedRecord, cancellation=strategies.cancellations()),
        min_size=1,
        max_size=3,
    )
)
def test_submissions_are_valid(records: list[SubmittedRecord], schema: Schema) -> None:
    root = parse(write(Submission(header=HEADER, records=tuple(records))))

    schema("SuministroLR.xsd").assertValid(root)
    assert check(root, "RegFactuSistemaFacturacion") == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=strategies.registrations(), data=st.data())
def test_the_sandbox_and_the_schema_agree_on_damaged_records(
    record: RegistrationRecord, data: st.DataObject, schema: Schema
) -> None:
    root = parse(write(record, prefixes={"sum1": SF}))
    elements = [element for element in root.iter() if element is not root]
    target = data.draw(st.sampled_from(elements))
    parent = target.getparent()
    assert parent is not None
    match data.draw(st.sampled_from(["remove", "repeat", "rename", "move", "text"])):
        case "remove":
            parent.remove(target)
        case "repeat":
            parent.insert(parent.index(target), parse(etree.tostring(target)))
        case "rename":
            target.tag = f"{{{SF}}}Otro"
        case "move":
            parent.insert(0, target)
        case _:
            target.text = data.draw(
                st.sampled_from(["", "x", "S", "01", "1.0", "-1.001", "9" * 13])
            )
    try:
        is_taken = check(root, "RegistroAlta") == []
    except BadStructureError:
        is_taken = False

    assert is_taken == schema("SuministroInformacion.xsd").validate(root)


def enumeration(name: str) -> set[str]:
    tree = etree.parse(str(official("verifactu/schema/SuministroInformacion.xsd")))
    path = f"//{XS}simpleType[@name='{name}']//{XS}enumeration"
    return {str(node.get("value")) for node in tree.iterfind(path.replace("//", ".//", 1))}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("VersionType", codes.Version),
        ("ImpuestoType", codes.TaxKind),
        ("ClaveTipoFacturaType", codes.InvoiceKind),
        ("ClaveTipoRectificativaType", codes.RectificationKind),
        ("RechazoPrevioType", codes.PreviousRejection),
        ("TercerosODestinatarioType", codes.IssuedBy),
        ("GeneradoPorType", codes.RecordedBy),
        ("PersonaFisicaJuridicaIDTypeType", codes.IdKind),
        ("IdOperacionesTrascendenciaTributariaType", codes.Regime),
        ("CalificacionOperacionType", codes.Qualification),
        ("OperacionExentaType", codes.Exemption),
        ("TipoHuellaType", codes.FingerprintKind),
        ("EstadoRegistroSFType", codes.StoredState),
        ("TipoOperacionType", codes.OperationKind),
        ("CountryType2", codes.COUNTRIES),
    ],
)
def test_a_code_list_is_the_official_one(name: str, ours: Any) -> None:
    assert {str(value) for value in ours} == enumeration(name)


def official_codes() -> dict[str, str]:
    rows = json.loads(official("verifactu/codes/error_codes.json").read_text())["codes"]
    return {row["code"]: row["category"] for row in rows}


def test_every_rule_has_a_code_of_the_agency_and_its_severity() -> None:
    categories = official_codes()
    judged = (*rules.registration.rules.items(), *rules.cancellation.rules.items())
    for code, rule in (*judged, *rules.header.rules.items()):
        expected = Severity.WARNING if categories[code] == "admissible" else Severity.FATAL
        assert rule.severity is expected, code


RULES = {*rules.registration.rules, *rules.cancellation.rules, *rules.header.rules}
# Rows that no rule of ours answers for, with the reason.
NOT_JUDGED = {
    "ALT-4a": "the census decides",
    "ALT-5a": "the census decides",
    "ALT-12b": "the census decides",
    "ALT-13i": "the census decides",
    "ALT-21": "the agency's register decides",
    "ALT-22": "the agency's register decides",
    "ALT-24": "the agency's records decide",
    "CAB-1": "the census decides",
    "CAB-2": "the census decides",
    "CAB-5c": "the agency's register decides",
    "SIF-8": "the record has a truth value, never an empty text",
    "SIF-9": "the record has a truth value, never an empty text",
}


def test_the_rules_cover_the_validations_that_need_no_look_up() -> None:
    rows = json.loads(official("verifactu/codes/validations.json").read_text())["rules"]
    rows = [row for row in rows if not row["id"].startswith("GEN-")]
    judged = {row["id"] for row in rows if set(row["codes"]) & RULES}

    print(f"validations: {len(judged)}/{len(rows)}")
    assert {row["id"] for row in rows} - judged == set(NOT_JUDGED)


def test_what_is_inferred_or_open_is_marked() -> None:
    table = json.loads(official("verifactu/codes/validations.json").read_text())
    doubtful = {
        code
        for row in table["rules"]
        if row.get("unsure") or row["code_match"] == "inferred"
        for code in row["codes"]
    } | {row["code"] for row in table["only_in_error_list"]}

    assert doubtful & RULES == set(rules.MARKS)


def test_the_advice_agrees_with_the_official_category() -> None:
    expected = {
        "envelope": Consequence.REFUSES_SUBMISSION,
        "record": Consequence.REJECTS_RECORD,
        "admissible": Consequence.ADMITS,
    }
    for code, category in official_codes().items():
        assert advice(code).consequence is expected[category], code


def test_every_code_of_the_sandbox_is_the_agencys_and_has_a_text_of_our_own() -> None:
    rows = json.loads(official("verifactu/codes/error_codes.json").read_text())["codes"]
    theirs = {row["code"]: row["message"] for row in rows}
    for code, text in _messages().items():
        assert code in theirs
        assert text != theirs[code]


def test_the_texts_of_the_sandbox_cover_the_codes_it_uses() -> None:
    from importlib import resources

    folder = resources.files("aeat_sii.sandbox")
    used: set[str] = set()
    for path in folder.iterdir():
        if (path.name.endswith(".py") and path.name != "qr_page.py") or path.name in (
            "structure.toml",
            "limits.toml",
        ):
            text = path.read_text(encoding="utf-8")
            used |= set(re.findall(r"(?<=[\" /])([1234]\d{3})(?=[\":/])", text))

    assert used - set(_messages()) == set()
