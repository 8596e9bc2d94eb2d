"""A judge that is not there makes its test skip, or fail where judges are required."""

import json

import pytest

from einvoice_core.testing import judges


def test_a_library_that_is_there_is_returned() -> None:
    assert judges.module("json") is json


@pytest.mark.parametrize(
    "ask",
    [
        lambda: judges.module("no_such_library"),
        lambda: judges.module("json.no_such_module"),
        lambda: judges.program("no-such-program"),
        lambda: judges.official("no/such/file"),
        lambda: judges.facts("no/such/file"),
    ],
)
def test_a_judge_that_is_missing_skips_or_fails(
    monkeypatch: pytest.MonkeyPatch, ask: object
) -> None:
    assert callable(ask)
    monkeypatch.delenv("EINVOICE_JUDGES", raising=False)
    with pytest.raises(pytest.skip.Exception):
        ask()
    monkeypatch.setenv("EINVOICE_JUDGES", "required")
    with pytest.raises(pytest.fail.Exception, match="a required judge is missing"):
        ask()
