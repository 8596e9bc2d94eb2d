"""Every code that the sandbox of SII gives has a record that provokes it."""

import re
import tomllib
from importlib import resources

import pytest

from aeat_sii.testing.sii_attempts import Attempt, attempts

ATTEMPTS = attempts()


def codes_in(answer: str) -> set[str]:
    found = re.findall(r"CodigoErrorRegistro>([0-9]+)<|Codigo\[([0-9]+)\]", answer)
    return {one or other for one, other in found}


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda each: f"{each.code}-{each.book}")
def test_a_code_is_provoked(attempt: Attempt) -> None:
    *before, last = attempt.answers()

    assert codes_in(last) == {attempt.code}
    if attempt.code[0] == "4" or attempt.book.startswith("query"):
        assert "faultstring" in last
    else:
        state = "AceptadoConErrores" if attempt.code[0] == "2" else "Incorrecto"
        assert set(re.findall("<r:EstadoRegistro>([^<]*)<", last)) == {state}
    for answer in before:
        assert re.findall("<r:EstadoRegistro>([^<]*)<", answer) in (
            ["Correcto"],
            ["AceptadoConErrores"],
        )


def test_readings_are_of_codes_that_are_provoked() -> None:
    text = resources.files("aeat_sii.sandbox.sii").joinpath("codes.toml").read_text("utf-8")
    data = tomllib.loads(text)

    assert set(data["readings"]) <= {each.code for each in ATTEMPTS}
