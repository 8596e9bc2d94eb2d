"""Names of territories as people write them, and those whose taxes are foral."""

import unicodedata

from tax_es.errors import TerritoryError

__all__ = ["COMMUNITIES", "community", "refuse_foral", "require_common"]

COMMUNITIES = (
    "andalucia",
    "aragon",
    "asturias",
    "baleares",
    "canarias",
    "cantabria",
    "castilla_la_mancha",
    "castilla_y_leon",
    "cataluna",
    "ceuta_melilla",
    "extremadura",
    "galicia",
    "la_rioja",
    "madrid",
    "murcia",
    "valencia",
)
"""Territories with a scale, in the order in which a batch numbers them."""

_OTHER_NAMES = {
    "ceuta": "ceuta_melilla",
    "melilla": "ceuta_melilla",
    "balears": "baleares",
    "illes_balears": "baleares",
    "islas_baleares": "baleares",
    "islas_canarias": "canarias",
    "catalunya": "cataluna",
    "comunitat_valenciana": "valencia",
    "comunidad_valenciana": "valencia",
    "comunidad_de_madrid": "madrid",
    "region_de_murcia": "murcia",
    "principado_de_asturias": "asturias",
    "rioja": "la_rioja",
}
_FORAL = frozenset({
    "navarra", "nafarroa", "comunidad_foral_de_navarra", "alava", "araba", "araba_alava", "bizkaia",
    "vizcaya", "gipuzkoa", "guipuzcoa", "pais_vasco", "euskadi",
})  # fmt: skip


def _plain(name: object) -> str:
    """Write a name as the tables do: Castilla-La Mancha, Cataluña and País Vasco are known."""
    text = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode()
    return text.strip().lower().replace("-", "_").replace("/", "_").replace(" ", "_")


def refuse_foral(name: object) -> str:
    """Return the plain name of a territory that is not foral, known or not.

    Raises:
        TerritoryError: It is foral.
    """
    plain = _plain(name)
    if plain in _FORAL or plain.startswith("foral"):
        raise TerritoryError(f"{name} has its own foral taxes, which are not recorded here")
    return plain


def community(name: object) -> str:
    """Return the name of a community, as the tables have it.

    Raises:
        TerritoryError: It is foral, or unknown.
    """
    plain = refuse_foral(name)
    found = _OTHER_NAMES.get(plain, plain)
    if found not in COMMUNITIES:
        known = ", ".join(COMMUNITIES)
        raise TerritoryError(f"{name!r} is no territory: use one of {known}")
    return found


def require_common(name: object) -> None:
    """Refuse a place whose taxes are not declared to the tax agency of the State.

    Raises:
        TerritoryError: It is foral, or no place that is known.
    """
    if refuse_foral(name) not in ("peninsula", "es", "espana", "spain"):
        community(name)
