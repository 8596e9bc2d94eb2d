"""Write the sandbox's table of the messages of SII, from the agency's schemas and services.

Usage: ``python tools/sii_structure.py /path/to/sii/aeat-v1.1 structure.toml``, and for the Canary
Islands ``.../sii/atc-igic structure_igic.toml``. The table holds names, order,
repetition and the forms of texts in the notation of the sandbox; nothing of the files is copied.
"""

import re
import sys
from pathlib import Path

from lxml import etree

from structure_grammar import XS, XSD, Name, Schemas, resolve

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_PREFIXES = {
    "SuministroInformacion": "",
    "SuministroLR": "lr",
    "ConsultaLR": "lrc",
    "RespuestaSuministro": "r",
    "RespuestaConsultaLR": "rc",
}
_BUILT_IN = {"string": "any_text", "integer": "integer", "double": "number"}
_TARGET = Path(__file__).parents[1] / "packages/aeat-sii/src/aeat_sii/sandbox/sii"
_HEAD = """# Structure of the messages of SII, written by tools/sii_structure.py; do not edit.
#
# An operation:  root element = [path of the service, its type, element of the answer, its type].
# An element:    name type    ? optional   {1,n} repeated   a | b  exactly one of them
# A name without prefix is of SuministroInformacion.xsd, `lr:` of SuministroLR.xsd, `lrc:` of
# ConsultaLR.xsd, `r:` of RespuestaSuministro.xsd, `rc:` of RespuestaConsultaLR.xsd.
"""


def _home(namespace: str) -> str:
    """Return the schema of a namespace, whose last part is the name of its file."""
    return namespace.rpartition("/")[2].removesuffix(".xsd")


class _Schemas:
    def __init__(self, folder: Path) -> None:
        self.types: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {
            "any_text": ".*",
            "integer": "[+-]?[0-9]+",
            "number": "[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?",
        }
        self.roots: dict[str, str] = {}
        self._found = Schemas()
        for name in _PREFIXES:
            self._found.load(folder / f"{name}.xsd", set())
        for (namespace, name), element in self._found.elements.items():
            home = _home(namespace)
            self.roots[self._prefixed(home, name)] = self._type_of(element, home, "")

    def element_of(self, qualified: str, node: etree._Element) -> str:
        namespace, name = resolve(node, qualified)
        return self._prefixed(_home(namespace), name)

    @staticmethod
    def _full(schema: str, name: str) -> str:
        prefix = _PREFIXES[schema]
        return f"{prefix}_{name}" if prefix else name

    @staticmethod
    def _prefixed(schema: str, name: str) -> str:
        prefix = _PREFIXES[schema]
        return f"{prefix}:{name}" if prefix else name

    def _type_of(self, element: etree._Element, schema: str, owner: str) -> str:
        stated = element.get("type")
        if stated:
            named = resolve(element, stated)
            if named[0] == XS:
                return _BUILT_IN[named[1]]
            return self._translated(named)
        (inline,) = element.iterchildren(f"{XSD}complexType", f"{XSD}simpleType")
        full = f"{owner or self._full(schema, '')}_{element.get('name')}".replace("__", "_")
        self._translate(full, inline, schema)
        return self._safe(full)

    def _translated(self, name: Name) -> str:
        home = _home(name[0])
        full = self._full(home, name[1])
        self._translate(full, self._found.types[name], home)
        return self._safe(full)

    @staticmethod
    def _safe(name: str) -> str:
        return re.sub(r"\W", "_", name)

    def _translate(self, full: str, node: etree._Element, schema: str) -> None:
        safe = self._safe(full)
        if safe in self.types or safe in self.texts:
            return
        if node.tag == f"{XSD}simpleType":
            self.texts[safe] = _form(node)
            return
        self.types[safe] = []
        self.types[safe] = self._particles(node, schema, full)

    def _particles(self, node: etree._Element, schema: str, owner: str) -> list[str]:
        found: list[str] = []
        for child in node.iterchildren("{*}*"):
            if child.tag == f"{XSD}extension":
                base = self._translated(resolve(child, child.get("base", "")))
                found += self.types[base]
                found += self._particles(child, schema, owner)
            elif child.tag in (f"{XSD}sequence", f"{XSD}complexContent"):
                found += self._particles(child, schema, owner)
            elif child.tag == f"{XSD}choice":
                found.append(" | ".join(self._particles(child, schema, owner)))
            elif child.tag == f"{XSD}element":
                found.append(self._element(child, schema, owner))
            elif child.tag != f"{XSD}annotation":
                raise ValueError(f"{owner}: {child.tag} is not understood")
        return found

    def _element(self, element: etree._Element, schema: str, owner: str) -> str:
        name = self._prefixed(schema, element.get("name", ""))
        optional = "?" if element.get("minOccurs") == "0" else ""
        most = element.get("maxOccurs", "1").replace("unbounded", "*")
        repeated = "" if most == "1" else f"{{1,{most}}}"
        return f"{name}{optional}{repeated} {self._type_of(element, schema, owner)}"


