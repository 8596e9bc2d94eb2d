"""Every code of SII: a record that provokes it in the sandbox, or the reason why none can."""

import json
import re
import tomllib
from itertools import chain
from pathlib import Path

from aeat_sii.sandbox import sii
from aeat_sii.sii import rules
from aeat_sii.testing.sii_attempts import attempts
from einvoice_core.findings import Severity
from einvoice_core.testing.judges import official

CODES = tomllib.loads((Path(sii.__file__).parent / "codes.toml").read_text(encoding="utf-8"))
LIMITS = Path(__file__).parents[4] / "docs/limits.md"
PROVOKED = {each.code for each in attempts()}
NEVER = list(chain.from_iterable(row["codes"] for row in CODES["never"]))
FEWEST_PROVOKED = 340


def listed(*categories: str) -> set[str]:
    rows = json.loads(official("sii/codes/error_codes_aeat.json").read_text())["codes"]
    return {row["code"] for row in rows if row["category"] in categories}


def test_every_code_is_provoked_or_has_a_reason() -> None:
    every = listed("envelope", "record", "admissible")

    assert len(every) == 387
    assert PROVOKED | set(NEVER) == every
    assert not PROVOKED & set(NEVER)
    assert len(NEVER) == len(set(NEVER))
    assert all(row["why"] for row in CODES["never"])


def test_no_fewer_codes_are_provoked_than_before() -> None:
    told = re.search(r"provokes (\d+) of the (\d+)\s+codes of SII", LIMITS.read_text("utf-8"))
    print(f"codes of SII: {len(PROVOKED)} are provoked, {len(NEVER)} have a reason")

    assert len(PROVOKED) >= FEWEST_PROVOKED
    assert told
    assert (int(told[1]), int(told[2])) == (len(PROVOKED), len(PROVOKED) + len(NEVER))


def test_the_words_of_the_sandbox_are_for_codes_of_the_list() -> None:
    assert set(CODES["said"]) <= listed("envelope", "record", "admissible")


def test_codes_of_values_are_of_records_and_those_of_headers_of_messages() -> None:
    assert set(CODES["values"].values()) <= listed("record")
    assert set(CODES["header"].values()) <= listed("envelope")


def test_the_rules_of_the_library_are_codes_of_the_list() -> None:
    told = re.search(r"judges (\d+) of the 387 codes", LIMITS.read_text("utf-8"))

    assert set(rules.rules.rules) <= listed("record", "admissible")
    assert told
    assert int(told[1]) == len(rules.rules.rules)
    severities = {code: rule.severity for code, rule in rules.rules.rules.items()}
    admitted = {code for code, severity in severities.items() if severity is Severity.WARNING}
    assert admitted == set(severities) & listed("admissible")
