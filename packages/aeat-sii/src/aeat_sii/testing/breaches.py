"""Records that break one rule each, for every code of the agency that a record can provoke.

Programs that talk to the agency, or to the sandbox, rehearse a rejection with them::

    record = breaches.registration("1142")

The instant at which they are judged is :data:`~aeat_sii.testing.examples.NOW`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from aeat_sii.testing import examples
from aeat_sii.testing.examples import ISSUER, NOW, line, system
from aeat_sii.verifactu import chain
from aeat_sii.verifactu.records import (
    BreakdownLine,
    CancellationRecord,
    Chaining,
    ChainLink,
    Header,
    InvoiceId,
    OtherId,
    Person,
    RectifiedAmounts,
    RegistrationRecord,
    RequestedSubmission,
    SpanishPerson,
    VoluntarySubmission,
)

__all__ = [
    "CANCELLATIONS",
    "HEADERS",
    "REGISTRATIONS",
    "cancellation",
    "corrective",
    "header",
    "invoice",
    "lines",
    "not_taxed",
    "of_day",
    "person",
    "registration",
    "simplified",
    "surcharge",
    "vat",
]

_PREVIOUS = ChainLink(
    issuer_nif=ISSUER, number="2026/0000", issued_on=date(2026, 6, 30), fingerprint="A" * 64
)
_ANOTHER = InvoiceId(issuer_nif=ISSUER, number="2025/0001", issued_on=date(2025, 12, 1))
_FOREIGN = Person(name="X", other_id=OtherId(country="FR", kind="02", id="FR40303265045"))
_PASSPORT = Person(name="X", other_id=OtherId(country="FR", kind="04", id="X1"))


def person(kind: str, country: str | None = "ES") -> Person:
    """Make somebody with an identification that is not a NIF."""
    return Person(name="X", other_id=OtherId(country=country, kind=kind, id="X1"))


def invoice(**changes: Any) -> InvoiceId:  # noqa: ANN401 - fields of a record
    """Make the identification of the invented invoice, with changes."""
    return examples.registration().invoice.model_copy(update=changes)


def not_taxed(**changes: Any) -> BreakdownLine:  # noqa: ANN401 - fields of a record
    """Make a line without rate and tax."""
    return line(**{"rate_percent": None, "output_tax": None} | changes)


def lines(*breakdown: BreakdownLine, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    """Make the changes that give a record these lines."""
    return {"breakdown": breakdown, **changes}


def corrective(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    """Make the changes that turn a record into a corrective one."""
    return {"kind": "R1", "rectification": "I", "rectified": (_ANOTHER,), **changes}


def simplified(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    """Make the changes that turn a record into a simplified one."""
    return {"kind": "F2", "recipients": (), **changes}


def of_day(day: date, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    """Make the changes that give a record one line of an operation on a day."""
    return lines(line(**changes), operated_on=day)


def surcharge(rate: str, percent: str, day: date = date(2026, 7, 1)) -> dict[str, Any]:
    """Make the changes that give a record a rate with a surcharge."""
    tax = Decimal(rate)
    return of_day(
        day,
        rate_percent=tax,
        output_tax=tax,
        surcharge_percent=Decimal(percent),
        equivalence_surcharge=Decimal(percent),
    )


_NOT_IN_CENSUS = OtherId(country="ES", kind="07", id="B12345674")
_SUBSTITUTED = RectifiedAmounts(taxable_base=Decimal(1), output_tax=Decimal(0))
_EXPORT = not_taxed(regime="02", qualification=None, exemption="E2")
_COLLECTION = not_taxed(regime="10", qualification="N1")
_PUBLIC_WORKS = line(regime="14")
_IPSI = line(tax="02", regime=None)


def vat(id_: str, country: str | None = None) -> Person:
    """Make somebody with a VAT number."""
    return Person(name="X", other_id=OtherId(country=country, kind="02", id=id_))


REGISTRATIONS: Mapping[str, dict[str, Any]] = {
    "1103": {"recipients": (vat("FR1"),)},
    "1104": {"invoice": invoice(number=" ")},
    "1108": {"invoice": invoice(issuer_nif="89890002E")},
    "1111": {"recipients": (person("04", country=None),)},
    "1112": {"invoice": invoice(issued_on=date(2026, 7, 2))},
    "1114": {"kind": "R1"},
    "1115": {"rectification": "I"},
    "1116": {"substituted": (_ANOTHER,)},
    "1117": {"rectified": (_ANOTHER,)},
    "1118": corrective(rectification="S"),
    "1119": corrective(rectified_amounts=_SUBSTITUTED),
    "1122": {"recipients": (vat("FR40303265045", "DE"),)},
    "1123": {"recipients": (Person(name="X", nif="89890002F"),)},
    "1124": lines(line(rate_percent=Decimal(20), output_tax=Decimal(20))),
    "1125": {"operated_on": date(2028, 1, 1)} | lines(_PUBLIC_WORKS),
    "1126": {"recipients": (person("07", country="FR"),)},
    "1127": surcharge("21", "5.1"),
    "1130": {"invoice": invoice(number="A=1")},
    "1131": {"recipients": (Person(name="X", other_id=_NOT_IN_CENSUS),)},
    "1134": {"operated_on": date(2006, 6, 30)},
    "1138": {"is_macrodata": True},
    "1139": {"total": Decimal(100_000_000)},
    "1140": lines(line(regime="06", base_at_cost=Decimal(-100), output_tax=Decimal(1))),
    "1142": lines(line(output_tax=Decimal("31.01"))),
    "1143": lines(line(output_tax=Decimal("-21.00"))),
    "1144": lines(line(regime="06", base_at_cost=Decimal(100), output_tax=Decimal("31.01"))),
    "1146": {"operated_on": date(2026, 7, 2)},
    "1147": lines(_PUBLIC_WORKS),
    "1148": {"kind": "F3"} | lines(_PUBLIC_WORKS),
    "1149": lines(_PUBLIC_WORKS),
    "1150": simplified(**lines(line(taxable_base=Decimal("3010.01"), output_tax=Decimal(0)))),
    "1152": {"invoice": invoice(issued_on=date(2024, 10, 27))},
    "1153": {"previous_rejection": "X"},
    "1156": simplified(recipients=(_FOREIGN,)),
    "1157": {"has_coupon": True},
    "1158": simplified(issued_by="D"),
    "1161": {"previous_rejection": "S", "is_correction": False},
    "1162": surcharge("21", "1.4"),
    "1163": surcharge("10", "5.2"),
    "1164": surcharge("4", "1.4"),
    "1165": surcharge("0", "0.5", date(2024, 9, 30)),
    "1166": surcharge("2", "0.5", date(2024, 12, 31)),
    "1167": surcharge("5", "0.62", date(2022, 12, 31)),
    "1168": surcharge("5", "0.5", date(2023, 1, 1)),
    "1169": surcharge("7.5", "1.4", date(2024, 12, 31)),
    "1173": {"operated_on": date(2026, 7, 2)},
    "1176": {"system": system(producer_nif="89890001A")},
    "1177": {"system": system(id="a1")},
    "1178": {"issued_by": "T", "third_party": Person(name="X")},
    "1180": {"chaining": Chaining()},
    "1182": lines(not_taxed(qualification=None, exemption="E7")),
    "1183": simplified(is_simplified_with_recipient=True),
    "1185": {"lacks_recipient": True},
    "1186": {"issued_by": "T"},
    "1187": {"third_party": Person(name="X", nif="89890002E")},
    "1188": {"issued_by": "T", "third_party": Person(name="X", nif=ISSUER)},
    "1189": {"recipients": ()},
    "1190": {"kind": "F2"},
    "1191": corrective(kind="R3", recipients=(_PASSPORT,)),
    "1192": corrective(kind="R2", recipients=(_PASSPORT,)),
    "1194": of_day(date(2024, 10, 1), rate_percent=Decimal(5), output_tax=Decimal(5)),
    "1195": lines(not_taxed(qualification=None)),
    "1196": lines(not_taxed(exemption="E1")),
    "1197": simplified(
        **lines(line(qualification="S2", rate_percent=Decimal(0), output_tax=Decimal(0)))
    ),
    "1198": lines(line(qualification="S2", rate_percent=None, output_tax=Decimal(0))),
    "1199": lines(not_taxed(qualification=None, exemption="E2")),
    "1200": lines(line(regime="03", qualification="S2")),
    "1201": lines(line(regime="04")),
    "1202": lines(line(regime="06")),
    "1203": lines(not_taxed(regime="07", qualification="N1")),
    "1205": lines(line(regime="10")),
    "1206": lines(line(regime="11", rate_percent=Decimal(10), output_tax=Decimal(10))),
    "1207": lines(line(qualification="N1")),
    "1208": lines(line(output_tax=None)),
    "1209": lines(line(regime="06", base_at_cost=Decimal(1), output_tax=None)),
    "1211": {"issued_by": "T", "third_party": person("07")},
    "1220": {"system": system(name=" ")},
    "1221": {"system": system(producer_nif=None, producer_other_id=person("07").other_id)},
    "1222": {"system": system(producer_nif=None, producer_other_id=vat("fr").other_id)},
    "1223": {"system": system(producer_nif=None)},
    "1232": {"issued_by": "T", "third_party": person("04")},
    "1234": {"recipients": (person("04"),)},
    "1235": of_day(date(2025, 1, 1), rate_percent=Decimal(2), output_tax=Decimal(2)),
    "1236": of_day(date(2024, 9, 30), rate_percent=Decimal("7.5"), output_tax=Decimal("7.5")),
    "1237": lines(line(qualification="N2")),
    "1238": lines(line(qualification=None, exemption="E1")),
    "1239": {"recipients": (Person(name="X"),)},
    "1245": lines(line(regime=None)),
    "1246": lines(line(regime="21")),
    "1252": lines(line(regime="08")),
    "1254": {"recipients": (vat("XI123456789"),), "operated_on": date(2020, 12, 31)},
    "1255": {"recipients": (vat("GB123456789"),), "operated_on": date(2021, 2, 1)},
    "1257": lines(line(base_at_cost=Decimal(100))),
    "1260": lines(line(tax="05")),
    "1281": lines(
        not_taxed(
            qualification="N1", surcharge_percent=Decimal(0), equivalence_surcharge=Decimal(0)
        )
    ),
    "1284": lines(line(surcharge_percent=Decimal("5.2"))),
    "1286": lines(line(regime="02")),
    "1289": lines(not_taxed(qualification=None, exemption="E5")),
    "1290": {"recipients": (person("07"),)},
    "1293": lines(line(tax="03", regime="20")),
    "1292": {"fingerprint": "-" * 64},
    "2000": {"fingerprint": "B" * 64},
    "2002": {"chaining": Chaining(previous=_PREVIOUS.model_copy(update={"fingerprint": "A"}))},
    "2003": {"chaining": Chaining(previous=_PREVIOUS.model_copy(update={"fingerprint": "a" * 64}))},
    "2004": {"recorded_at": NOW + timedelta(hours=1)},
    "2005": {"total": Decimal("131.01")},
    "2006": {"total_tax": Decimal("31.01")},
    "2008": {"chaining": Chaining(previous=_PREVIOUS), "fingerprint": _PREVIOUS.fingerprint},
    "2009": lines(_IPSI),
}
"""Code → what to change in the invented registration so that it breaks that rule."""


def _recorded(by: str, **person: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    return {"recorded_by": by, "recorder": Person(name="X", **person)}


def _by(kind: str, by: str, country: str | None = "ES", id_: str = "X1") -> dict[str, Any]:
    return _recorded(by, other_id=OtherId(country=country, kind=kind, id=id_))


def _cancelled(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a record
    stated = examples.cancellation().invoice
    return {"invoice": stated.model_copy(update=changes)}


CANCELLATIONS: Mapping[str, dict[str, Any]] = {
    "1103": _by("02", "T", None, "FR1"),
    "1104": _cancelled(number=" "),
    "1108": _cancelled(issuer_nif="89890002E"),
    "1111": _by("04", "T", None),
    "1122": _by("02", "T", "DE", "FR40303265045"),
    "1123": _cancelled(issuer_nif="89890001A"),
    "1224": {"recorded_by": "E"},
    "1227": _by("04", "E", "FR"),
    "1228": _recorded("T"),
    "1229": _by("07", "T", id_="89890002E"),
    "1230": _by("04", "D"),
    "1232": _by("04", "T"),
    "1258": _recorded("T", nif="89890002F"),
    "1259": _recorded("T", nif=ISSUER),
} | {
    code: REGISTRATIONS[code]
    for code in [
        "1176",
        "1177",
        "1180",
        "1220",
        "1221",
        "1222",
        "1223",
        "1292",
        "2000",
        "2002",
        "2003",
        "2004",
        "2008",
    ]
}
"""Code → what to change in the invented cancellation so that it breaks that rule."""

_HEADER = Header(issuer=SpanishPerson(name="CERTIFICADO UNO TELEMATICAS", nif=ISSUER))


def _requested(reference: str, is_last: bool | None = True) -> dict[str, Any]:
    return {"requested": RequestedSubmission(reference=reference, is_last=is_last)}


HEADERS: Mapping[str, tuple[bool, dict[str, Any]]] = {
    "1282": (False, {"issuer": SpanishPerson(name=" ", nif=ISSUER)}),
    "4116": (False, {"issuer": SpanishPerson(name="X", nif="89890001A")}),
    "4117": (False, {"representative": SpanishPerson(name="X", nif="89890002F")}),
    "4120": (False, {"voluntary": VoluntarySubmission(ends_on=date(2026, 6, 30))}),
    "4125": (True, {}),
    "4126": (False, _requested("REQ1")),
    "4127": (True, {"voluntary": VoluntarySubmission(had_incident=True)} | _requested("REQ1")),
    "4129": (True, _requested("REQ1", None)),
    "4133": (True, _requested("REQ-1")),
}
"""Code → whether the submission answers a request, and what to change in the header."""


def registration(code: str) -> RegistrationRecord:
    """Make the registration that breaks the rule of a code; its fingerprint is right otherwise."""
    changes = REGISTRATIONS[code]
    record = examples.registration(**changes)
    return record if "fingerprint" in changes else _sealed(record)


def cancellation(code: str) -> CancellationRecord:
    """Make the cancellation that breaks the rule of a code; its fingerprint is right otherwise."""
    changes = CANCELLATIONS[code]
    record = examples.cancellation(**changes)
    if "fingerprint" in changes:
        return record
    return record.model_copy(update={"fingerprint": chain.fingerprint(record)})


def header(code: str) -> tuple[bool, Header]:
    """Make the header that breaks the rule of a code, and say whether it answers a request."""
    on_request, changes = HEADERS[code]
    return on_request, _HEADER.model_copy(update=changes)


def _sealed(record: RegistrationRecord) -> RegistrationRecord:
    return record.model_copy(update={"fingerprint": chain.fingerprint(record)})
