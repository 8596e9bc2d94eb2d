"""The fired set of every official unit test, and of documents run beside the official stylesheets."""

import importlib.util
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import EN16931_XSLT, PEPPOL_XSLT, Judge, Verdict, ours
from lxml import etree

from einvoice_core.findings import RuleSet
from einvoice_core.testing.judges import facts, official
from ubl_peppol import census
from ubl_peppol.reading import Reading
from ubl_peppol.rules import en16931, peppol, peppol_bis3

HERE = Path(__file__).parent
CENSUS = HERE.parents[1] / "src" / "ubl_peppol" / "census.toml"
VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
SHEETS = [(EN16931_XSLT, en16931), (PEPPOL_XSLT, peppol)]
