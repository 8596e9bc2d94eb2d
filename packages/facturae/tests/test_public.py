from __future__ import annotations

import importlib
import pkgutil
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