def _form(node: etree._Element) -> str:
    (restriction,) = node.iterchildren(f"{XSD}restriction")
    facets: dict[str, list[str]] = {}
    for facet in restriction.iterchildren("{*}*"):
        facets.setdefault(etree.QName(facet).localname, []).append(facet.get("value", ""))
    if "enumeration" in facets:
        return "|".join(re.escape(value) for value in dict.fromkeys(facets["enumeration"]))
    exact = facets.get("length", [None])[0]
    least, most = facets.get("minLength", ["0"])[0], facets.get("maxLength", [""])[0]
    lengths = exact or f"{least},{most}"
    if "pattern" not in facets:
        return _BUILT_IN_FORM if lengths == "0," else f".{{{lengths}}}"
    (pattern,) = facets["pattern"]
    written = pattern.replace("\\d", "[0-9]").replace("[a-z|A-Z]", "[a-zA-Z]").replace("{1}", "")
    written = re.sub(r"\{(\d),\1\}", r"{\1}", written)
    return written if lengths == "0," else f"(?=.{{{lengths}}}$)({written})"


_BUILT_IN_FORM = "[+-]?[0-9]+"


def _operations(folder: Path, schemas: _Schemas) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.wsdl")):
        tree = etree.parse(file).getroot()
        parts = {
            message.get("name"): schemas.element_of(part.get("element", ""), part)
            for message in tree.iterchildren(f"{_WSDL}message")
            for part in message.iterchildren(f"{_WSDL}part")
        }
        address = next(tree.iter(f"{_SOAP}address")).get("location", "")
        path = "/" + address.split("/", 3)[3]
        for operation in tree.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
            asked, answered = (
                parts[next(operation.iter(f"{_WSDL}{side}")).get("message", "").partition(":")[2]]
                for side in ("input", "output")
            )
            found[asked] = [path, schemas.roots[asked], answered, schemas.roots[answered]]
    return found


def _needed(schemas: _Schemas, operations: dict[str, list[str]]) -> set[str]:
    waiting = {name for row in operations.values() for name in (row[1], row[3])}
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        for particle in schemas.types.get(name, []):
            waiting |= {part.rpartition(" ")[2] for part in particle.split(" | ")} - needed
    return needed


def main(folder: Path, target: Path) -> None:
    """Write the table."""
    schemas = _Schemas(folder)
    operations = _operations(folder, schemas)
    needed = _needed(schemas, operations)
    lines = [_HEAD, "[operations]"]
    lines += [
        f'"{name}" = [{", ".join(f"{cell!r}" for cell in row)}]'.replace("'", '"')
        for name, row in operations.items()
    ]
    lines += ["", "[types]"]
    for name in sorted(needed & schemas.types.keys()):
        lines.append(f"{name} = [")
        lines += [f'    "{particle}",' for particle in schemas.types[name]]
        lines.append("]")
    lines += ["", "[texts]"]
    lines += [f"{name} = '{schemas.texts[name]}'" for name in sorted(needed & schemas.texts.keys())]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), _TARGET / sys.argv[2])
