"""Spanish tax identification number (NIF), in all its forms.

Natural persons have a DNI (eight digits and a letter), a NIE (X, Y or Z) or a NIF that begins with
K, L or M; entities have a letter for their legal form, seven digits and a control character (still
called CIF). Checking the control character does not tell whether the number was ever issued.

Source:
    Orden EHA/451/2008 (BOE-A-2008-3580); Real Decreto 1065/2007 (BOE-A-2007-15984), arts. 18 to 25.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from tax_es.errors import IdentifierError
from tax_es.ids._text import MAX_LENGTH, compact, strange_character

__all__ = ["Holder", "Nif", "NifCheck", "NifKind", "check", "complete", "normalise", "require"]

Nif = NewType("Nif", str)
"""A normalised and checked NIF, such as ``B12345674``."""


class NifKind(StrEnum):
    """Which of the forms a NIF has; it follows from the first character."""

    DNI = "dni"
    """Spaniard with an identity card: eight digits and a letter."""
    NIE = "nie"
    """Foreigner with an identity number: X, Y or Z."""
    MINOR = "k"
    """Spaniard under 14 without an identity card: K."""
    ABROAD = "l"
    """Spaniard who lives abroad, without an identity card: L."""
    FOREIGNER = "m"
    """Foreigner without an identity number: M."""
    ENTITY = "cif"
    """Legal person or entity without legal personality."""


class Holder(StrEnum):
    """Who holds a NIF: a natural person, or an entity of a legal form (its letter)."""

    NATURAL_PERSON = "natural person"
    PUBLIC_LIMITED_COMPANY = "A"
    """Sociedad anónima."""
    LIMITED_COMPANY = "B"
    """Sociedad de responsabilidad limitada."""
    GENERAL_PARTNERSHIP = "C"
    """Sociedad colectiva."""
    LIMITED_PARTNERSHIP = "D"
    """Sociedad comanditaria."""
    UNINCORPORATED_ENTITY = "E"
    """Comunidad de bienes, herencia yacente and other entities without legal personality."""
    COOPERATIVE = "F"
    """Sociedad cooperativa."""
    ASSOCIATION = "G"
    """Asociación."""
    OWNERS_COMMUNITY = "H"
    """Comunidad de propietarios en régimen de propiedad horizontal."""
    CIVIL_PARTNERSHIP = "J"
    """Sociedad civil."""
    FOREIGN_ENTITY = "N"
    """Entidad extranjera."""
    LOCAL_CORPORATION = "P"
    """Corporación local."""
    PUBLIC_BODY = "Q"
    """Organismo público."""
    RELIGIOUS_INSTITUTION = "R"
    """Congregación o institución religiosa."""
    STATE_BODY = "S"
    """Órgano de la Administración del Estado o de una comunidad autónoma."""
    JOINT_VENTURE = "U"
    """Unión temporal de empresas."""
    OTHER = "V"
    """Otros tipos no definidos en el resto de claves."""
    PERMANENT_ESTABLISHMENT = "W"
    """Establecimiento permanente de una entidad no residente."""


@dataclass(frozen=True, slots=True)
class NifCheck:
    """What a text is when read as a NIF."""

    valid: bool
    normalised: str
    """Without separators, in upper case, without the prefix ES."""
    kind: NifKind | None = None
    """What the first character announces; ``None`` when it begins no NIF."""
    holder: Holder | None = None
    reason: str = ""
    """What to change; empty when valid."""
    control: str = ""
    """The control character that belongs to the number; empty while its shape is wrong."""

    @property
    def is_entity(self) -> bool:
        """Whether the holder is an entity rather than a natural person."""
        return self.kind is NifKind.ENTITY


_SHAPE = re.compile(r"[0-9A-Z][0-9]{7}[0-9A-Z]")
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ENTITY_LETTERS = "JABCDEFGHI"
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""Sum of the digits of twice a digit."""
_MUST_BE_LETTER = frozenset("PQRSNW")
_MUST_BE_DIGIT = frozenset("ABEH")

