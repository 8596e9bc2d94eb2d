"""The faithful copy, the report of migration and the verbs of the command."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import ubl_peppol
from einvoice_core.records import Record
from ubl_peppol import spfe, ubl25
from ubl_peppol.cli import main
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import LossKind
from ubl_peppol.model import Invoice
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


PLACES = (
    (r"/buyer_reference", "/buyer_references[0]"),
    (r"/payment_terms", "/payment_terms[0]/note"),
    (r"/(seller|buyer)/vat_id", r"/\1/tax_ids[0]/value"),
    (r"/(seller|buyer)/address/line_1", r"/\1/address/street"),
    (r"/payment/means_code", "/payment_means[0]/code"),
    (r"/payment/credit_transfers(\[\d+\])/account/value", r"/payment_means\1/account"),
    (r"/totals/vat", "/tax_totals[0]/amount"),
    (r"/totals/vat_in_accounting_currency", "/tax_totals[1]/amount"),
    (r"/vat_breakdown(\[\d+\]/\w+)", r"/tax_totals[0]/breakdown\1"),
    (r"(/lines\[\d+\])/vat/(category|rate)", r"\1/item/vat_\2"),
)
"""Where a path of the source stands in the copy; one that is not named stands in the same place."""
PART = re.compile(r"(.*)/(allowances|charges)\[(\d+)\]/(\w+)")
OURS = re.compile(
    r"/(specification|business_process|is_copy)|.*/(tax_scheme|is_charge)"
    r"|/(seller|buyer)/tax_ids\[0\]/tax|/tax_totals\[\d\]/currency"
)
"""What the format fixes; no datum of an invoice."""
NOTED = (
    (re.compile(r"(/lines\[\d+\])/item/properties\[0\]/\w+"), "BT-161"),
    (re.compile(r"(/lines\[\d+\])/allowances_charges\[\d+\]/tax_code"), "BT-ES-22"),
)
"""What is assumed for a line: its ledger has an entry with that term at the line."""


def place_of(path: str, source: Invoice) -> str:
    """Return where a path of the source stands in the copy."""
    if (part := PART.fullmatch(path)) is not None:
        above, kind, number, name = part.groups()
        line = re.fullmatch(r"/lines\[(\d+)\]", above)
        owner = source.lines[int(line[1])] if line else source
        # Charges come after the allowances of the same owner.
        offset = len(owner.allowances) if kind == "charges" else 0
        return f"{above}/allowances_charges[{int(number) + offset}]/{name}"
    for pattern, target in PLACES:
        if (match := re.fullmatch(pattern, path)) is not None:
            return match.expand(target)
    return path


def unaccounted(source: Invoice, copy: spfe.FaithfulCopy) -> list[str]:
    """Return the paths that are neither at their place nor in the ledger, on both sides."""
    carried = dict(values(copy.invoice))
    gone = {loss.path: loss.value for loss in copy.losses if loss.kind is not LossKind.ASSUMED}
    assumed = {(loss.path, loss.term) for loss in copy.losses if loss.kind is LossKind.ASSUMED}
    explained, found = set(), []
    for path, value in values(source):
        place, parent = place_of(path, source), path.rpartition("/")[0]
        if path in gone:
            if gone[path] != str(value):
                found.append(path)
        elif parent in gone:
            continue  # an identifier or an attachment: one datum with what qualifies it
        elif carried.get(place) == value:
            explained.add(place)
        else:
            found.append(path)
    for place in carried.keys() - explained:
        matches = ((pattern.fullmatch(place), term) for pattern, term in NOTED)
        noted = any(match and (match[1], term) in assumed for match, term in matches)
        if not OURS.fullmatch(place) and not noted:
            found.append(f"copy:{place}")
    return sorted(found)


def _twice(source: Invoice) -> Invoice:
    """Repeat what may be repeated, with other values, so that places cannot be mistaken."""
    line = source.lines[-1]
    other = line.model_copy(
        update={
            "id": "1",
            "quantity": line.quantity + 1,
            "allowances": tuple(
                each.model_copy(update={"amount": each.amount + 1, "reason": f"{each.reason} 2"})
                for each in line.allowances
            )
            + line.allowances,
        }
    )
    changed = tuple(
        each.model_copy(update={"amount": each.amount + 1, "reason": f"{each.reason} 2"})
        for each in source.allowances
    )
    # The ids are no places: the first line is called 2, and the second one 1.
    first = source.lines[0].model_copy(update={"id": "2"})
    return source.model_copy(
        update={"lines": (first, other), "allowances": source.allowances + changed}
    )


SOURCES = {
    name: made.model_copy(update={"type_code": "380"})
    for name, made in {
        "small": small_invoice(),
        "small twice": _twice(small_invoice()),
        "full": full_invoice(),
        "full twice": _twice(full_invoice()),
    }.items()
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_value_is_in_the_copy_or_in_the_ledger(source: Invoice) -> None:
    assert unaccounted(source, spfe.faithful_copy(source)) == []


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_value_in_another_place_is_seen(source: Invoice) -> None:
    """Names of the parties changed over, a line moved, an entry of the ledger lost."""
    copy = spfe.faithful_copy(source)
    invoice = copy.invoice
    swapped = invoice.model_copy(
        update={
            "seller": invoice.seller.model_copy(update={"name": invoice.buyer.name}),
            "buyer": invoice.buyer.model_copy(update={"name": invoice.seller.name}),
        }
    )
    assert unaccounted(source, replace(copy, invoice=swapped)) == [
        "/buyer/name",
        "/seller/name",
        "copy:/buyer/name",
        "copy:/seller/name",
    ]
    if len(source.lines) > 1:
        moved = invoice.model_copy(update={"lines": invoice.lines[::-1]})
        assert "/lines[0]/id" in unaccounted(source, replace(copy, invoice=moved))
    for number in range(len(copy.losses)):
        rest = copy.losses[:number] + copy.losses[number + 1 :]
        assert unaccounted(source, replace(copy, losses=rest)), copy.losses[number]


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
