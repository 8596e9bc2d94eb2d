"""Which findings heal, how, and the document that comes of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from lxml import etree

from einvoice_core.findings import Finding, Report, Undecided
from einvoice_core.money import total
from einvoice_core.xml.parsing import LIMITS, Limits, parse
from ubl_peppol.codelists import code_list
from ubl_peppol.errors import PatchError
from ubl_peppol.fixes.forms import as_code, as_date, as_scheme, as_word, without_idle_zeros
from ubl_peppol.fixes.patch import Operation, Patch, Remove, Replace, find
from ubl_peppol.profiles import Profile
from ubl_peppol.reading import read
from ubl_peppol.reading.values import location_of, string_of
from ubl_peppol.rules._identifiers import SHAPES
from ubl_peppol.syntax import APPLICATION_RESPONSE
from ubl_peppol.validation import validate

__all__ = ["FixResult", "fix", "proposals"]

_ROUNDS = 4
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True, slots=True)
class FixResult:
    """A document after its certain mistakes were mended."""

    xml: bytes
    patch: Patch
    """What was changed; without operations the document is as it came."""
    before: Report
    after: Report


_Mend = Callable[[etree._Element, Finding], "Operation | None"]


def _text(element: etree._Element, change: Callable[[str], str | None]) -> Operation | None:
    if len(element):
        return None
    old = string_of(element)
    new = change(old)
    if new is None or new == old:
        return None
    return Replace(f"{location_of(element).path}/text()", new)


def _attribute(
    element: etree._Element, name: str, change: Callable[[str], str | None]
) -> Operation | None:
    old = element.get(name)
    new = None if old is None else change(old)
    if new is None or new == old:
        return None
    return Replace(f"{location_of(element).path}/@{name}", new)


def _dated(element: etree._Element, _finding: Finding) -> Operation | None:
    return _text(element, as_date)


def _worded(element: etree._Element, _finding: Finding) -> Operation | None:
    return _text(element, as_word)


def _emptied(element: etree._Element, _finding: Finding) -> Operation | None:
    return Remove(location_of(element).path) if element.getparent() is not None else None


def _shortened(element: etree._Element, _finding: Finding) -> Operation | None:
    return _text(element, without_idle_zeros)


def _identified(element: etree._Element, _finding: Finding) -> Operation | None:
    fits = SHAPES.get(element.get("schemeID", ""))

    def change(text: str) -> str | None:
        joined = "".join(text.split())
        return joined if fits is not None and fits(joined) else None

    return _text(element, change)


def _coded(codes: str) -> _Mend:
    known = code_list(codes)
    return lambda element, _finding: _text(element, lambda text: as_code(text, known))


def _marked(attribute: str, codes: str) -> _Mend:
    known = code_list(codes)
    meant = as_scheme if attribute == "schemeID" else as_code
    return lambda element, _finding: _attribute(element, attribute, lambda text: meant(text, known))


_TEXT_LISTS = ("BR-CL-04", "BR-CL-05", "BR-CL-06", "BR-CL-14", "BR-CL-15", "BR-CL-16", "BR-CL-17",
               "BR-CL-18", "BR-CL-19", "BR-CL-20", "PEPPOL-EN16931-CL002", "PEPPOL-EN16931-CL003",
               "PEPPOL-EN16931-CL006")  # fmt: skip
_ATTRIBUTE_LISTS = {
    "BR-CL-03": ("currencyID", "BR-CL-03"),
    "BR-CL-10": ("schemeID", "BR-CL-10-1"),
    "BR-CL-11": ("schemeID", "BR-CL-11"),
    "BR-CL-21": ("schemeID", "BR-CL-21"),
    "BR-CL-23": ("unitCode", "BR-CL-23"),
    "BR-CL-24": ("mimeCode", "BR-CL-24"),
    "BR-CL-25": ("schemeID", "BR-CL-25"),
    "BR-CL-26": ("schemeID", "BR-CL-26"),
    "PEPPOL-EN16931-CL001": ("mimeCode", "PEPPOL-EN16931-CL001"),
    "PEPPOL-EN16931-CL007": ("currencyID", "PEPPOL-EN16931-CL007"),
    "PEPPOL-EN16931-CL008": ("schemeID", "PEPPOL-EN16931-CL008"),
}
_SUMS = frozenset({"BR-CO-10", "BR-CO-11", "BR-CO-12", "BR-CO-13", "BR-CO-15"})

_MENDS: Mapping[str, _Mend] = MappingProxyType(
    {
        "PEPPOL-EN16931-F001": _dated,
        "PEPPOL-COMMON-R030": _dated,
        "PEPPOL-EN16931-R043": _worded,
        "PEPPOL-EN16931-R044": _worded,
        "PEPPOL-EN16931-R008": _emptied,
        "PEPPOL-COMMON-R001": _emptied,
        **{rule: _coded(rule) for rule in _TEXT_LISTS},
        **{rule: _marked(*place) for rule, place in _ATTRIBUTE_LISTS.items()},
    }
)


def proposals(root: etree._Element, findings: Iterable[Finding]) -> Iterator[Operation]:
    """Propose the changes that are certain.

    Args:
        root: The document.
        findings: What was found in it.
    """
    places: set[str] = set()
    sums = False
    for finding in findings:
        if finding.rule in _SUMS:
            sums = True
            continue
        mend = _mend_of(finding.rule)
        if mend is None or not finding.path:
            continue
        try:
            operation = mend(find(root, finding.path.partition("/@")[0]), finding)
        except PatchError:
            continue
        if operation is not None and operation.path not in places:
            places.add(operation.path)
            yield operation
    if sums and root.tag != f"{{{APPLICATION_RESPONSE}}}ApplicationResponse":
        yield from _sums(root)


def _mend_of(rule: str) -> _Mend | None:
    if rule.startswith("BR-DEC-"):
        return _shortened
    if rule.startswith("PEPPOL-COMMON-R0") and rule not in _MENDS:
        return _identified
    return _MENDS.get(rule)


def _sums(root: etree._Element) -> Iterator[Operation]:
    """Propose the sums in the totals, where the amount due and every tax stay as they are."""
    try:
        wanted = _wanted(root)
    except Undecided:
        return
    for path, (stated, computed) in wanted.items():
        if stated != computed:
            yield Replace(f"{path}/text()", f"{computed:.2f}")


def _wanted(root: etree._Element) -> Mapping[str, tuple[Decimal, Decimal]]:
    reading = read(root)
    groups = reading.document.groups("BG-22")
    if len(groups) != 1:
        return {}
    totals, document, zero = groups[0], reading.document, Decimal(0)
    lines = reading.sum(document.groups("BG-25"), "BT-131")
    allowances = reading.sum(document.groups("BG-20"), "BT-92")
    charges = reading.sum(document.groups("BG-21"), "BT-99")
    tax = document.amount("BT-110") or zero
    net = total((lines, charges, -allowances))
    gross = total((net, tax))
    due = total((gross, -(totals.amount("BT-113") or zero), totals.amount("BT-114") or zero))
    if totals.amount("BT-115") != due:
        # Then it is not certain which of the amounts is wrong, and what is due is the issuer's.
        return {}
    computed = {
        "BT-106": lines, "BT-107": allowances, "BT-108": charges, "BT-109": net, "BT-112": gross
    }  # fmt: skip
    found = {}
    for term, value in computed.items():
        stated = totals.amount(term)
        if stated is not None:
            found[totals.node(term).location.path] = (stated, value)
    return found


def fix(xml: bytes, profile: str | Profile = "en16931", *, limits: Limits = LIMITS) -> FixResult:
    """_Mend what is certain, judge again, and say what was changed.

    Args:
        xml: The document as it came; it is not changed.
        profile: As in :func:`ubl_peppol.validate`.
        limits: How large a document may be.

    Returns:
        The mended document with its patch, and the reports before and after. When a change would
        bring a finding that was not there before, nothing is changed.

    Raises:
        PatchError: The document is signed: a change would break its signature.
        XmlRefused: The bytes are not a document that is read.
        UnknownDocumentError: It is not a document that the profile is for.
        UnknownProfileError: There is no profile of that name.
    """
    before = validate(xml, profile, limits=limits)
    root = parse(xml, limits)
    if next(root.iter(_SIGNATURE), None) is not None:
        raise PatchError("the document is signed: mend it before it is signed")
    made: list[Operation] = []
    after, mended = before, xml
    for _ in range(_ROUNDS):
        found = list(proposals(root, after.findings))
        # A removal moves the places of what stands behind it: those come last, the last one first.
        removals = [entry for entry in found if isinstance(entry, Remove)]
        operations = [entry for entry in found if isinstance(entry, Replace)] + removals[::-1]
        if not operations:
            break
        Patch(tuple(operations)).apply(root)
        made += operations
        tree = root.getroottree()
        mended = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
        after = validate(mended, profile, limits=limits)
    if not made or _worse(before, after):
        return FixResult(xml, Patch(), before, before)
    patch = Patch(tuple(made), etree.QName(root).namespace or "")
    return FixResult(mended, patch, before, after)


def _worse(before: Report, after: Report) -> bool:
    known = {finding.rule for finding in before.findings}
    return any(finding.rule not in known for finding in after.fatal)
