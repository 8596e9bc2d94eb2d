"""The codes that the sandbox of SII gives, beside the agency's list of them."""

import json
import re
import tomllib
from pathlib import Path

from aeat_sii.sandbox import sii
from einvoice_core.testing.judges import official

HERE = Path(sii.__file__).parent
CODES = tomllib.loads((HERE / "codes.toml").read_text(encoding="utf-8"))


def listed(*categories: str) -> set[str]:
    rows = json.loads(official("sii/codes/error_codes_aeat.json").read_text())["codes"]
    return {row["code"] for row in rows if row["category"] in categories}


def written(pattern: str, *files: str) -> set[str]:
    """Return the codes that the sources of the sandbox name."""
    texts = [path.read_text(encoding="utf-8") for name in files for path in HERE.glob(name)]
    return {code for text in texts for code in re.findall(pattern, text)}


def test_every_code_of_the_sandbox_is_one_of_the_agency() -> None:
    refused = written(r'BadStructureError\(\s*"([0-9]{4})"', "*.py") | set(CODES["header"].values())
    records = written(r'"(1[0-9]{3}|3[0-9]{3})"', "checks/*.py", "service.py")
    records |= set(CODES["values"].values())
    admitted = written(r'yield "(2[0-9]{3})"', "checks/*.py")

    # A wrong date of issue refuses a query, which has no records to reject.
    assert refused - {"1105"} <= listed("envelope")
    assert records <= listed("record")
    assert admitted <= listed("admissible")
    assert set(CODES["said"]) <= listed("envelope", "record", "admissible")


def test_the_share_of_the_codes_that_are_judged_is_told() -> None:
    named = written(r'"([1-4][0-9]{3})"', "*.py", "checks/*.py") | set(CODES["values"].values())
    named |= set(CODES["header"].values()) | set(CODES["too_many"].values())
    every = listed("envelope", "record", "admissible")
    judged = named & every

    print(f"codes of SII: {len(judged)} of {len(every)} are judged by the sandbox")
    limits = Path(__file__).parents[4] / "docs/limits.md"
    told = re.search(r"judges (\d+) of the (\d+)\s+codes of SII", limits.read_text("utf-8"))
    assert told
    assert (len(judged), len(every)) == (int(told[1]), int(told[2]))
