"""The verb ``validate``."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from einvoice_core.cli import Check, checking
from einvoice_core.findings import Report
from einvoice_core.reports import Described, Tool

if TYPE_CHECKING:
    from ubl_peppol.messages import Language
    from ubl_peppol.schematron import SecondOpinion

__all__ = ["AUTO", "SPFE", "judge", "the_tool", "validate"]

AUTO = "auto"
SPFE = "es-spfe-1.0.0"
"""The profile of the Spanish public solution, in UBL 2.5 and with its own rules."""


def judge(
    xml: bytes,
    *,
    profile: str = AUTO,
    xsd: Path | None = None,
    schematron: tuple[Path, ...] = (),
    timeout_s: float = 120,
    language: Language = "en",
) -> Report:
    """Judge a document, and ask the official rules too when files of them are given.

    Args:
        xml: The document.
        profile: Name of the profile.
        xsd: Folder with the UBL schemas.
        schematron: Official stylesheets or schemas.
        timeout_s: Seconds that one document may take with one of these.
        language: Of our messages; the official ones stay as they are.
    """
    if profile == SPFE:
        from ubl_peppol.cli.spanish import spfe

        return cast("Report", spfe().validate(xml))
    from ubl_peppol.validation import validate as validate_document

    report = validate_document(xml, profile, xsd=xsd)
    if language != "en":
        from ubl_peppol.messages import translate

        report = translate(report, language)
    if schematron:
        report += _opinion(schematron, timeout_s).judge(xml)
    return report


@cache
def _opinion(files: tuple[Path, ...], timeout_s: float) -> SecondOpinion:
    """Start the second opinion once in this process; it ends with it."""
    import atexit

    from ubl_peppol.schematron import SecondOpinion

    opinion = SecondOpinion(files, timeout_s=timeout_s)
    atexit.register(opinion.close)
    return opinion


def _describe(rule: str) -> Described | None:
    from ubl_peppol.profiles import PROFILES, rules_of

    for name in PROFILES:
        found = rules_of(name).get(rule)
        if found is not None:
            return found
    return None


def the_tool() -> Tool:
    """Say who reports."""
    from einvoice_core.cli import tool

    return tool("ubl-peppol", "ubl-peppol", _describe)


@click.command()
@checking
@click.option(
    "--profile",
    "-p",
    default=AUTO,
    show_default=True,
    help="What the documents are judged as; auto takes what each of them names.",
)
@click.option(
    "--xsd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the UBL 2.1 schemas, to judge the structure by them.",
)
@click.option(
    "--schematron",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Official stylesheet (.xslt) or preprocessed schema (.sch), as a second opinion.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=120,
    show_default=True,
    help="Seconds that one document may take with an official file.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "es"]),
    default="en",
    show_default=True,
    help="Of the messages.",
)
def validate(
    check: Check,
    profile: str,
    xsd: Path | None,
    schematron: tuple[Path, ...],
    timeout: float,
    language: Language,
) -> int:
    """Judge documents by the rules of EN 16931 and of Peppol."""
    if profile not in (AUTO, SPFE):
        from ubl_peppol.profiles import profile_of

        profile_of(profile)
    judged_by = partial(
        judge,
        profile=profile,
        xsd=xsd,
        schematron=schematron,
        timeout_s=timeout,
        language=language,
    )
    return check.run(judged_by, the_tool())
