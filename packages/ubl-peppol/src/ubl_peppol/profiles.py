"""What a document may be judged as: identifiers, releases and rule sets, by name.

The profiles are data (``profiles.toml``). A profile of your own is composed from one of them::

    house = compose("house", "peppol-bis-3", rules=house_rules, without=["PEPPOL-EN16931-R003"])
    report = ubl_peppol.validate(xml, profile=house)
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from einvoice_core.errors import BadParameterError
from einvoice_core.findings import Rule, RuleSet
from ubl_peppol.errors import UnknownProfileError
from ubl_peppol.reading import Reading
from ubl_peppol.reading.values import collapse, string_of
from ubl_peppol.rules import en16931, peppol
from ubl_peppol.rules.cii import en16931_cii
from ubl_peppol.rules.face import DEFAULT as DEFAULT_DIR3
from ubl_peppol.rules.face import Dir3Mapping, face, face_rules
from ubl_peppol.rules.responses import ResponseReading, invoice_response, message_response
from ubl_peppol.rules.selfbilling import selfbilling
from ubl_peppol.syntax import APPLICATION_RESPONSE, CBC
from ubl_peppol.syntax_cii import RAM, RSM
from ubl_peppol.syntax_cii import ROOT as CII_ROOT

__all__ = [
    "AUTO",
    "PROFILES",
    "Profile",
    "Release",
    "compose",
    "detect",
    "face_profile",
    "profile_of",
    "rules_of",
]

D = TypeVar("D")
AUTO = "auto"
"""Stands for the profile that the document itself names."""


@dataclass(frozen=True, slots=True)
class Release:
    """One publication of the rules of a profile."""

    name: str
    artefacts: tuple[str, ...]
    """The official artefacts whose rules these are, as ``census`` names them."""
    source: str
    published: date | None = None
    mandatory: date | None = None
    """The day from which it must be used, where the publisher gives one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A specification that a document claims to follow."""

    name: str
    title: str
    customization_id: str
    """Specification identifier (BT-24)."""
    process_ids: tuple[str, ...]
    """Business processes (BT-23) that it knows; none when it asks for none."""
    layers: tuple[RuleSet[Reading], ...]
    """The rule sets for invoices, from the general to the particular."""
    releases: tuple[Release, ...]
    """The releases that are implemented, the oldest first."""
    responses: tuple[RuleSet[ResponseReading], ...] = ()
    """The rule sets for business responses; a profile is for one kind of document."""

    @property
    def process_id(self) -> str:
        """The usual business process (BT-23); empty when the specification names none."""
        return self.process_ids[0] if self.process_ids else ""

    @property
    def artefacts(self) -> tuple[str, ...]:
        """The official artefacts of the newest release."""
        return self.releases[-1].artefacts if self.releases else ()

    @property
    def artefacts_in_cii(self) -> tuple[str, ...]:
        """The official artefacts whose rules are for a document in CII."""
        return tuple(
            _ARTEFACTS_IN_CII[name] for name in self.artefacts if name in _ARTEFACTS_IN_CII
        )

    def layers_in_cii(self) -> tuple[tuple[RuleSet[Reading], ...], dict[str, str]]:
        """Return the rule sets for an invoice in CII, and the layers that CII does not have.

        The rules of EN 16931 are those of the artefact for CII; a layer of your own runs as it is;
        those of Peppol are for UBL.
        """
        layers: list[RuleSet[Reading]] = []
        skipped: dict[str, str] = {}
        for layer in self.layers:
            if layer is en16931:
                layers.append(en16931_cii)
            elif layer.name == en16931.name:
                dropped = frozenset(en16931.rules) - frozenset(layer.rules)
                layers.append(_thinned(en16931_cii, dropped))
            elif layer.name in _FOR_UBL:
                skipped[layer.name] = "these rules are for UBL, and the document is CII"
            else:
                layers.append(layer)
        return tuple(layers), skipped

    def release_on(self, day: date) -> Release | None:
        """Return the release that must be used on a day; ``None`` before the first of them.

        A release without a day of its own counts as always in force.
        """
        due = [entry for entry in self.releases if (entry.mandatory or date.min) <= day]
        return due[-1] if due else None


_INVOICE_RULES = MappingProxyType(
    {
        "en16931": en16931,
        "peppol": peppol,
        "peppol-selfbilling": selfbilling,
        face.name: face,
    }
)
_FOR_UBL = frozenset({"peppol", "peppol-selfbilling"})
_ARTEFACTS_IN_CII = MappingProxyType({"EN16931-UBL-1.3.16": "EN16931-CII-1.3.16"})
_RESPONSE_RULES = MappingProxyType(
    {"peppol-invoice-response": invoice_response, "peppol-message-response": message_response}
)


def _load() -> Mapping[str, Profile]:
    text = resources.files("ubl_peppol").joinpath("profiles.toml").read_text(encoding="utf-8")
    profiles = {}
    for name, entry in tomllib.loads(text).items():
        sets = entry["rules"]
        profiles[name] = Profile(
            name=name,
            title=entry["title"],
            customization_id=entry["customization_id"],
            process_ids=tuple(entry.get("process_ids", ())),
            layers=tuple(_INVOICE_RULES[rules] for rules in sets if rules in _INVOICE_RULES),
            responses=tuple(_RESPONSE_RULES[rules] for rules in sets if rules in _RESPONSE_RULES),
            releases=tuple(
                Release(
                    name=release["name"],
                    artefacts=tuple(release["artefacts"]),
                    source=release["source"],
                    published=release.get("published"),
                    mandatory=release.get("mandatory"),
                )
                for release in entry["releases"]
            ),
        )
    return MappingProxyType(profiles)


PROFILES: Mapping[str, Profile] = _load()


def profile_of(name: str) -> Profile:
    """Return a profile by its name.

    Raises:
        UnknownProfileError: There is none of that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join([*PROFILES, AUTO])
        raise UnknownProfileError(
            f"there is no profile {name!r}; known are {known}", profile=name
        ) from None


