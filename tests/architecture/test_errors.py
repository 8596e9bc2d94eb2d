import importlib
import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from einvoice_core.errors import EInvoiceError


def descendants(kind: type[EInvoiceError]) -> list[type[EInvoiceError]]:
    return [kind] + [each for child in kind.__subclasses__() for each in descendants(child)]


@pytest.fixture(scope="module")
def kinds() -> list[type[EInvoiceError]]:
    import tables

    ours = {package.import_name for package in tables.packages()}
    return [kind for kind in descendants(EInvoiceError) if kind.__module__.split(".")[0] in ours]


def test_every_error_has_a_code_of_its_own(kinds: list[type[EInvoiceError]]) -> None:
    inherited = [kind.__name__ for kind in kinds if "code" not in vars(kind)]
    repeated = [code for code, times in Counter(kind.code for kind in kinds).items() if times > 1]

    assert inherited == []
    assert repeated == []


def test_every_code_is_documented(kinds: list[type[EInvoiceError]], root: Path) -> None:
    page = (root / "docs/reference/errors.md").read_text("utf-8")
    assert [kind.code for kind in kinds if f"`{kind.code}`" not in page] == []


def test_every_code_stands_in_the_tree_of_its_package(kinds: list[type[EInvoiceError]]) -> None:
    missing = [
        f"{kind.__module__}: {kind.code}"
        for kind in kinds
        if not any(kind.code in doc for doc in trees(kind))
    ]
    assert missing == []


def trees(kind: type[EInvoiceError]) -> list[str]:
    """Return the docstrings that may draw the tree an error stands in."""
    parts = kind.__module__.split(".")
    names = {kind.__module__, *(".".join([*parts[:n], "errors"]) for n in range(1, len(parts)))}
    found = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [module.__doc__ or "" for module in found]
