"""Classification: one operation, the codes of every format, the article."""

from collections.abc import Mapping
from typing import Any

import pytest

from tax_es.errors import ArgumentError, ConditionError, UnknownKindError
from tax_es.iva import operations
from tax_es.iva.operations import Place, Supply, What, classify

CANARIAS, CEUTA = Place("ES", "canarias"), Place("ES", "ceuta")
FRANCE, GREECE, NORWAY = Place("FR"), Place("GR"), Place("NO")
CASES: list[tuple[Mapping[str, Any], str, str, str]] = [
    # fields, name, category of EN 16931, code of SII
    ({}, "domestic", "S", "S1"),
    ({"zero_rate": True}, "domestic", "Z", "S1"),
    ({"reverse_charge": True}, "reverse_charge", "AE", "S2"),
    ({"not_subject": True}, "not_subject", "O", "N1"),
    ({"exemption": "exempt_inland"}, "exempt_inland", "E", "E1"),
    ({"exemption": "export_assimilated"}, "export_assimilated", "E", "E3"),
    ({"exemption": "free_zone"}, "free_zone", "E", "E4"),
    ({"exemption": "exempt_other"}, "exempt_other", "E", "E6"),
    ({"exemption": "investment_gold"}, "investment_gold", "E", "E6"),
    ({"buyer": NORWAY}, "export", "G", "E2"),
    ({"buyer": CANARIAS}, "export", "G", "E2"),
    ({"buyer": FRANCE, "buyer_registered": True}, "intra_community_supply", "K", "E5"),
    ({"buyer": GREECE, "buyer_registered": True}, "intra_community_supply", "K", "E5"),
    ({"buyer": FRANCE, "buyer_registered": False}, "domestic", "S", "S1"),
    ({"buyer": FRANCE, "buyer_is_business": False, "over_distance_threshold": False}, "domestic",
     "S", "S1"),
    ({"buyer": FRANCE, "buyer_is_business": False, "over_distance_threshold": True,
      "one_stop_shop": True}, "one_stop_shop", "S", "N2"),
    ({"buyer": FRANCE, "buyer_is_business": False, "over_distance_threshold": True},
     "not_located", "O", "N2"),
    ({"what": What.SERVICE}, "domestic", "S", "S1"),
    ({"what": What.SERVICE, "buyer": FRANCE}, "service_to_union_business", "AE", "N2"),
    ({"what": What.SERVICE, "buyer": NORWAY}, "not_located", "O", "N2"),
    ({"what": What.SERVICE, "buyer": CANARIAS}, "not_located", "O", "N2"),
    ({"what": What.SERVICE, "buyer": FRANCE, "buyer_is_business": False}, "domestic", "S", "S1"),
    ({"what": What.ELECTRONIC, "buyer": NORWAY, "buyer_is_business": False}, "not_located", "O",
     "N2"),
    ({"what": What.ELECTRONIC, "buyer": FRANCE, "buyer_is_business": False,
      "over_distance_threshold": True, "one_stop_shop": True}, "one_stop_shop", "S", "N2"),
    ({"what": What.REAL_ESTATE, "buyer": FRANCE, "happens_at": Place()}, "domestic", "S", "S1"),
    ({"what": What.EVENT, "happens_at": FRANCE}, "not_located", "O", "N2"),
    ({"seller": CANARIAS}, "igic", "L", "N2"),
    ({"seller": CEUTA}, "ipsi", "M", "N2"),
    ({"regime": "margin_used_goods"}, "margin_used_goods", "E", "S1"),
    ({"regime": "travel_agency"}, "travel_agency", "E", "S1"),
    ({"regime": "cash_accounting"}, "cash_accounting", "S", "S1"),
    ({"regime": "equivalence_retailer"}, "equivalence_retailer", "S", "S1"),
    ({"regime": "simplified_regime"}, "simplified_regime", "S", "S1"),
    ({"regime": "import_one_stop_shop"}, "import_one_stop_shop", "S", "S1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "name", "category", "sii"),
    CASES,
    ids=[f"{n}-{i}" for i, (_, n, *_) in enumerate(CASES)],
)
def test_operations(fields: Mapping[str, Any], name: str, category: str, sii: str) -> None:
    found = classify(Supply(**fields))
    assert (found.name, found.en16931_category, found.sii) == (name, category, sii)
    assert "art" in found.article


def test_codes_of_every_format() -> None:
    found = classify(Supply(buyer=FRANCE, buyer_registered=True))
    assert (found.en16931_reason, found.facturae_tax, found.facturae_event) == (
        "VATEX-EU-IC",
        "01",
        "01",
    )
    assert (found.ticketbai, found.ticketbai_regime, found.sii_regime) == ("E5", "01", "01")
    assert found.box == "59"
    assert classify(Supply(regime="cash_accounting")).sii_regime == "07"
    assert classify(Supply(regime="equivalence_retailer")).ticketbai_regime == "51"
    assert classify(Supply(seller=CANARIAS)).facturae_tax == "03"


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({"buyer": FRANCE}, "buyer_registered"),
        ({"buyer": FRANCE, "buyer_is_business": False}, "over_distance_threshold"),
        ({"what": What.REAL_ESTATE}, "happens_at"),
        ({"what": What.ELECTRONIC, "buyer": FRANCE, "buyer_is_business": False},
         "over_distance_threshold"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_asked_for(fields: Mapping[str, Any], condition: str) -> None:
    with pytest.raises(ConditionError) as refused:
        classify(Supply(**fields))
    assert refused.value.details["condition"] == condition


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"exemption": "export", "reverse_charge": True}, ArgumentError),
        ({"exemption": "because"}, UnknownKindError),
        ({"regime": "secret"}, UnknownKindError),
        ({"what": "idea"}, UnknownKindError),
    ],
)
def test_contradictions_are_refused(fields: Mapping[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        classify(Supply(**fields))


def test_kinds_by_name() -> None:
    assert len(operations.names()) >= 20
    for name in operations.names():
        found = operations.by_name(name)
        assert found.sii in {"S1", "S2", "N1", "N2", *(f"E{n}" for n in range(1, 7))}
        assert (found.facturae_event == "01") is found.sii.startswith("E")
    with pytest.raises(UnknownKindError):
        operations.by_name("idea")
