"""What the rule modules share: the source, labels for messages, places."""

from functools import cache
from typing import get_args, get_type_hints

from einvoice_core.findings import Breach
from ubl_peppol.reading import GroupReading
from ubl_peppol.rules._engine import Rules

__all__ = ["EN16931_RELEASE", "PEPPOL_RELEASE", "en_rules", "label", "missing", "shown"]

EN16931_RELEASE = "CEN/TC 434 validation artefacts 1.3.16, EN 16931-1:2017"
PEPPOL_RELEASE = "Peppol BIS Billing 3.0.21 (May 2026)"


def en_rules(name: str) -> Rules:
    """Open a rule set of EN 16931."""
    return Rules(EN16931_RELEASE, name)


@cache
def _labels() -> dict[str, str]:
    # The model is slow to import, and wanted only where something is to be said.
    from einvoice_core.records import Term
    from ubl_peppol import model

    labels: dict[str, str] = {}
    for name in model.__all__:
        record = getattr(model, name)
        if not issubclass(record, model.Group) or record is model.Group:
            continue
        for field, hint in get_type_hints(record, include_extras=True).items():
            for item in get_args(hint)[1:]:
                if isinstance(item, Term):
                    labels[item.id] = field.replace("_", " ")
    return labels


def label(term: str) -> str:
    """Return a term with its name, such as ``BT-1 (number)``."""
    name = _labels().get(term)
    return f"{term} ({name})" if name else term


def missing(group: GroupReading, term: str) -> Breach:
    """Build the breach of a term that should be there."""
    return Breach(at=group.node(term), term=label(term))


def shown(value: object) -> str:
    """Return a value for a message; a missing one is called nothing."""
    return "nothing" if value is None or value == "" else str(value)
