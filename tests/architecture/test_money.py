import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALL = sorted([*ROOT.glob("packages/*/src/**/*.py"), *ROOT.glob("reference-server/src/**/*.py")])

# The official stylesheet for CII computes in binary floating point, and its verdict is repeated.
LIKE_THE_ARTEFACT = {"packages/ubl-peppol/src/ubl_peppol/rules/cii"}

# What may be a float: spans of time (of waiting and of measuring) and lengths on paper.
NOT_MONEY = re.compile(
    r"time|seconds|_s\b|_ms\b|delay|wait|interval|elapsed|perf_counter|backoff|retry|poll|clock"
    r"|latency|duration|histogram|buckets|width|height|scale|_mm\b|\bms\b|pause|moment|failures",
    re.IGNORECASE,
)

SOURCES = [p for p in ALL if str(p.parent.relative_to(ROOT)) not in LIKE_THE_ARTEFACT]


def floats(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the innermost statement around each float, unless it speaks of something else."""
    for statement, function in statements(tree, ""):
        nodes = [node for part in expressions(statement) for node in ast.walk(part)]
        is_function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        parts = [statement] if is_function else expressions(statement)
        context = "\n".join([function, *map(ast.unparse, parts)])
        if any(map(is_float, nodes)) and not NOT_MONEY.search(context):
            yield statement


def is_float(node: ast.AST) -> bool:
    """Tell whether a node is a float literal or names the type."""
    is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
    return is_literal or (isinstance(node, ast.Name) and node.id == "float")


def statements(tree: ast.AST, function: str) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every statement with the name of the function around it."""
    for child in ast.iter_child_nodes(tree):
        inner = getattr(child, "name", function) if isinstance(child, ast.stmt) else function
        if isinstance(child, ast.stmt):
            yield child, function
        yield from statements(child, inner)


def expressions(statement: ast.stmt) -> list[ast.AST]:
    """Return what a statement consists of, without the statements inside it."""
    children = ast.iter_child_nodes(statement)
    return [child for child in children if not isinstance(child, ast.stmt | ast.ExceptHandler)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_float_stands_near_money(path: Path) -> None:
    """Amounts, rates and quantities are decimals from the parser to the printer."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [f"line {node.lineno}: {ast.unparse(node)[:80]}" for node in floats(tree)]
    # A check that a value is *not* a float has to name the type.
    assert [line for line in found if "isinstance" not in line and "refuse" not in line] == []
