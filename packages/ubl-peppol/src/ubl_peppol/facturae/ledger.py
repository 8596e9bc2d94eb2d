"""The ledger of a conversion while it is being written."""

from ubl_peppol.losses import Loss, LossKind

__all__ = ["Ledger"]


class Ledger:
    """Collects what does not pass unchanged."""

    def __init__(self) -> None:
        self._losses: list[Loss] = []

    @property
    def losses(self) -> tuple[Loss, ...]:
        """The entries, in the order in which they were made."""
        return tuple(self._losses)

    def dropped(self, path: str, value: object, reason: str) -> None:
        """Note a datum that has no place in the target; nothing is noted for no value."""
        if value is not None and value != "":
            self._add(LossKind.DROPPED, path, value, reason, "")

    def moved(self, path: str, value: object, term: str, reason: str) -> None:
        """Note a datum that stands in a text of the target."""
        self._add(LossKind.MOVED, path, value, reason, term)

    def derived(self, path: str, value: object, term: str, reason: str) -> None:
        """Note a term that was computed from other data."""
        self._add(LossKind.DERIVED, path, value, reason, term)

    def assumed(self, path: str, value: object, term: str, reason: str) -> None:
        """Note a term that the source does not have."""
        self._add(LossKind.ASSUMED, path, value, reason, term)

    def _add(self, kind: LossKind, path: str, value: object, reason: str, term: str) -> None:
        text = str(value)
        shown = text if len(text) <= 200 else text[:200] + "…"
        entry = Loss(kind, path, shown, reason, term)
        if entry not in self._losses:
            self._losses.append(entry)
