"""The form of what is written, and what a format may demand of it."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from einvoice_core.lexical import Codec
from einvoice_core.records import RawXml, Record, Xml, XmlType
from einvoice_core.xml.binding import write
from einvoice_core.xml.errors import WriteRefused


class Inner(Record):
    number: Annotated[int, Xml("Number")]


class Row(Record):
    label: Annotated[str, Xml("Label")]
    cells: Annotated[tuple[Inner, ...], Xml("Cell", inside="Cells")] = ()
    note: Annotated[RawXml | None, Xml("Note")] = None


class Table(Record):
    xml_type = XmlType("Table")

    rows: Annotated[tuple[Row, ...], Xml("Row", inside="Rows")] = ()


TABLE = Table(
    rows=(
        Row(label="a", cells=(Inner(number=1), Inner(number=2)), note=RawXml("<Note> x </Note>")),
        Row(label="b"),
    )
)


def test_each_element_has_its_line_when_asked_for() -> None:
    assert write(TABLE, declaration=False, indent=True).decode().splitlines() == [
        "<Table>",
        "  <Rows>",
        "    <Row>",
        "      <Label>a</Label>",
        "      <Cells>",
        "        <Cell>",
        "          <Number>1</Number>",
        "        </Cell>",
        "        <Cell>",
        "          <Number>2</Number>",
        "        </Cell>",
        "      </Cells>",
        "      <Note> x </Note>",
        "    </Row>",
        "    <Row>",
        "      <Label>b</Label>",
        "    </Row>",
        "  </Rows>",
        "</Table>",
    ]
    assert write(Table(), declaration=False, indent=True) == b"<Table></Table>\n"


class NoTwo:
    """Demands that a number is not 2, and that a row has a cell."""

    def of_field(self, record: type[Record], field: str, codec: Codec[Any]) -> Codec[Any] | None:
        def encode(value: int) -> str:
            if value == 2:
                raise ValueError("two")
            return codec.encode(value)

        return Codec("not 2", codec.decode, encode) if field == "number" else None

    def of_record(self, record: type[Record]) -> Callable[[dict[str, Any]], bool] | None:
        return (lambda values: bool(values["cells"])) if record is Row else None


def test_a_format_may_demand_more_of_values_and_records() -> None:
    demands = NoTwo()
    row = Row(label="a", cells=(Inner(number=1),))
    assert write(Table(rows=(row,)), demands=demands) == write(Table(rows=(row,)))
    with pytest.raises(WriteRefused, match="two"):
        write(Table(rows=(Row(label="a", cells=(Inner(number=2),)),)), demands=demands)
    with pytest.raises(WriteRefused, match="Row is not as its format demands"):
        write(Table(rows=(Row(label="a"),)), demands=demands)


def test_what_is_required_and_missing_is_left_out() -> None:
    bare = Table.model_construct(rows=(Row.model_construct(label=None, cells=(), note=None),))
    assert write(bare, declaration=False) == b"<Table><Rows><Row></Row></Rows></Table>"
