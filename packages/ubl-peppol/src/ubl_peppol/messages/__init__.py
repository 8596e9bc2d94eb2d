"""The messages of findings in Spanish.

A finding speaks English, with the values of its place. ``translate`` finds the template that the
message was made of, and says the same with the template of the catalogue (``es.toml``,
``es-peppol.toml``). A message that the catalogue does not have stays English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from einvoice_core.findings import Finding, Report

__all__ = ["LANGUAGES", "Language", "catalogue", "translate"]

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

_FIELD = re.compile(r"\{([a-z_]+)(?:![rs])?\}")
_LABEL = re.compile(r"(B[TG]-[0-9]+(?:-[0-9])?) \([a-z0-9 ]+\)")


@cache
def catalogue() -> Mapping[str, str]:
    """Return the Spanish template of each English one."""
    return MappingProxyType({entry["en"]: entry["es"] for entry in _data()["message"]})


@cache
def _phrases() -> Mapping[str, str]:
    return MappingProxyType({entry["en"]: entry["es"] for entry in _data()["phrase"]})


@cache
def _data() -> Mapping[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {"message": [], "phrase": []}
    for name in ("es", "es-peppol"):
        path = resources.files("ubl_peppol").joinpath(f"messages/{name}.toml")
        for kind, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[kind] += entries
    return found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what an English message looks like, with the Spanish template, the longest first."""
    ordered = sorted(catalogue().items(), key=lambda entry: -len(_FIELD.sub("", entry[0])))
    return tuple((re.compile("".join(_pieces(english)), re.S), es) for english, es in ordered)


def _pieces(template: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, piece in enumerate(_FIELD.split(template)):
        if number % 2 == 0:
            yield re.escape(piece)
        elif piece in seen:
            yield f"(?P={piece})"
        else:
            seen.add(piece)
            yield f"(?P<{piece}>.*?)"


def translate(report: Report, language: Language) -> Report:
    """Return a report whose messages are in a language.

    Args:
        report: With messages in English, as ``validate`` gives it.
        language: ``"es"``, or ``"en"``, which changes nothing.
    """
    if language == "en":
        return report
    return replace(report, findings=tuple(_translated(finding) for finding in report.findings))


def _translated(finding: Finding) -> Finding:
    for pattern, template in _patterns():
        match = pattern.fullmatch(finding.message)
        if match is not None:
            values = {name: _said(text) for name, text in match.groupdict().items()}
            return replace(finding, message=template.format_map(values))
    return finding


def _said(value: str) -> str:
    known = _phrases().get(value)
    return _LABEL.sub(r"\1", value) if known is None else known
