"""Named points of the use cases that must survive a crash; tests hook in to crash there."""

from collections.abc import Callable

__all__ = ["NAMES", "install", "reach"]

NAMES = (
    "issue.before-number",
    "issue.after-number",
    "issue.after-record",
    "issue.before-commit",
    "issue.after-commit",
    "file.before-write",
    "file.before-rename",
    "file.after-rename",
    "submit.before-send",
    "submit.after-send",
    "submit.after-settle",
)
"""Every point, in the order in which an invoice meets them."""

_hooks: list[Callable[[str], None]] = []


def install(hook: Callable[[str], None]) -> None:
    """Call a function at every point, with the name of the point."""
    _hooks.append(hook)


def reach(name: str) -> None:
    """Say that a point is reached."""
    for hook in _hooks:
        hook(name)
