"""Complete the map of the site with the pages that come and go with the code.

MkDocs calls this (``hooks`` in ``mkdocs.yml``): recipes and the generated parts of the reference
are listed from what lies in their folders, so that adding one needs no second edit.
"""

from pathlib import Path
from typing import Any

GROUPS = {"Rules": "rules", "Records": "records", "API": "api"}


def title(page: Path) -> str:
    """Return the first heading of a page."""
    lines = page.read_text("utf-8").splitlines()
    return next(line.removeprefix("# ") for line in lines if line.startswith("# "))


def listed(docs: Path, folder: str) -> list[dict[str, str]]:
    """Return the pages of a folder as entries of the map."""
    pages = [page for page in sorted((docs / folder).glob("*.md")) if page.name != "index.md"]
    return [{title(page): page.relative_to(docs).as_posix()} for page in pages]


def on_config(config: Any) -> Any:  # noqa: ANN401 - MkDocs publishes no type for it
    """Fill the sections Recipes and Reference."""
    docs = Path(config["docs_dir"])
    for section in config["nav"]:
        if "Recipes" in section:
            section["Recipes"] += listed(docs, "recipes")
        if "Reference" in section:
            section["Reference"] += [
                {name: [{page.stem: page.relative_to(docs).as_posix()} for page in found]}
                for name, folder in GROUPS.items()
                if (found := sorted((docs / "reference" / folder).glob("*.md")))
            ]
    return config
