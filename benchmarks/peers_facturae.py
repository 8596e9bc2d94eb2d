"""Peers of the Facturae benchmark: the same document in classes of pydantic-xml."""

import importlib.util
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from einvoice_core.money import Amount
from einvoice_core.records import Record
from facturae_es._plan import FieldPlan, plan_of
from facturae_es.model import Facturae
from facturae_es.versions import NAMESPACES, Version

# The elements are in no namespace; without this they would be in that of the root.
_NONE = {"": ""}


def pydantic_xml_reader() -> Callable[[bytes], Any] | None:
    """Return a function that parses a 3.2.2 document with pydantic-xml, or ``None``.

    Its classes have the elements of our records, with the same types; extensions and signature,
    which the documents of the benchmark do not have, are left out.
    """
    if importlib.util.find_spec("pydantic_xml") is None:
        return None
    root = _model(Facturae, {}, tag="Facturae", namespace=NAMESPACES[Version.V3_2_2])
    return lambda xml: root.from_xml(xml)


def _model(kind: type[Record], made: dict[type[Record], Any], **settings: str) -> Any:  # noqa: ANN401 - a class that is generated
    from pydantic import create_model
    from pydantic_xml import BaseXmlModel

    if kind in made:
        return made[kind]
    fields: dict[str, Any] = {}
    for plan in plan_of(kind):
        if not plan.raw and not plan.xml.attribute:
            fields[plan.name] = _field(kind, plan, made)
    options: dict[str, Any] = {**settings}
    if settings:
        options = {
            "__cls_kwargs__": {
                "tag": settings["tag"],
                "ns": "fe",
                "nsmap": {"fe": settings["namespace"]},
            }
        }
    made[kind] = create_model(f"Peer{kind.__name__}", __base__=BaseXmlModel, **options, **fields)
    return made[kind]


def _field(kind: type[Record], plan: FieldPlan, made: dict[type[Record], Any]) -> Any:  # noqa: ANN401 - a field's definition
    from pydantic_xml import element, wrapped

    inner: Any = plan.record and _model(plan.record, made)
    annotation: Any = kind.model_fields[plan.name].annotation
    if annotation == (Amount | None):
        annotation = Decimal | None
    if plan.many:
        annotation = list[inner or str] | None
    elif inner is not None:
        annotation = inner | None
    settings: dict[str, Any] = {} if plan.required and not plan.many else {"default": None}
    if plan.required and not plan.optional and not plan.many and inner is not None:
        annotation = inner
    place: Any = element(tag=plan.steps[-1], ns="", nsmap=_NONE, **settings)
    for step in reversed(plan.steps[:-1]):
        place = wrapped(step, place, ns="", nsmap=_NONE, **settings)
    return (annotation, place)
