from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import facturae_es
import facturae_es.errors
from einvoice_core.errors import EInvoiceError


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(facturae_es.__path__, "facturae_es.")
    public = [m.name for m in found if "._" not in m.name]
    return [facturae_es, *(importlib.import_module(name) for name in public)]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_all_is_what_the_module_has(module: ModuleType) -> None:
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_error_codes_are_unique_and_documented() -> None:
    errors = [
        value
        for value in vars(facturae_es.errors).values()
        if isinstance(value, type)
        and issubclass(value, EInvoiceError)
        and value is not EInvoiceError
    ]
    codes = [error.code for error in errors]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert code in (facturae_es.errors.__doc__ or "")


def test_the_package_itself_imports_nothing_heavy() -> None:
    heavy = {"pydantic", "lxml", "cryptography", "httpx", "typer", "tax_es"}
    code = "import sys, facturae_es; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_reading_and_writing_need_neither_signatures_nor_the_network() -> None:
    code = "import sys; from facturae_es import read, write; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "facturae_es.reader" in loaded
    assert not {"cryptography", "httpx", "facturae_es.signing", "facturae_es.face"} & loaded


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = facturae_es.nothing_such
