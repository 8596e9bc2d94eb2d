"""The faithful copy, the report of migration and the verbs of the command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import ubl_peppol
from einvoice_core.records import Record
from ubl_peppol import spfe, ubl25
from ubl_peppol.cli import main
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import LossKind
from ubl_peppol.testing import full_invoice, small_invoice


def values(record: Record, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value of a record with its place."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        for number, each in enumerate(value if isinstance(value, tuple) else (value,)):
            here = f"{path}/{name}[{number}]" if isinstance(value, tuple) else f"{path}/{name}"
            if isinstance(each, Record):
                yield from values(each, here)
            elif each is not None:
                yield here, each


@pytest.mark.parametrize("make", [small_invoice, full_invoice])
def test_every_value_is_in_the_copy_or_in_the_ledger(make: object) -> None:
    source = make()  # type: ignore[operator]  # one of two functions
    source = source.model_copy(update={"type_code": "380"})
    copy = spfe.faithful_copy(source)
    carried = [str(value) for _, value in values(copy.invoice)]
    noted = {loss.path for loss in copy.losses}
    for path, value in values(source):
        if path in noted or path.rpartition("/")[0] in noted:
            continue
        assert str(value) in carried, path


def test_totals_never_change() -> None:
    source = full_invoice().model_copy(update={"type_code": "380"})
    copied = spfe.faithful_copy(source).invoice.totals
    for name in type(copied).model_fields:
        assert getattr(copied, name) == getattr(source.totals, name)


def test_what_is_assumed_is_said() -> None:
    source = small_invoice()
    copy = spfe.faithful_copy(source)
    assert {loss.term for loss in copy.losses if loss.kind is LossKind.ASSUMED} >= {"BT-161"}
    stated = spfe.faithful_copy(source, regime=("IVA", "01"))
    assert "BT-161" not in {loss.term for loss in stated.losses}
    assert stated.invoice.is_copy
    assert ubl25.read(ubl25.write(stated.invoice)) == stated.invoice


def test_a_credit_note_is_refused() -> None:
    source = small_invoice().model_copy(update={"type_code": "381"})
    with pytest.raises(ConversionError, match="384"):
        spfe.faithful_copy(source)


def test_the_report_of_migration_names_term_rule_and_trust() -> None:
    lacks = {lack.term: lack for lack in spfe.migrate(full_invoice())}
    assert lacks["BT-161"].rule == "ES-SPFE-042"
    assert lacks["BT-24"].target == "es-spfe-1.0.0"
    assert all(str(lack.trust) for lack in lacks.values())


def test_the_unique_code_is_three_values() -> None:
    copy = spfe.faithful_copy(small_invoice()).invoice
    code = spfe.unique_code(copy)
    assert not code.nif.startswith("ES")
    assert (code.number, code.issued_on) == (copy.number, copy.issued_on)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def test_the_command_copies_migrates_and_judges(tmp_path: Path) -> None:
    source, copy = tmp_path / "a.xml", tmp_path / "b.xml"
    source.write_bytes(ubl_peppol.ubl.write(small_invoice()))
    assert run("convert", str(source), "--to", "spfe", "--strict", "-o", str(copy))[0] == 1
    assert not copy.exists()
    run("convert", str(source), "--to", "spfe", "-o", str(copy))
    assert ubl25.read(copy.read_bytes()).totals.due == small_invoice().totals.due
    code, shown = run("migrate", str(source))
    assert code == 1
    assert "ES-SPFE-042" in shown
    assert "ES-SPFE" in run("validate", str(source), "-p", "es-spfe-1.0.0", "-q")[1]


def test_the_command_follows_messages(tmp_path: Path) -> None:
    invoice = spfe.faithful_copy(small_invoice()).invoice
    about = spfe.messages.InvoiceReference(
        number=invoice.number,
        issued_on=invoice.issued_on,
        issuer=spfe.messages.Reporter(nif=invoice.seller.nif, name=invoice.seller.name),
    )
    day = invoice.issued_on
    paid = spfe.messages.payment(
        about,
        message_id="1",
        sent_on=day,
        sender=spfe.messages.Reporter(nif="A76543214", name="B"),
        paid_on=day,
        due_on=day,
    )
    first, second = tmp_path / "1.xml", tmp_path / "2.xml"
    first.write_bytes(spfe.messages.write(paid))
    second.write_bytes(spfe.messages.write(paid))
    code, shown = run("status", str(first))
    assert (code, "recipient: paid" in shown) == (0, True)
    assert run("status", str(first), str(second))[0] == 1
