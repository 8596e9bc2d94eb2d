"""Schemas of the user: compiled offline, violations as findings with their place."""

import threading
from pathlib import Path

import pytest

from einvoice_core.xml.errors import SchemaUnusable
from einvoice_core.xml.parsing import parse
from einvoice_core.xml.schema import SchemaSet

XS = "http://www.w3.org/2001/XMLSchema"
REMOTE = "http://schemas.example.invalid/part.xsd"

MAIN = f"""<xs:schema xmlns:xs="{XS}" xmlns:p="urn:p" targetNamespace="urn:m">
  <xs:import namespace="urn:p"{{location}}/>
  <xs:element name="Main"><xs:complexType><xs:sequence>
    <xs:element name="Amount" type="xs:decimal" maxOccurs="unbounded"/>
    <xs:element ref="p:Part" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
PART = f"""{{doctype}}<xs:schema xmlns:xs="{XS}" targetNamespace="urn:p">
  <xs:element name="Part" type="xs:date"/>
</xs:schema>"""

GOOD = (
    b'<m:Main xmlns:m="urn:m"><Amount>1</Amount>'
    b'<p:Part xmlns:p="urn:p">2026-01-01</p:Part></m:Main>'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my schemas").mkdir()
    (tmp_path / "my schemas" / "part.xsd").write_text(PART.format(doctype=""))
    return tmp_path / "my schemas"


def written(folder: Path, location: str) -> Path:
    file = folder / "main.xsd"
    file.write_text(MAIN.format(location=f' schemaLocation="{location}"' if location else ""))
    return file


def test_an_import_from_the_same_folder(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, "part.xsd"))
    assert schema.validate(parse(GOOD)) == ()


def test_an_import_from_the_network_is_refused(folder: Path) -> None:
    with pytest.raises(SchemaUnusable, match=r"part\.xsd: name a file for it"):
        SchemaSet.load(written(folder, REMOTE))


def test_an_import_from_the_network_is_mapped(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, REMOTE), locations={REMOTE: folder / "part.xsd"})
    assert schema.validate(parse(GOOD)) == ()


def test_an_import_without_a_location_finds_a_further_schema(folder: Path) -> None:
    main = written(folder, "")
    with pytest.raises(SchemaUnusable, match="Part"):
        SchemaSet.load(main)
    schema = SchemaSet.load(str(main), str(folder / "part.xsd"))
    assert schema.validate(parse(GOOD)) == ()
    assert schema.name == "main.xsd"


def test_an_imported_schema_may_have_a_doctype(folder: Path) -> None:
    doctype = f'<!DOCTYPE xs:schema SYSTEM "{REMOTE}.dtd" [<!ENTITY x "y">]>'
    (folder / "part.xsd").write_text(PART.format(doctype=doctype))
    assert SchemaSet.load(written(folder, "part.xsd")).validate(parse(GOOD)) == ()


def test_violations_have_path_line_and_source(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, "part.xsd"))
    data = b'<m:Main xmlns:m="urn:m">\n<Amount>1</Amount>\n<Amount>x</Amount>\n<Odd/></m:Main>'
    found = schema.validate(parse(data))
    assert [(f.rule, f.path, f.line, f.source) for f in found] == [
        ("XSD", "/m:Main/Amount[2]", 3, "main.xsd"),
        ("XSD", "/m:Main/Odd", 4, "main.xsd"),
    ]
    assert len(schema.validate(parse(data), limit=1)) == 1


def test_paths_below_a_default_namespace_show_names(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, "part.xsd"))
    data = b'<Main xmlns="urn:m"><Amount xmlns="">1</Amount><Amount xmlns="">x</Amount></Main>'
    assert [f.path for f in schema.validate(parse(data))] == ["/Main/Amount[2]"]
    assert [f.path for f in schema.validate(parse(b'<Other xmlns="urn:m"/>'))] == ["/Other"]


def test_lines_beyond_16_bits(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, "part.xsd"))
    data = b'<m:Main xmlns:m="urn:m"><Amount>1</Amount>' + b"\n" * 70_000 + b"<Odd/></m:Main>"
    assert [f.line for f in schema.validate(parse(data))] == [70_001]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("absent.xsd", None),
        ("empty.xsd", ""),
        ("text.xsd", "no schema"),
        ("other.xsd", "<a/>"),
        ("broken.xsd", f'<xs:schema xmlns:xs="{XS}"><xs:element type="no:such"/></xs:schema>'),
        ("lacking.xsd", MAIN.format(location=' schemaLocation="gone.xsd"')),
        ("ftp.xsd", MAIN.format(location=' schemaLocation="ftp://example.invalid/part.xsd"')),
    ],
)
def test_schemas_that_cannot_be_used(folder: Path, name: str, content: str | None) -> None:
    if content is not None:
        (folder / name).write_text(content)
    with pytest.raises(SchemaUnusable, match=name) as caught:
        SchemaSet.load(folder / name)
    assert caught.value.code == "xml.schema"


def test_no_schema_at_all() -> None:
    with pytest.raises(SchemaUnusable):
        SchemaSet.load()


def test_threads_do_not_mix_their_findings(folder: Path) -> None:
    schema = SchemaSet.load(written(folder, "part.xsd"))
    wrong: list[int] = []

    def judge(count: int) -> None:
        data = b'<m:Main xmlns:m="urn:m">' + b"<Amount>x</Amount>" * count + b"</m:Main>"
        wrong.extend(count for _ in range(50) if len(schema.validate(parse(data))) != count)

    threads = [threading.Thread(target=judge, args=(count,)) for count in (1, 2, 30, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
