"""Writing the census: the ids that have fired on both sides."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import ubl_peppol

__all__ = ["CENSUS", "write_census"]

CENSUS = Path(ubl_peppol.__file__).with_name("census.toml")


def write_census(artefact: str, fired: Iterable[str]) -> None:
    """Put the ids of one artefact into the file, by family."""
    families = defaultdict(list)
    for rule in sorted(fired):
        families[rule.rpartition("-")[0]].append(rule)
    listing = "\n".join(" ".join(ids) for ids in families.values())
    begun, found, rest = CENSUS.read_text(encoding="utf-8").partition(f'["{artefact}"]\n')
    head, _, after = rest.partition('fired = """\n')
    _, _, tail = after.partition('"""')
    CENSUS.write_text(f'{begun}{found}{head}fired = """\n{listing}\n"""{tail}', encoding="utf-8")