_PERSONS = {
    **dict.fromkeys("0123456789", NifKind.DNI),
    **dict.fromkeys("XYZ", NifKind.NIE),
    "K": NifKind.MINOR,
    "L": NifKind.ABROAD,
    "M": NifKind.FOREIGNER,
}
_STARTS: dict[str, tuple[NifKind, Holder]] = {
    **{first: (kind, Holder.NATURAL_PERSON) for first, kind in _PERSONS.items()},
    **{h.value: (NifKind.ENTITY, h) for h in Holder if h is not Holder.NATURAL_PERSON},
}
_FIRST_DIGIT = str.maketrans("XYZKLM", "012000")
"""The control letter of a NIE reads X, Y, Z as 0, 1, 2; that of K, L and M skips the letter."""


def normalise(text: str) -> str:
    """Write a NIF without separators, in upper case and without the prefix ES.

    Raises:
        ArgumentError: The argument is not a text.
    """
    nif = compact(text)
    # No NIF has a letter second, so ES can only be the prefix of the country.
    return nif[2:] if nif.startswith("ES") else nif


def check(text: str) -> NifCheck:
    """Check a NIF in any form and classify it.

    Args:
        text: The number as written, with or without separators and the prefix ES.

    Returns:
        The verdict; for an invalid number, the reason says what to change.

    Raises:
        ArgumentError: The argument is not a text.
    """
    nif = normalise(text)
    kind, holder = _STARTS.get(nif[:1], (None, None))
    if kind is None or not _SHAPE.fullmatch(nif):
        return NifCheck(False, nif[:MAX_LENGTH], kind, holder, reason=_shape_fault(nif, kind))
    given = nif[8]
    if kind is not NifKind.ENTITY:
        control = _person_control(nif)
        if given == control:
            return NifCheck(True, nif, kind, holder, control=control)
        reason = f"the control letter should be {control}, not {given}"
    else:
        digit, letter = _entity_controls(nif)
        if nif[0] in _MUST_BE_LETTER or nif[1:3] == "00":
            control, wanted = letter, f"the letter {letter}"
        elif nif[0] in _MUST_BE_DIGIT:
            control, wanted = digit, f"the digit {digit}"
        else:
            control = letter if given == letter else digit
            wanted = f"{digit} or {letter}"
        if given == control:
            return NifCheck(True, nif, kind, holder, control=control)
        reason = f"the control character should be {wanted}, not {given}"
    return NifCheck(False, nif, kind, holder, reason, control)


def require(text: str) -> Nif:
    """Return the normalised NIF, or refuse a text that is not a valid one.

    Raises:
        IdentifierError: The number is not valid; ``details["check"]`` is the whole verdict.
        ArgumentError: The argument is not a text.
    """
    verdict = check(text)
    if not verdict.valid:
        raise IdentifierError(f"not a NIF: {verdict.reason}", check=verdict)
    return Nif(verdict.normalised)


def complete(number: str) -> Nif:
    """Add the control character to the eight characters before it.

    Args:
        number: Such as ``12345678``, ``X1234567`` or ``B1234567``.

    Raises:
        IdentifierError: Those characters begin no NIF.
        ArgumentError: The argument is not a text.
    """
    verdict = check(compact(number) + "0")
    if not verdict.control:
        raise IdentifierError(f"cannot complete a NIF: {verdict.reason}", check=verdict)
    return Nif(verdict.normalised[:8] + verdict.control)


def _person_control(nif: str) -> str:
    return _LETTERS[int(nif[:8].translate(_FIRST_DIGIT)) % 23]


def _entity_controls(nif: str) -> tuple[str, str]:
    digits = [ord(c) - 48 for c in nif[1:8]]
    doubled = sum(_DOUBLED[d] for d in digits[::2])
    control = -(doubled + sum(digits[1::2])) % 10
    return str(control), _ENTITY_LETTERS[control]


def _shape_fault(nif: str, kind: NifKind | None) -> str:
    if not nif:
        return "it is empty: a NIF has nine characters"
    if strange := strange_character(nif[:MAX_LENGTH]):
        return f"it contains {strange!r}: use digits and letters from A to Z"
    if kind is None:
        return f"no NIF begins with {nif[0]}"
    if kind is NifKind.DNI and re.fullmatch(r"[0-9]{1,7}[A-Z]", nif):
        return f"a DNI has eight digits: write it with zeros in front, {nif.rjust(9, '0')}"
    if len(nif) != 9:
        return f"a NIF has nine characters, this has {len(nif)}"
    if kind is NifKind.DNI:
        return "a DNI has eight digits and a letter"
    return f"after {nif[0]} a NIF has seven digits and a control character"