def compose(
    name: str,
    base: str | Profile,
    *,
    rules: RuleSet[Reading] | None = None,
    without: Iterable[str] = (),
    customization_id: str = "",
) -> Profile:
    """Make a profile of your own from another one.

    Args:
        name: Name of the new profile.
        base: The profile that it begins with.
        rules: Rules that are added, as a layer of their own.
        without: Ids of rules that are left out; the report then names the artefact they are of as
            not wholly judged.
        customization_id: Specification identifier (BT-24), where it is another one.

    Raises:
        UnknownProfileError: There is no profile of that name.
        BadParameterError: A rule that is to be left out is not there.
    """
    start = profile_of(base) if isinstance(base, str) else base
    dropped = frozenset(without)
    known = frozenset(rules_of(start))
    if missing := sorted(dropped - known):
        raise BadParameterError(f"no rule {missing[0]} in {start.name}", rule=missing[0])
    layers = tuple(_thinned(layer, dropped) for layer in start.layers)
    return replace(
        start,
        name=name,
        customization_id=customization_id or start.customization_id,
        layers=(*layers, rules) if rules is not None else layers,
        responses=tuple(_thinned(layer, dropped) for layer in start.responses),
    )


def face_profile(mapping: Dir3Mapping = DEFAULT_DIR3) -> Profile:
    """Return the profile of FACe's CIUS with your own place of the administrative units."""
    base = profile_of("cius-es-face-1.0.0")
    return replace(base, layers=(en16931, face_rules(mapping)))


def _thinned(layer: RuleSet[D], dropped: frozenset[str]) -> RuleSet[D]:
    here = dropped.intersection(layer.rules)
    return layer.without(*here) if here else layer


def detect(root: etree._Element) -> tuple[Profile, str]:
    """Find the profile that a document names in CustomizationID and ProfileID.

    Returns:
        The profile, and what the reader of a report should know: nothing, or why a document whose
        specification is not known is judged as EN 16931 (a response: as an invoice response).
    """
    named = _first(root, "CustomizationID", "GuidelineSpecified")
    process = _first(root, "ProfileID", "BusinessProcessSpecified")
    if root.tag == f"{{{APPLICATION_RESPONSE}}}ApplicationResponse":
        candidates = [entry for entry in PROFILES.values() if entry.responses]
        fallback = PROFILES["peppol-invoice-response-3"]
    else:
        candidates = [entry for entry in PROFILES.values() if entry.layers]
        fallback = PROFILES["en16931"]
    matching = [entry for entry in candidates if _names(named, entry)]
    if not matching:
        shown = repr(named[:200]) if named else "none"
        return fallback, (
            f"the document names the specification {shown}, of which no profile is known: "
            f"judged as {fallback.title}"
        )
    chosen = max(matching, key=lambda entry: len(entry.customization_id))
    if process and chosen.process_ids and process not in chosen.process_ids:
        return chosen, f"the business process {process[:200]!r} is not one of {chosen.title}"
    return chosen, ""


def _names(named: str, profile: Profile) -> bool:
    # An extension of EN 16931 says so behind a #, and is not EN 16931 itself; Peppol allows one.
    wanted = profile.customization_id
    if profile.process_ids:
        return named.startswith(wanted)
    return named == wanted


def _first(root: etree._Element, name: str, in_cii: str) -> str:
    path = f"{{{CBC}}}{name}"
    if root.tag == CII_ROOT:
        parameter = f"{{{RAM}}}{in_cii}DocumentContextParameter"
        path = f"{{{RSM}}}ExchangedDocumentContext/{parameter}/{{{RAM}}}ID"
    found = root.find(path)
    return "" if found is None else collapse(string_of(found))


def rules_of(profile: str | Profile) -> Mapping[str, Rule[Reading] | Rule[ResponseReading]]:
    """Return the rules of a profile by their id.

    Raises:
        UnknownProfileError: There is no profile of that name.
    """
    chosen = profile_of(profile) if isinstance(profile, str) else profile
    rules: dict[str, Rule[Reading] | Rule[ResponseReading]] = {}
    for layer in chosen.layers:
        rules.update(layer.rules)
    for response in chosen.responses:
        rules.update(response.rules)
    return MappingProxyType(rules)
