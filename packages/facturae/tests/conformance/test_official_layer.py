"""The official schemas as a second layer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import facturae_es
from einvoice_core.testing import judges
from einvoice_core.xml.errors import SchemaUnusable
from facturae_es.errors import NotFacturaeError
from facturae_es.model import Facturae
from facturae_es.official import official_schemas


@pytest.fixture
def folder() -> Path:
    return judges.official("facturae")


@pytest.mark.parametrize("version", ["3.2", "3.2.1", "3.2.2"])
def test_both_layers_pass_what_is_right(version: str, folder: Path, simple: Facturae) -> None:
    report = facturae_es.validate(facturae_es.write(simple, version), xsd=folder)
    assert report.findings == ()
    assert report.layers_run == ("structure", "rules", "xsd")


def test_both_layers_find_what_is_wrong(folder: Path, simple: Facturae) -> None:
    xml = facturae_es.write(simple, indent=True)
    wrong = xml.replace(b"<PostCode>28013<", b"<PostCode>2801<", 1)
    report = facturae_es.validate(wrong, xsd=folder)
    ours, official = (
        next(f for f in report.fatal if f.rule.startswith(r)) for r in ("FACT", "XSD")
    )
    assert (ours.path, ours.line) == (official.path, official.line)
    assert official.message.startswith("código postal: ")


@pytest.mark.parametrize(
    ("name", "version"),
    [("phive-3.1-factura_ejemplo_31.xml", "3.1"), ("phive-3.0-factura2_ejemplo30.xml", "3.0")],
)
def test_older_versions_have_their_own_schema(name: str, version: str, folder: Path) -> None:
    report = facturae_es.validate((folder / "samples" / name).read_bytes(), xsd=folder)
    assert "xsd" in report.layers_run
    assert [f.rule for f in report.fatal if f.rule == "XSD"] == []
    assert official_schemas(str(folder), version).name


def test_a_folder_that_lacks_a_schema_says_which(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(SchemaUnusable, match="no folder"):
        official_schemas(str(tmp_path / "nowhere"), "3.2.2")
    with pytest.raises(SchemaUnusable, match=r"no schema of Facturae 3\.2\.2"):
        official_schemas(str(tmp_path), "3.2.2")
    shutil.copy(folder / "xsd" / "Facturaev3_2_2.xsd", tmp_path)
    (tmp_path / "broken.xsd").write_text("<a", encoding="utf-8")
    with pytest.raises(SchemaUnusable, match="XML-DSig"):
        official_schemas(str(tmp_path), "3.2.2")
    # The schema of XML-DSig as its publisher serves it begins with a DOCTYPE.
    shutil.copy(folder / "xsd-lxml" / "xmldsig-core-schema.xsd", tmp_path)
    assert official_schemas(str(tmp_path), "3.2.2").name == "Facturaev3_2_2.xsd"


def test_another_root_is_refused_before_the_schema_speaks(folder: Path) -> None:
    with pytest.raises(NotFacturaeError):
        facturae_es.validate(b"<a/>", xsd=folder)
