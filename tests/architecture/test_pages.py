import re
from pathlib import Path

import pytest

PAGES = ["README.md", "README.es.md", "CONTRIBUTING.md", "SECURITY.md"]


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_page_lead_somewhere(name: str, root: Path) -> None:
    """The site's own links are checked by its strict build; these pages lie outside it."""
    page = root / name
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    local = {link.partition("#")[0] for link in links if "://" not in link} - {""}
    assert [link for link in sorted(local) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_the_readme_opens_with_the_two_commands(name: str, root: Path) -> None:
    commands = re.findall(r"^```\n(.+)\n```$", (root / name).read_text("utf-8"), re.MULTILINE)
    assert commands == ["python3 tools/bootstrap.py demo", "python3 tools/bootstrap.py test"]


def test_the_site_loads_nothing_from_elsewhere(root: Path) -> None:
    settings = (root / "mkdocs.yml").read_text("utf-8")
    picture = (root / "docs/assets/flow.svg").read_text("utf-8")
    assert "font: false" in settings
    assert "://" not in settings
    assert re.findall(r'(?:href|src)="(?!#)', picture) == []


def test_contributing_names_every_check(root: Path) -> None:
    page = (root / "CONTRIBUTING.md").read_text("utf-8")
    sessions = re.findall(
        r"^@nox\.session\n(?:@.+\n)*def (\w+)",
        (root / "noxfile.py").read_text("utf-8"),
        re.MULTILINE,
    )
    assert sessions
    assert [name for name in sessions if not re.search(rf"`{name}(\(package\))?`", page)] == []
