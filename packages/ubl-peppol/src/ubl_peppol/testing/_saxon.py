"""Run an official stylesheet on documents, in a process of its own: Saxon dies in threads.

Started as ``python -m ubl_peppol.testing._saxon stylesheet``. Each line of standard input is
``{"file": path}`` or ``{"xml": text}``; each line of standard output answers
``{"fired": [id, ...]}`` or ``{"stopped": reason}``: a stylesheet stops with a dynamic error on many
a document, and that is a result of its own.
"""

import json
import os
import sys
from typing import Any
from xml.etree import ElementTree

from saxonche import (  # type: ignore[import-not-found]  # compiled, without types
    PySaxonProcessor,
)

_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_REPORTED = "{http://purl.oclc.org/dsdl/svrl}successful-report"


def main(stylesheet: str) -> None:
    """Answer one line for each that comes in."""
    # What libraries print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        sheet = compiler.compile_stylesheet(stylesheet_file=stylesheet)
        for line in sys.stdin:
            answers.write(json.dumps(_answer(processor, sheet, json.loads(line))) + "\n")
            answers.flush()


def _answer(processor: Any, sheet: Any, task: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401 - saxonche has no types
    try:
        node = processor.parse_xml(xml_text=task["xml"])
        sheet.set_global_context_item(xdm_item=node)
        report = sheet.transform_to_string(xdm_node=node)
    except Exception as failure:  # noqa: BLE001 - whatever stopped it is the answer
        return {"stopped": (str(failure) or repr(failure))[:300]}
    root = ElementTree.fromstring(report)  # noqa: S314 - made just above
    entries = [entry for entry in root.iter() if entry.tag in (_FAILED, _REPORTED)]
    return {"fired": sorted({str(entry.get("id")) for entry in entries})}


if __name__ == "__main__":
    main(sys.argv[1])
