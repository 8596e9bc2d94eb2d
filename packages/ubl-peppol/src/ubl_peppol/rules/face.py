"""FACe's CIUS for UBL 2.1 and CII: what is known of it, under ids of our own.

Official is the identifier alone, and that FACe takes both syntaxes since 2019-04-18. The text of
the CIUS was not read and no rules were published for machines, so the rest is inferred: the three
administrative units are those that FACe asks of every invoice, and where they stand is a
:class:`Dir3Mapping`, which can be changed::

    profile = face_profile(Dir3Mapping(roles=("01", "02", "03")))
    report = ubl_peppol.validate(xml, profile)

What is inferred is a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from einvoice_core.errors import BadParameterError
from einvoice_core.findings import Breach, Severity
from ubl_peppol.reading import Reading, Value
from ubl_peppol.rules._common import shown
from ubl_peppol.rules._engine import Rules

__all__ = ["DEFAULT", "SPECIFICATION", "Dir3Mapping", "face", "face_rules"]

SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:face.gob.es:CIUS-ES-FACE:1.0.0"
"""The specification identifier (BT-24), on which four implementations agree."""

_RELEASE = "CIUS-ES-FACE 1.0.0 as inferred; its text was not read"
_IDENTIFIER = "identifier of CIUS-ES-FACE 1.0.0, on which four public implementations agree"
_UNITS = {
    "01": "accounting office (oficina contable)",
    "02": "managing body (órgano gestor)",
    "03": "processing unit (unidad tramitadora)",
}
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{7,8}")
_RECEIPT_LENGTH = 250


@dataclass(frozen=True, slots=True)
class Dir3Mapping:
    """How the administrative units stand in the buyer reference (BT-10): role, code, role, code.

    The default is the form of the one public implementation that was found.

    Attributes:
        roles: Roles in the order in which ``write`` puts them: 01 accounting office, 02 managing
            body, 03 processing unit. ``read`` takes any order.
        separator: Stands between role and code, and between the pairs.

    Raises:
        BadParameterError: A role is missing, twice or unknown, or the separator could be part of
            a code.
    """

    roles: tuple[str, ...] = ("03", "02", "01")
    separator: str = "|"

    def __post_init__(self) -> None:
        """Refuse a mapping that could not be read back."""
        if sorted(self.roles) != sorted(_UNITS):
            raise BadParameterError(f"the roles are {', '.join(_UNITS)}, each once")
        if not self.separator or re.search(r"[A-Z0-9]", self.separator):
            raise BadParameterError("the separator has no capitals and no digits, and is not empty")

    def write(self, accounting_office: str, managing_body: str, processing_unit: str) -> str:
        """Return the buyer reference (BT-10) for three DIR3 codes.

        Raises:
            BadParameterError: A code has not the shape of DIR3.
        """
        codes = dict(zip(_UNITS, (accounting_office, managing_body, processing_unit), strict=True))
        for role, code in codes.items():
            if not _is_code(code):
                raise BadParameterError(f"{code!r} is no DIR3 code, for the {_UNITS[role]}")
        return self.separator.join(part for role in self.roles for part in (role, codes[role]))

    def read(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return the pairs of role and code of a buyer reference; none when it has another form."""
        parts = text.strip().split(self.separator)
        if len(parts) % 2:
            return ()
        pairs = tuple(zip(parts[::2], parts[1::2], strict=True))
        return pairs if all(re.fullmatch(r"[0-9]{2}", role) for role, _ in pairs) else ()


DEFAULT = Dir3Mapping()
"""The mapping that is used when none is given."""


def _is_code(code: str) -> bool:
    return len(code) == 9 and _CODE.fullmatch(code) is not None


def face_rules(mapping: Dir3Mapping = DEFAULT) -> Rules:
    """Make the rules of FACe's CIUS with a mapping of the administrative units."""
    rules = Rules(_RELEASE, "cius-es-face")
    rules.rule(
        "ES-FACE-01",
        terms=["BT-24"],
        source=_IDENTIFIER,
        message="The specification (BT-24) is {value}: FACe's CIUS is {wanted}.",
    )(_specification_is_of_face)
    inferred = {
        "ES-FACE-02": (
            _units_are_named,
            "The buyer reference (BT-10) lacks the {unit}: write it as {form}.",
        ),
        "ES-FACE-03": (
            _codes_have_the_shape_of_dir3,
            "The code of role {role} in the buyer reference (BT-10) is {value}: a DIR3 code has "
            "nine characters, one or two letters and then digits.",
        ),
        "ES-FACE-04": (
            _no_role_is_twice,
            "Role {role} is twice in the buyer reference (BT-10): keep one.",
        ),
    }
    for rule, (check, message) in inferred.items():
        rules.family({rule: mapping}, terms=["BT-10"], severity=Severity.WARNING, message=message)(
            check
        )
    rules.rule(
        "ES-FACE-05",
        terms=["BT-15"],
        severity=Severity.WARNING,
        message="The receiving advice (BT-15) has {length} characters: keep {limit} at most.",
    )(_receiving_advice_is_short)
    return rules


def _specification_is_of_face(invoice: Reading) -> Iterator[Breach]:
    """The specification identifier is that of FACe's CIUS."""
    values = invoice.document.values("BT-24")
    if [value.collapsed for value in values] != [SPECIFICATION]:
        at = values[0] if values else invoice.document.node("BT-24")
        value = values[0].collapsed if values else ""
        yield Breach(at=at, value=shown(value), wanted=SPECIFICATION)


def _references(invoice: Reading) -> list[Value]:
    return invoice.document.values("BT-10")


def _units_are_named(invoice: Reading, mapping: Dir3Mapping) -> Iterator[Breach]:
    """The buyer reference names accounting office, managing body and processing unit."""
    found = {role for value in _references(invoice) for role, _ in mapping.read(value.collapsed)}
    form = mapping.separator.join(part for role in mapping.roles for part in (role, "DIR3"))
    for role, unit in _UNITS.items():
        if role not in found:
            yield Breach(at=invoice.document.node("BT-10"), unit=f"{role} {unit}", form=form)


def _codes_have_the_shape_of_dir3(invoice: Reading, mapping: Dir3Mapping) -> Iterator[Breach]:
    """Each code of the buyer reference has the shape of a DIR3 code."""
    for value in _references(invoice):
        for role, code in mapping.read(value.collapsed):
            if not _is_code(code):
                yield Breach(at=value, role=role, value=shown(code))


def _no_role_is_twice(invoice: Reading, mapping: Dir3Mapping) -> Iterator[Breach]:
    """The buyer reference names each role once."""
    for value in _references(invoice):
        roles = [role for role, _ in mapping.read(value.collapsed)]
        for role in sorted({role for role in roles if roles.count(role) > 1}):
            yield Breach(at=value, role=role)


def _receiving_advice_is_short(invoice: Reading) -> Iterator[Breach]:
    """The receiving advice has at most 250 characters, as a third party says of the CIUS."""
    for value in invoice.document.values("BT-15"):
        if len(value.collapsed) > _RECEIPT_LENGTH:
            yield Breach(at=value, length=str(len(value.collapsed)), limit=str(_RECEIPT_LENGTH))


face: Rules = face_rules()
"""The rules with the default mapping."""
