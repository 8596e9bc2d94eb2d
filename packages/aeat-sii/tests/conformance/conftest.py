"""The official schemas, loaded from the judges' folder and nowhere else."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from einvoice_core.testing.judges import official


class _Offline(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, url: str, public_id: str, context: object) -> object:
        if "xmldsig-core-schema" in url:
            return self.resolve_filename(
                str(self._folder / "xmldsig-core-schema-nodtd.xsd"), context
            )
        if url.startswith(("http:", "https:")):
            raise OSError(f"{url} is not read: the judges work offline")
        return None


@cache
def _schema(folder: Path, name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline(folder))
    return etree.XMLSchema(etree.parse(str(folder / name), parser))


@pytest.fixture(scope="session")
def schema() -> Callable[[str], etree.XMLSchema]:
    folder = official("verifactu/schema")
    return lambda name: _schema(folder, name)
