"""Where a node stands: an XPath with positions and a line, computed only when asked."""

from typing import Any

from lxml import etree

from einvoice_core.findings import Location

__all__ = ["Places", "line_of", "name_of"]


_SHOWN = 80


def name_of(element: etree._Element) -> str:
    """Return the name of an element as the document writes it, shortened when it is huge."""
    local = element.tag.rpartition("}")[2]
    name = f"{element.prefix}:{local}" if element.prefix else local
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"


def line_of(element: etree._Element) -> int | None:
    """Return the line of the source, where known."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


class Places:
    """Finds the places of elements; remembers siblings, so that many findings cost little."""

    def __init__(self) -> None:
        self._steps: dict[etree._Element, dict[etree._Element, str]] = {}

    def location(self, element: etree._Element) -> Location:
        """Return the place of an element."""
        return Location(self.path(element), line_of(element))

    def path(self, element: etree._Element) -> str:
        """Return a path such as ``/fe:Facturae/Invoices/Invoice[2]``.

        Names have the prefixes of the document; those of a default namespace have none. A position
        is shown where the parent has several elements of that name.
        """
        steps = []
        node: etree._Element | None = element
        while node is not None:
            parent = node.getparent()
            steps.append(name_of(node) if parent is None else self._children(parent)[node])
            node = parent
        return "/" + "/".join(reversed(steps))

    def _children(self, parent: etree._Element) -> dict[etree._Element, str]:
        steps = self._steps.get(parent)
        if steps is None:
            by_name: dict[str, list[etree._Element]] = {}
            for child in parent.iterchildren("*"):
                by_name.setdefault(name_of(child), []).append(child)
            steps = self._steps[parent] = {
                child: f"{name}[{number}]" if len(children) > 1 else name
                for name, children in by_name.items()
                for number, child in enumerate(children, 1)
            }
        return steps
