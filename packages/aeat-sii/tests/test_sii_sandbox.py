"""The SII client speaks to the sandbox over HTTPS: two readings of the same schemas."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from aeat_sii import sandbox, sii
from aeat_sii.cli import main
from aeat_sii.sandbox.server import RunningSandbox
from aeat_sii.sii.codes import Communication, LineState, Regime, StoredState
from aeat_sii.sii.reconciling import Outcome, query_of, send_again
from aeat_sii.testing import sii_examples as examples
from aeat_sii.testing.examples import NOW

TITULAR = examples.TITULAR


@pytest.fixture(scope="module")
def agency() -> Iterator[RunningSandbox]:
    with sandbox.serve(clock=lambda: NOW) as running:
        yield running


@pytest.fixture(scope="module")
def client(agency: RunningSandbox) -> Iterator[sii.Client]:
    credential = agency.authority.issue(TITULAR.nif, "ANA PRUEBAS DEMO")
    with sii.Client(credential, place=sii.local(agency.url), trust=agency.authority.pem) as made:
        yield made


def test_an_invoice_is_registered_modified_found_and_cancelled(client: sii.Client) -> None:
    first = examples.issued("S-1")

    registered = client.submit([first], TITULAR)
    again = client.submit([first], TITULAR)
    changed = examples.issued("S-1", description="Otra")
    modified = client.submit([changed], TITULAR, communication=Communication.MODIFY)
    found = client.query_all(query_of(first, TITULAR))
    cancelled = client.submit([examples.cancelled("S-1")], TITULAR)

    assert registered.lines[0].state is LineState.CORRECT
    assert registered.csv
    assert again.lines[0].duplicate is not None
    assert again.lines[0].duplicate.state is StoredState.CORRECT
    assert modified.lines[0].is_accepted
    assert [row.values["DescripcionOperacion"] for row in found] == ["Otra"]
    assert cancelled.lines[0].is_accepted


def test_what_had_arrived_is_settled(client: sii.Client) -> None:
    records = [examples.issued("S-2"), examples.issued("S-3")]
    client.submit(records[:1], TITULAR)
    client.submit([examples.issued("S-4")], TITULAR)

    settled = send_again(
        client, [*records, examples.issued("S-4", total=Decimal("121.50"))], TITULAR
    )

    assert [each.outcome for each in settled] == [
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
        Outcome.OTHER_HELD,
    ]


def test_a_received_invoice_and_collections_are_taken(client: sii.Client) -> None:
    received = client.submit([examples.received("R-1")], TITULAR)
    client.submit([examples.issued("S-5", regime=Regime.R07)], TITULAR)
    record = examples.collections("S-5", "21.00")
    collected = client.submit([record], TITULAR)
    settled = send_again(client, [record], TITULAR)

    assert received.lines[0].is_accepted
    assert collected.lines[0].is_accepted
    assert settled[0].line is None
    assert len(client.query_all(query_of(record, TITULAR))) == 1


def test_the_command_takes_its_certificate_from_the_registry(
    agency: RunningSandbox, tmp_path: Path
) -> None:
    credential = agency.authority.issue(TITULAR.nif, "ANA PRUEBAS DEMO")
    (tmp_path / "a.p12").write_bytes(credential.to_pkcs12(b"secret"))
    (tmp_path / "root.pem").write_bytes(agency.authority.pem)
    message = tmp_path / "one.xml"
    message.write_bytes(sii.build(sii.prepare([examples.issued("S-6")], TITULAR)))
    run, folder = CliRunner(), str(tmp_path / "certificates")
    secrets = {"AEAT_CERTIFICATE_PASSWORD": "secret", "AEAT_REGISTRY_PASSPHRASE": "another secret"}

    added = run.invoke(
        main, ["registry", "add", str(tmp_path / "a.p12"), "--folder", folder], env=secrets
    )
    common = ["--certificates", folder, "--environment", agency.url]
    common += ["--trust", str(tmp_path / "root.pem")]
    sent = run.invoke(
        main, ["sii", "send", str(message), *common, "--holder", TITULAR.nif], env=secrets
    )
    who = ["--nif", TITULAR.nif, "--name", TITULAR.name, "--year", "2026", "--period", "03"]
    asked = run.invoke(main, ["sii", "query", *who, *common], env=secrets)

    named = secrets | {"AEAT_REGISTRY_PASSPHRASE": "wrong", "MINE": "another secret"}
    wrong = run.invoke(main, ["sii", "query", *who, *common], env=named)
    mine = run.invoke(main, ["sii", "query", *who, *common, "--passphrase-env", "MINE"], env=named)

    assert added.exit_code == 0, added.output
    assert sent.exit_code == 0, sent.output
    assert '"state": "Correcto"' in sent.output
    assert '"number": "S-6"' in asked.output
    assert wrong.exit_code not in (0, 1), wrong.output
    assert mine.output == asked.output
