from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import facturae_es
from einvoice_core.records import Record
from facturae_es.facets import Version
from facturae_es.model import Facturae
from facturae_es.testing import documents

any_document = st.sampled_from(Version).flatmap(documents)
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))


def the_same_after_writing(document: Facturae) -> None:
    xml = facturae_es.write(document)
    examined = facturae_es.examine(xml)
    assert examined.report.findings == ()
    assert examined.document == document
    assert facturae_es.write(facturae_es.read(xml)) == xml


@pytest.mark.parametrize("version", list(Version))
def test_reading_what_was_written_is_the_identity(version: Version) -> None:
    few(given(documents(version))(the_same_after_writing))()


@pytest.mark.long
@pytest.mark.parametrize("version", list(Version))
def test_reading_what_was_written_is_the_identity_in_full(version: Version) -> None:
    many(given(documents(version))(the_same_after_writing))()


VERSION = "file_header.schema_version"


def differences(old: Record, new: Record, at: str = "") -> Iterator[str]:
    """Yield the fields in which two documents differ; of tuples that lost an item, the tuple."""
    for name in type(old).model_fields:
        yield from _differences(getattr(old, name), getattr(new, name), f"{at}{name}")


def _differences(old: object, new: object, path: str) -> Iterator[str]:
    if isinstance(old, Record) and isinstance(new, Record):
        yield from differences(old, new, f"{path}.")
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for i, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differences(one, other, f"{path}[{i}]")
    elif old != new:
        yield path


def near(path: str, loss: str) -> bool:
    """Tell whether a field is the one that was lost, stands inside it or around it."""
    inside = f"{path}.".startswith((f"{loss}.", f"{loss}["))
    return inside or f"{loss}.".startswith((f"{path}.", f"{path}["))


@few
@given(any_document, st.sampled_from(Version))
def test_a_conversion_is_valid_and_what_it_lost_is_listed(
    document: Facturae, version: Version
) -> None:
    conversion = facturae_es.convert(document, version)
    examined = facturae_es.examine(facturae_es.write(conversion.document))
    assert examined.version is version
    assert examined.report.findings == ()
    changed = set(differences(document, conversion.document))
    lost = {loss.path for loss in conversion.losses}
    assert all(any(near(path, loss) for loss in lost) for path in changed - {VERSION})
    assert all(any(near(path, loss) for path in changed) for loss in lost)
    if not conversion.losses:
        back = facturae_es.convert(conversion.document, document.file_header.schema_version)
        assert back.document == document


@few
@given(any_document, st.integers(0, 2**32))
def test_an_unknown_extension_is_kept_and_found(document: Facturae, number: int) -> None:
    mine = f"<e:Mine xmlns:e='urn:example:mine' n='{number}'><e:x>  a </e:x><!--c--></e:Mine>"
    xml = facturae_es.write(document.model_copy(update={"extensions": None}))
    root = etree.fromstring(xml)
    etree.SubElement(root, "Extensions").append(etree.fromstring(mine))
    examined = facturae_es.examine(etree.tostring(root))
    assert [finding.rule for finding in examined.report.findings] == ["FACTURAE-S09"]
    assert examined.document is not None
    written = facturae_es.write(examined.document, check=False)
    assert canonical(written) == canonical(etree.tostring(root))


def canonical(xml: bytes) -> str:
    text = etree.tostring(etree.fromstring(xml), encoding="unicode")
    result = etree.canonicalize(text, strip_text=True, rewrite_prefixes=True)
    assert isinstance(result, str)
    return result
