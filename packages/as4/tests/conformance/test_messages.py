"""Messages of other programs, as they were recorded or as they ship with them."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from as4_peppol import Inbound, LocalIdentity, anyone, take, unpack
from as4_peppol.captured import split
from as4_peppol.errors import EbmsError
from as4_peppol.inspecting import LENIENT
from einvoice_core.certificates import load_pkcs12
from einvoice_core.testing.judges import official

EXPECTED: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("messages.toml").read_text(encoding="utf-8")
)
CASES = [
    pytest.param(outcome, file, id=file)
    for outcome, group in EXPECTED.items()
    for file in group["files"]
]
PASSWORDS = {
    "AccessPointA.pfx": "Pz4cZK4SULUwmraZa",
    "AccessPointB.pfx": "Pz4cZK4SULUwmraZb",
    "partyC.p12": "ExampleC",
    "holodeck-partya-certificate.pfx": "secrets",
}


@cache
def identities() -> tuple[LocalIdentity, ...]:
    folder = official("as4/pki/test-keys/eessi-as4net")
    return tuple(
        LocalIdentity(load_pkcs12((folder / file).read_bytes(), password))
        for file, password in PASSWORDS.items()
    )


def judged(file: str) -> Inbound:
    kind, body = split((official("as4/messages") / file).read_bytes())
    known = [identity.certificate for identity in identities()]
    return unpack(take(kind, [body], LENIENT), LENIENT, identities(), trusted=anyone, known=known)


def outcome_of(file: str) -> str:
    try:
        judged(file)
    except EbmsError as error:
        return error.ebms
    return "accepted"


@pytest.mark.parametrize(("outcome", "file"), CASES)
def test_a_message_is_judged_as_was_written_down(outcome: str, file: str) -> None:
    assert outcome_of(file) == outcome


@cache
def checked() -> dict[str, dict[str, Any]]:
    text = (official("as4/messages") / "EXPECTED.json").read_text(encoding="utf-8")
    rows: dict[str, Any] = json.loads(text)
    return {name.removeprefix("messages/"): row for name, row in rows.items() if name != "_note"}


def test_every_message_is_written_down() -> None:
    assert sorted(file for group in EXPECTED.values() for file in group["files"]) == sorted(
        checked()
    )


def test_what_is_accepted_was_found_whole_by_the_independent_check() -> None:
    for file in EXPECTED["accepted"]["files"]:
        row = checked()[file]
        assert "bad" not in row.get("decrypted", "0 bad").replace("0 bad", ""), file
        assert not re.search("MISMATCH|missing|Invalid", row.get("verify", "")), file
        inbound = judged(file)
        assert len(inbound.payloads) == row["att"], file
        name = inbound.signer.subject.rfc4514_string() if inbound.signer else ""
        assert bool(row.get("sig")) is bool(name), file


def test_what_was_found_whole_is_accepted_or_has_the_octets_that_decide() -> None:
    page = (Path(__file__).parents[4] / "docs/interop/as4.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    differs: set[str] = set()
    for file, row in checked().items():
        whole = row.get("verify", "").endswith("sig:OK") and not re.search(
            "MISMATCH|missing|bad", row["verify"] + row.get("decrypted", "0").replace("0 bad", "")
        )
        if whole and file not in EXPECTED["accepted"]["files"]:
            differs.add(file)
            (stated,) = [each for each in rows if f"`{file}`" in each]
            assert outcome_of(file) in stated
            (uri,) = re.findall(r"URI `(#[^`]+)`", stated)
            octets = (official("as4/messages") / file).read_text(encoding="utf-8")
            assert f'URI="{uri}"' in octets
            assert re.search(rf'Body [^>]*wsu:Id="{uri[1:]}"', octets)
    listed = [each.split("`")[1] for each in rows if "EBMS:" in each]
    assert sorted(listed) == sorted(differs)
    assert len(differs) <= 5
