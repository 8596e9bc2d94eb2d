from pathlib import Path

import pytest

import tables


@pytest.fixture(scope="module")
def packages() -> list[tables.Package]:
    return tables.packages()


def test_every_rule_has_its_row_in_the_reference(
    packages: list[tables.Package], root: Path
) -> None:
    for package in packages:
        rules = tables.rules_of(package)
        if not rules:
            continue
        page = (root / "docs/reference/rules" / f"{package.distribution}.md").read_text("utf-8")
        ids = dict.fromkeys(rule.id for rule in rules.values())
        assert [rule for rule in ids if f"| `{rule}` |" not in page] == []


def test_every_rule_says_what_it_requires(packages: list[tables.Package]) -> None:
    silent = [
        rule.id
        for package in packages
        for rule in tables.rules_of(package).values()
        if not (rule.requirement and rule.message and rule.source)
    ]
    assert silent == []


def test_the_generated_pages_are_current() -> None:
    assert tables.differences(tables.pages(), tables.DOCS) == []
