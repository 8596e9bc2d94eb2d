"""Run an official stylesheet on documents, in a process of its own: Saxon dies in threads.

Reads ``{"stylesheet": path, "documents": {name: xml}}`` from standard input and writes
``{name: {"fired": [id, ...]} | {"stopped": reason}}``: a stylesheet stops with a dynamic error on
many a document, and that is a result of its own.
"""

import json
import sys
from typing import Any
from xml.etree import ElementTree

from saxonche import PySaxonProcessor

_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def main() -> None:
    """Answer one task."""

    task = json.load(sys.stdin)
    answers: dict[str, dict[str, Any]] = {}
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        sheet = compiler.compile_stylesheet(stylesheet_file=task["stylesheet"])
        for name, xml in task["documents"].items():
            try:
                node = processor.parse_xml(xml_text=xml)
                sheet.set_global_context_item(xdm_item=node)
                report = sheet.transform_to_string(xdm_node=node)
            except Exception as failure:  # noqa: BLE001 - whatever stopped it is the answer
                answers[name] = {"stopped": (str(failure) or repr(failure))[:300]}
                continue
            entries = ElementTree.fromstring(report).iter(_FAILED)  # noqa: S314 - made just above
            answers[name] = {"fired": sorted({str(entry.get("id")) for entry in entries})}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
