import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("packages/*/src/**/*.py"), *ROOT.glob("reference-server/src/**/*.py")])

# What may be a float: spans of time (of waiting and of measuring) and lengths on paper.
NOT_MONEY = re.compile(
    r"time|seconds|_s\b|_ms\b|delay|wait|interval|elapsed|perf_counter|backoff|retry|poll|clock"
    r"|latency|duration|histogram|buckets|width|height|scale|_mm\b",
    re.IGNORECASE,
)


def floats(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the innermost statement around each float, unless it speaks of something else."""
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.stmt):
            continue
        direct = [node for child in _expressions(statement) for node in ast.walk(child)]
        for node in direct:
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_name = isinstance(node, ast.Name) and node.id == "float"
            if (is_literal or is_name) and not NOT_MONEY.search(_without_body(statement)):
                yield statement
                break


def _expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt):
            yield child


def _without_body(statement: ast.stmt) -> str:
    heads = [ast.unparse(child) for child in _expressions(statement)]
    return "\n".join([getattr(statement, "name", ""), *heads])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_float_stands_near_money(path: Path) -> None:
    """Amounts, rates and quantities are decimals from the parser to the printer."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [f"line {node.lineno}: {ast.unparse(node)[:80]}" for node in floats(tree)]
    # A check that a value is *not* a float has to name the type.
    assert [line for line in found if "isinstance" not in line and "refuse" not in line] == []
