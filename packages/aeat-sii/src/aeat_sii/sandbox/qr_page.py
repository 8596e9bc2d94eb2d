"""The page that a tax QR points to: whether the sandbox holds the invoice.

Source: tax agency, specification of the QR code v0.5.0 (10/12/2025).
"""

import html
import json
import re
from urllib.parse import parse_qsl

from aeat_sii.sandbox.reading import amount
from aeat_sii.sandbox.register import Key, Register, State
from tax_es.ids import nif

__all__ = ["check"]

_PARAMETERS = (("nif", "1001"), ("numserie", "1002"), ("fecha", "1003"), ("importe", "1004"))
_RESULTS = {"00": "Encontrada", "01": "No encontrada", "02": "No contrastable"}
_LANGUAGES = ("gl", "ca", "eu", "es", "va", "en")


def check(query: str, register: Register, *, verifactu: bool) -> tuple[int, bytes, str]:
    """Answer a look at the page.

    Args:
        query: Of the address, without the question mark.
        register: What is held.
        verifactu: Whether the address is that of VERI*FACTU systems; invoices of the others cannot
            be compared.

    Returns:
        Status, body and media type: JSON when the query asks for it, else a page for people.
    """
    values = dict(parse_qsl(query, keep_blank_values=True))
    codes = _codes(values)
    result = "" if codes else _result(values, register) if verifactu else "02"
    if values.get("formato") == "json":
        answer: dict[str, object] = {"status": "KO" if codes else "OK"}
        if codes:
            answer["error"] = {"codigo": ".".join(codes)}
        else:
            answer["respuesta"] = {"resultado": result, "mensaje": _RESULTS[result]}
        return 200, json.dumps(answer, ensure_ascii=False).encode(), "application/json"
    language = values.get("idioma", "es")
    text = _RESULTS[result] if result else "Error " + ".".join(codes)
    page = (
        f'<!DOCTYPE html><html lang="{language if language in _LANGUAGES else "es"}">'
        f"<title>Sandbox</title><body><h1>{html.escape(text)}</h1></body></html>"
    )
    return 200, page.encode(), "text/html; charset=utf-8"


def _codes(values: dict[str, str]) -> list[str]:
    missing = [code for name, code in _PARAMETERS if not values.get(name)]
    if missing:
        return missing
    codes = []
    if not nif.check(values["nif"]).valid:
        codes.append("2001")
    if len(values["numserie"]) > 60:
        codes.append("2002")
    if not re.fullmatch("[ -~]*", values["numserie"]):
        codes.append("2003")
    if not re.fullmatch("[0-9]{2}-[0-9]{2}-[0-9]{4}", values["fecha"]):
        codes.append("2004")
    form = re.fullmatch(r"-?([0-9]+)(?:\.([0-9]{1,2}))?", values["importe"])
    if form is None:
        codes.append("2005")
    elif len(form[1]) > 12:
        codes.append("2006")
    return codes


def _result(values: dict[str, str], register: Register) -> str:
    held = register.find(Key(values["nif"], values["numserie"], values["fecha"]))
    if held is None or held.state is State.CANCELLED or held.registration is None:
        return "01"
    stated = f"{amount(held.registration, 'ImporteTotal'):.2f}"
    whole, _, cents = values["importe"].partition(".")
    return "00" if stated == f"{whole}.{cents:0<2}" else "01"
