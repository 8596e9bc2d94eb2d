"""The fired set of every official unit test, and of documents judged by the official rules."""

from pathlib import Path

from conftest import EN16931_XSLT, PEPPOL_XSLT

from ubl_peppol.rules import en16931, peppol

HERE = Path(__file__).parent
CENSUS = HERE.parents[1] / "src" / "ubl_peppol" / "census.toml"
VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
SHEETS = [(EN16931_XSLT, en16931), (PEPPOL_XSLT, peppol)]
