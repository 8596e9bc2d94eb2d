import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest

# What a module has because of the library that looks for it there.
PLUMBING = {"logger"}


def is_public(name: str) -> bool:
    hidden = name.endswith(".__main__") or ".migrations" in name
    return not hidden and not any(part.startswith("_") for part in name.split("."))


def source(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


def is_rule(node: ast.stmt) -> bool:
    """Tell whether a function is reached through its rule set rather than by its name."""
    decorators = getattr(node, "decorator_list", [])
    calls = [each.func for each in decorators if isinstance(each, ast.Call)]
    return any(isinstance(call, ast.Attribute) for call in calls)


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Yield the functions, classes and constants that a module defines itself."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not is_rule(node):
                yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_all_equals_the_public_names(module_name: str) -> None:
    if not is_public(module_name):
        return
    module = importlib.import_module(module_name)
    tree = source(module)
    stated = list(getattr(module, "__all__", []))
    parameters = {name for name, value in vars(module).items() if isinstance(value, TypeVar)}
    defined = {name for name in defined_names(tree) if not name.startswith("_")} - parameters
    defined -= PLUMBING

    assert len(stated) == len(set(stated))
    assert all(hasattr(module, name) for name in stated)
    assert defined <= set(stated), f"not in __all__: {sorted(defined - set(stated))}"


def test_a_package_only_names_its_surface(package_name: str) -> None:
    package = importlib.import_module(package_name)
    allowed = (ast.Import, ast.ImportFrom)
    for node in source(package).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_all = ast.unparse(node).startswith("__all__")
        # What is slow to import may come when it is asked for; a type checker sees it at once.
        is_lazy = isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        names = is_docstring or is_all or is_lazy or is_for_types
        assert isinstance(node, allowed) or names, ast.unparse(node)


def test_every_public_thing_says_what_it_is(module_name: str) -> None:
    if not is_public(module_name):
        return
    module = importlib.import_module(module_name)
    things = [getattr(module, name) for name in getattr(module, "__all__", [])]
    silent = [
        thing.__name__
        for thing in things
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and not inspect.getdoc(thing)
        if thing.__module__.partition(".")[0] == module_name.partition(".")[0]
    ]

    assert module.__doc__
    assert silent == []


@pytest.mark.parametrize("kind", ["py.typed"])
def test_a_package_ships_its_types(package_name: str, kind: str) -> None:
    package = importlib.import_module(package_name)
    assert (Path(str(package.__file__)).parent / kind).exists()
