"""Code lists have a name and the day from which they hold."""

from datetime import date, timedelta

import pytest

from einvoice_core.errors import BadParameterError
from ubl_peppol.codelists import code_list, list_names, named_list, peppol_codes


@pytest.mark.parametrize(
    ("name", "code", "stranger"),
    [
        ("ISO 3166-1", "ES", "ZZ"),
        ("ISO 4217", "EUR", "ESP"),
        ("UNTDID 1001 invoices", "380", "381"),
        ("UNTDID 1001 credit notes", "381", "380"),
        ("UNTDID 1153", "ABZ", "QQQ"),
        ("UNTDID 2475", "35", "36"),
        ("UNTDID 2005", "35", "36"),
        ("UNTDID 4461", "58", "99"),
        ("UNTDID 5189", "95", "1"),
        ("UNTDID 5305", "L", "Q"),
        ("UNTDID 7143", "TST", "QQ"),
        ("UNTDID 7161", "FC", "ZZZZ"),
        ("UN/ECE Rec 20 and 21", "XBX", "C6"),
        ("EAS", "9920", "9999"),
        ("ISO 6523 ICD", "0088", "9999"),
        ("VATEX", "VATEX-EU-AE", "VATEX-ES"),
        ("MIME", "application/pdf", "text/html"),
    ],
)
def test_a_list_has_its_codes(name: str, code: str, stranger: str) -> None:
    codes = named_list(name)
    assert code in codes
    assert stranger not in codes


def test_a_list_holds_from_its_day() -> None:
    since = code_list("BR-CL-17").since
    assert since == date(2026, 4, 10)
    assert named_list("UNTDID 5305", since).since == since
    with pytest.raises(BadParameterError, match="known from 2026-04-10"):
        named_list("UNTDID 5305", since - timedelta(days=1))
    with pytest.raises(BadParameterError, match="not known"):
        named_list("UNTDID 0")


def test_the_newer_of_two_lists_wins() -> None:
    assert named_list("EAS").since > named_list("EAS", date(2026, 5, 1)).since
    assert len(list_names()) >= 19


def test_peppol_keeps_lists_of_identifiers() -> None:
    participants = {entry.value: entry for entry in peppol_codes("participants")}
    assert participants["9920"].scheme == "ES:VAT"
    assert participants["9920"].state == "active"
    removed = [entry for entry in peppol_codes("transports") if entry.state == "removed"]
    assert all(entry.removed_on is not None for entry in removed)
    assert {entry.value for entry in peppol_codes("transports")} >= {"peppol-transport-as4-v2_0"}
    assert len(peppol_codes("documents")) == 321
    with pytest.raises(BadParameterError, match="no list"):
        peppol_codes("people")
