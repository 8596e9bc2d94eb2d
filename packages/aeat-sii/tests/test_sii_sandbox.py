"""The SII client speaks to the sandbox over HTTPS: two readings of the same schemas."""

import json
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
from aeat_sii.testing import sii_attempts
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


BOOKS = (
    *("issued", "received", "assets", "intra_community", "consignment", "cash", "insurance"),
    *("travel_agencies", "collections", "payments", "buildings"),
)
TOLD: dict[str, tuple[list[str], dict[str, object]]] = {
    "issued": (["2026", "06"], {"number": "A-1", "code": "2000", "total": "121.00"}),
    "received": (["2026", "06"], {"number": "A-1", "contrast": "not_contrasted"}),
    "investment_goods": (["2025", "0A"], {"number": "A-1", "state": "Correcta"}),
    "intra_community": (["2026", "06"], {"number": "A-1", "state": "Correcta"}),
    "consignment": (["2026", "06"], {"stock": "R1", "state": "Correcta"}),
    "cash": (["2025", "0A"], {"total": "7000.00", "state": "Correcta"}),
    "insurance": (["2025", "0A"], {"total": "7000.00", "state": "Correcta"}),
    "travel_agencies": (["2025", "0A"], {"total": "7000.00", "state": "Correcta"}),
    "aggregates": (["2026", "06"], {"values": ["21.00"]}),
    "suppliers": (["2026", "06"], {"number": "B-1", "party": sii_attempts.OTHER}),
    "suppliers_count": (["2026", "06"], {"party": sii_attempts.OTHER, "count": 1}),
    "customers": (["2026", "06"], {"number": "B-2", "party": sii_attempts.OTHER}),
    "customers_count": (["2026", "06"], {"party": sii_attempts.OTHER, "count": 1}),
    "collections": (["A-1"], {"values": ["121.00"]}),
    "payments": (["A-1"], {"values": ["121.00"]}),
    "properties": (["A-1"], {"values": ["4"]}),
}


def test_the_commands_send_to_every_book_and_ask_for_each(tmp_path: Path) -> None:
    cash = {"ClaveRegimenEspecialOTrascendencia": "07"}
    lease = {"ClaveRegimenEspecialOTrascendenciaAdicional1": "12"}
    theirs = {"Titular/NIF": sii_attempts.OTHER, "Contraparte/NIF": sii_attempts.HOLDER}
    numbers = {"NumSerieFacturaEmisor": "B-1", "IDEmisorFactura/NIF": sii_attempts.OTHER}
    bought = {"NumSerieFacturaEmisor": "B-2", "IDEmisorFactura/NIF": sii_attempts.HOLDER}
    changes = {"issued": cash | lease, "received": cash}
    with sandbox.serve(clock=lambda: sii_attempts.NOW) as running:
        root = tmp_path / "root.pem"
        root.write_bytes(running.authority.pem)

        def run(nif: str, *arguments: str) -> str:
            file = tmp_path / f"{nif}.p12"
            if not file.exists():
                made = running.authority.issue(nif, "ANA PRUEBAS DEMO")
                file.write_bytes(made.to_pkcs12(b"secret"))
            connection = ["--environment", running.url, "--trust", str(root)]
            done = CliRunner().invoke(
                main,
                ["sii", *arguments, "--certificate", str(file), *connection],
                env={"AEAT_CERTIFICATE_PASSWORD": "secret"},
            )
            assert done.exit_code == 0, done.output
            return done.output

        def send(nif: str, name: str, more: dict[str, str]) -> None:
            file = tmp_path / "message.xml"
            file.write_bytes(sii_attempts.message(name, more)[0])
            assert json.loads(run(nif, "send", str(file)))["code"] in (None, "2000")

        for name in BOOKS:
            send(sii_attempts.HOLDER, name, changes.get(name, {}))
        send(sii_attempts.OTHER, "issued", theirs | numbers)
        send(sii_attempts.OTHER, "received", theirs | bought)
        who = ["--nif", sii_attempts.HOLDER, "--name", "X"]
        for book, (asked, told) in TOLD.items():
            when = ["--year", asked[0], "--period", asked[-1]]
            if len(asked) == 1:
                when = ["--number", asked[0], "--issued-on", "2026-06-15"]
            if book == "payments":
                when += ["--issuer-nif", sii_attempts.OTHER, "--issuer-name", "X"]

            (row,) = json.loads(run(sii_attempts.HOLDER, "query", "--book", book, *who, *when))

            if "values" in told:
                assert set(told["values"]) <= set(row["values"].values()), book  # type: ignore[call-overload]
            else:
                assert {name: row[name] for name in told} == told, book


def test_a_book_is_asked_for_by_what_it_needs() -> None:
    who = ["sii", "query", "--nif", TITULAR.nif, "--name", "X", "--book"]

    by_period = CliRunner().invoke(main, [*who, "collections", "--year", "2026", "--period", "06"])
    by_invoice = CliRunner().invoke(main, [*who, "cash", "--number", "1"])

    assert by_period.exit_code == by_invoice.exit_code == 2
    assert "--number and --issued-on" in by_period.output
    assert "--year and --period" in by_invoice.output
