import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice_core.testing.vectors import Case, load_cases
from tax_es.errors import ArgumentError, IdentifierError
from tax_es.ids import nif
from tax_es.ids.nif import Holder, NifKind

BODIES = st.from_regex(r"\A(?:[0-9]{8}|[A-HJ-NP-SU-Z][0-9]{7})\Z")


@pytest.mark.parametrize("case", load_cases("vectors/nif.json"), ids=lambda case: case.name)
def test_nif(case: Case) -> None:
    verdict = nif.check(case.input)
    assert [verdict.kind, verdict.holder, verdict.reason] == case.expected
    assert verdict.valid is (verdict.reason == "")


@given(BODIES)
def test_a_completed_number_is_valid_and_normal(body: str) -> None:
    complete = nif.complete(body)
    verdict = nif.check(complete)
    assert verdict.valid
    assert verdict.normalised == complete == nif.normalise(complete)
    assert verdict.control == complete[8]
    assert verdict.is_entity is (verdict.holder is not Holder.NATURAL_PERSON)


@given(BODIES, st.sampled_from(string.digits + string.ascii_uppercase))
def test_another_control_character_is_refused_with_the_right_one(body: str, given: str) -> None:
    right = nif.complete(body)
    verdict = nif.check(body + given)
    if not verdict.valid:
        assert right[8] in verdict.reason
        assert verdict.control == right[8]


@given(BODIES, st.integers(1, 7), st.integers(1, 9))
def test_a_changed_digit_is_always_found(body: str, place: int, step: int) -> None:
    number = nif.complete(body)
    changed = str((int(number[place]) + step) % 10)
    assert not nif.check(number[:place] + changed + number[place + 1 :]).valid


@given(BODIES, st.lists(st.sampled_from(" -./\u00a0\u2011"), max_size=6), st.booleans())
def test_separators_case_and_prefix_do_not_matter(
    body: str, separators: list[str], prefix: bool
) -> None:
    number = nif.complete(body)
    written = "".join(a + b for a, b in zip(number, separators + [""] * 9, strict=False)).lower()
    assert nif.check(("es" if prefix else "") + written) == nif.check(number)


@given(st.text())
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = nif.check(text)
    assert verdict.valid is not bool(verdict.reason)


def test_a_long_text_is_refused_without_repeating_it() -> None:
    verdict = nif.check("9" * 1_000_000)
    assert not verdict.valid
    assert len(verdict.normalised) + len(verdict.reason) < 200


@pytest.mark.parametrize("value", [None, 12345678, b"12345678Z", ["12345678Z"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ArgumentError, match="is a text, not"):
        nif.check(value)  # type: ignore[arg-type]  # that is the point


def test_an_invalid_nif_is_refused_with_the_whole_verdict() -> None:
    assert nif.require("es-b12345674") == "B12345674"
    with pytest.raises(IdentifierError, match="should be Z") as caught:
        nif.require("12345678A")
    assert caught.value.details["check"] == nif.check("12345678A")
    assert "12345678" not in caught.value.message


@pytest.mark.parametrize("number", ["", "1234567", "O1234567", "B123456", "B12345674"])
def test_what_begins_no_nif_cannot_be_completed(number: str) -> None:
    with pytest.raises(IdentifierError, match="cannot complete"):
        nif.complete(number)


def test_every_legal_form_has_its_letter() -> None:
    letters = {holder.value for holder in Holder} - {Holder.NATURAL_PERSON.value}
    assert letters == set("ABCDEFGHJNPQRSUVW")
    assert {nif.check(nif.complete(f"{x}1234567")).kind for x in letters} == {NifKind.ENTITY}
