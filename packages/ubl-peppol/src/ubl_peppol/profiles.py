"""What a document may be judged as: identifiers and rule sets, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from einvoice_core.findings import Rule, RuleSet
from ubl_peppol.errors import UnknownProfileError
from ubl_peppol.reading import Reading
from ubl_peppol.rules import en16931, peppol

__all__ = ["PROFILES", "Profile", "profile_of", "rules_of"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A specification that a document claims to follow."""

    name: str
    title: str
    customization_id: str
    """Specification identifier (BT-24)."""
    process_id: str
    """Business process (BT-23); empty when the specification names none."""
    layers: tuple[RuleSet[Reading], ...]
    """The rule sets, from the general to the particular."""
    artefacts: tuple[str, ...]
    """The official artefacts whose rules these are, as ``census`` names them."""


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "en16931": Profile(
            name="en16931",
            title="EN 16931-1:2017",
            customization_id="urn:cen.eu:en16931:2017",
            process_id="",
            layers=(en16931,),
            artefacts=("EN16931-UBL-1.3.16",),
        ),
        "peppol-bis-3": Profile(
            name="peppol-bis-3",
            title="Peppol BIS Billing 3",
            customization_id="urn:cen.eu:en16931:2017#compliant"
            "#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
            process_id="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
            layers=(en16931, peppol),
            artefacts=("EN16931-UBL-1.3.16", "PEPPOL-UBL-3.0.21"),
        ),
    }
)


def profile_of(name: str) -> Profile:
    """Return a profile by its name.

    Raises:
        UnknownProfileError: There is none of that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(PROFILES)
        raise UnknownProfileError(
            f"there is no profile {name!r}; known are {known}", profile=name
        ) from None


def rules_of(name: str) -> Mapping[str, Rule[Reading]]:
    """Return the rules of a profile by their id.

    Raises:
        UnknownProfileError: There is no profile of that name.
    """
    rules: dict[str, Rule[Reading]] = {}
    for layer in profile_of(name).layers:
        rules.update(layer.rules)
    return MappingProxyType(rules)
