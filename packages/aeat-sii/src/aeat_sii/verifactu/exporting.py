"""Exports stored records and events: an archive with each of them as it is kept, octet by octet.

Source: RD 1007/2023, art. 8.2.e); Orden HAC/1177/2024, arts. 8 and 9.
"""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from aeat_sii.verifactu.store import StoredRecord

__all__ = ["export"]

_MOMENT = (1980, 1, 1, 0, 0, 0)


def export(path: Path, records: Iterable[StoredRecord]) -> int:
    """Write an archive: ``index.json`` and one XML file for each record, in the order of the chain.

    The same records give the same octets. The archive stands under its name when it is complete.

    Args:
        path: Of the archive (ZIP).
        records: Records or events of one chain.

    Returns:
        How many were written.
    """
    index = []
    partial = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for stored in records:
                name = f"{stored.position:09}-{stored.kind}.xml"
                archive.writestr(zipfile.ZipInfo(name, _MOMENT), stored.xml.encode("utf-8"))
                index.append(
                    {
                        "position": stored.position,
                        "kind": stored.kind,
                        "number": stored.number,
                        "issued_on": stored.issued_on.isoformat(),
                        "fingerprint": stored.fingerprint,
                        "file": name,
                    }
                )
            text = json.dumps(index, ensure_ascii=False, indent=1)
            archive.writestr(zipfile.ZipInfo("index.json", _MOMENT), text)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return len(index)
