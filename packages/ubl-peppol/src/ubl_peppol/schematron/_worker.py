"""Run a stylesheet on documents, in a process of its own: Saxon dies in threads and after a fork.

Started by its path, so that it imports nothing of ours: ``python _worker.py stylesheet``. The first
line of standard output is ``{"ready": true}`` or ``{"failed": reason}``. Then each line of standard
input is ``{"xml": text}`` and is answered by ``{"svrl": text}`` or ``{"stopped": reason}``.
"""

import json
import os
import sys
from typing import Any


def main(stylesheet: str) -> None:
    """Answer one line for each that comes in."""
    # What libraries print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**content: object) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    from saxonche import (  # type: ignore[import-not-found]  # compiled, without types
        PySaxonProcessor,
    )

    with PySaxonProcessor(license=False) as processor:
        try:
            compiler = processor.new_xslt30_processor()
            sheet = compiler.compile_stylesheet(stylesheet_file=stylesheet)
        except Exception as failure:  # noqa: BLE001 - whatever stopped it is the answer
            answer(failed=_shown(failure))
            return
        answer(ready=True)
        for line in sys.stdin:
            try:
                answer(svrl=_run(processor, sheet, json.loads(line)["xml"]))
            except Exception as failure:  # noqa: BLE001 - as above
                answer(stopped=_shown(failure))


def _run(processor: Any, sheet: Any, xml: str) -> str:  # noqa: ANN401 - saxonche has no types
    node = processor.parse_xml(xml_text=xml)
    sheet.set_global_context_item(xdm_item=node)
    return str(sheet.transform_to_string(xdm_node=node))


def _shown(failure: Exception) -> str:
    return (str(failure) or repr(failure)).strip()[:500]


if __name__ == "__main__":
    main(sys.argv[1])
