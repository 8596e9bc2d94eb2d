"""Checks of the status messages (ES-SPFE-120 to 129)."""

from einvoice_core.findings import Breach
from ubl_peppol.spfe.lists import codes
from ubl_peppol.spfe.messages.kinds import KINDS, MessageKind
from ubl_peppol.spfe.rules._base import Breaches, Document, check

__all__: list[str] = []

_RESPONSE = "cac:DocumentResponse/cac:Response"
_INVOICE = "cac:DocumentResponse/cac:DocumentReference"
_STATUS = f"{_RESPONSE}/cac:Status"
_DATES = ("DueDate", "ShipmentDate", "ReceptionDate")


def _code(doc: Document) -> str:
    return doc.text(f"{_RESPONSE}/cbc:ResponseCode")


def _kind(doc: Document) -> MessageKind | None:
    return KINDS.get(_code(doc))


@check("ES-SPFE-120", "It is no ApplicationResponse of UBL 2.5: see the findings of the structure.")
def _is_a_response(doc: Document) -> Breaches:
    """The message is an ApplicationResponse of UBL 2.5 and follows its schema."""
    if not doc.well_formed:
        yield Breach(doc)


@check("ES-SPFE-121", "{code!r} is no message of the public solution: use one of the nine.")
def _known(doc: Document) -> Breaches:
    """The code is one of the nine."""
    if _kind(doc) is None:
        yield Breach(doc.at(f"{_RESPONSE}/cbc:ResponseCode"), code=_code(doc))


@check("ES-SPFE-122", "An invoice of the message lacks {what}: state it.")
def _invoices(doc: Document) -> Breaches:
    """Each invoice has number, date, and NIF and name of its seller."""
    wanted = {
        "its number": "cbc:ID",
        "its date": "cbc:IssueDate",
        "the NIF of the seller": "cac:IssuerParty/cac:PartyTaxScheme/cbc:CompanyID",
        "the name of the seller": "cac:IssuerParty/cac:PartyLegalEntity/cbc:RegistrationName",
    }
    for each in doc.all(_INVOICE):
        for what, path in wanted.items():
            if not each.text(path):
                yield Breach(each, what=what)


@check("ES-SPFE-123", "The message has {count} dates of effect: {code} wants one.")
def _effective(doc: Document) -> Breaches:
    """Every message has one date of effect, but those that cancel another message."""
    kind, count = _kind(doc), len(doc.all(f"{_RESPONSE}/cbc:EffectiveDate"))
    if kind is not None and kind.cancels is None and count != 1:
        yield Breach(doc.at(_RESPONSE), count=count, code=kind.code)


def _dated(doc: Document, name: str) -> int:
    found = [each.text("cac:Condition/cbc:AttributeID") for each in doc.all(_STATUS)]
    return found.count(name)


@check("ES-SPFE-124", "A payment has {count} due dates (DueDate): it wants one.")
def _due(doc: Document) -> Breaches:
    """A payment has one due date."""
    count = _dated(doc, "DueDate")
    if _code(doc) == "PAYMENT" and count != 1:
        yield Breach(doc.at(_RESPONSE), count=count)


@check("ES-SPFE-125", "A rejection wants one reason: 01 or 02.")
def _reason(doc: Document) -> Breaches:
    """A rejection has one reason."""
    found = [each.text() for each in doc.all(f"{_STATUS}/cbc:ConditionCode")]
    if _code(doc) == "REJECTION" and (len(found) != 1 or found[0] not in codes("rejection")):
        yield Breach(doc.at(_RESPONSE))


@check("ES-SPFE-126", "{name!r}: a date needs its day, its kind is one of the message, and once.")
def _dates(doc: Document) -> Breaches:
    """A date of a status has a day, fits the message and stands once."""
    kind, seen = _kind(doc), set[str]()
    for each in doc.all(_STATUS):
        name = each.text("cac:Condition/cbc:AttributeID")
        day = each.all("cbc:ReferenceDate")
        if name not in _DATES and not day:
            continue
        fits = kind is None or name in kind.dates
        if not fits or len(day) != 1 or name in seen:
            yield Breach(each, name=name)
        seen.add(name)


@check("ES-SPFE-127", "{name} does not belong to {code}: leave it out.")
def _indicators(doc: Document) -> Breaches:
    """An indicator stands in the message that it is for."""
    kind = _kind(doc)
    if kind is None:
        return
    for each in doc.all(_STATUS):
        names = (each.text("cbc:StatusReason"), each.text("cac:Condition/cbc:AttributeID"))
        for name in names:
            if name and name not in _DATES and name not in kind.indicators:
                yield Breach(each, name=name, code=kind.code)


@check("ES-SPFE-128", "The message is about {count} invoices: {code} is about {wanted}.")
def _count(doc: Document) -> Breaches:
    """A message is about one invoice; a cancellation of invoices about one or more."""
    kind, count = _kind(doc), len(doc.all(_INVOICE))
    if kind is None:
        return
    many = kind.code == "CANCELINVOICE"
    if not count or (count > 1 and not many):
        wanted = "one or more" if many else "one"
        yield Breach(doc, count=count, code=kind.code, wanted=wanted)


@check("ES-SPFE-129", "{name} stands for a part: the public solution knows the whole invoice only.")
def _whole(doc: Document) -> Breaches:
    """Nothing is paid or rejected in part."""
    for name in ("cac:LineResponse", "cac:IssuerParty/cbc:PaidAmount"):
        if (found := doc.one(f"cac:DocumentResponse/{name}")) is not None:
            yield Breach(found, name=name)
