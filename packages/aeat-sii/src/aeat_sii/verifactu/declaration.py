"""The producer's declaration that a program meets the rules (declaración responsable).

Made from configuration, with every content that the order asks for; a content that is missing is an
error, never a blank.

Source: RD 1007/2023, art. 13; Orden HAC/1177/2024 (BOE-A-2024-22138), art. 15.
"""

import tomllib
from datetime import date
from html import escape
from typing import Annotated

from pydantic import Field, ValidationError

from aeat_sii._types import Nif, Text
from aeat_sii.errors import DeclarationError
from aeat_sii.verifactu.rules._ids import nif_fault
from einvoice_core.records import Record

__all__ = ["Declaration", "html", "load", "text"]

_Line = Annotated[Text, Field(min_length=1, max_length=1_000)]


class Declaration(Record):
    """What a declaration says, in the order of the norm."""

    name: _Line
    """Name of the program (nombre del sistema informático)."""
    code: Annotated[Text, Field(pattern=r"^[A-Z0-9]{2}$")]
    """Its identifier, as in the records (``IdSistemaInformatico``)."""
    version: _Line
    """Complete identifier of the version that this declaration is about."""
    components: tuple[_Line, ...] = Field(min_length=1)
    """Its parts, hardware and software, with what each does."""
    only_verifactu: bool
    """It can work as VERI*FACTU only."""
    serves_several: bool
    """It can keep the invoices of several taxpayers."""
    signature_kinds: _Line | None = None
    """How records and events are signed, where the program can work as NO VERI*FACTU."""
    producer_name: _Line
    producer_nif: Nif
    producer_address: _Line
    declared_on: date
    declared_at: _Line
    """Place of the declaration."""
    contacts: tuple[_Line, ...] = ()
    """Ways to reach the producer: telephone, mail, web."""
    remarks: tuple[_Line, ...] = ()
    """What the producer adds on how the program meets the rules."""


def load(config: bytes) -> Declaration:
    """Read the declaration of a program from its configuration (TOML, in UTF-8).

    Raises:
        DeclarationError: It cannot be read, or a content is missing or wrong; the message names
            each of them.
    """
    try:
        made = Declaration.model_validate(tomllib.loads(config.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeclarationError(f"the configuration cannot be read: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        )
        raise DeclarationError(f"the declaration is not complete: {wrong}") from error
    fault = nif_fault(made.producer_nif)
    if fault:
        raise DeclarationError(f"producer_nif: {made.producer_nif} is not a NIF: {fault}")
    if not made.only_verifactu and made.signature_kinds is None:
        raise DeclarationError(
            "signature_kinds: a program that can work as NO VERI*FACTU says how it signs"
        )
    return made


def _rows(made: Declaration) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return letter, title and content of each part."""
    yes_no = {True: "S (sí)", False: "N (no)"}
    return [
        ("a", "Nombre del sistema informático", (made.name,)),
        ("b", "Código identificador del sistema informático", (made.code,)),
        ("c", "Identificador completo de la versión", (made.version,)),
        ("d", "Componentes y funcionalidades", made.components),
        ("e", "Funciona exclusivamente como VERI*FACTU", (yes_no[made.only_verifactu],)),
        ("f", "Permite el uso por varios obligados tributarios", (yes_no[made.serves_several],)),
        (
            "g",
            "Tipos de firma de los registros de facturación y de evento",
            (made.signature_kinds or "No procede: el sistema solo funciona como VERI*FACTU",),
        ),
        ("h", "Razón social de la entidad productora", (made.producer_name,)),
        ("i", "NIF de la entidad productora", (made.producer_nif,)),
        ("j", "Dirección postal completa de contacto", (made.producer_address,)),
        ("k", "Declaración de cumplimiento", (_statement(made),)),
        ("l", "Fecha y lugar", (f"{made.declared_on:%d/%m/%Y}, {made.declared_at}",)),
    ]


def _statement(made: Declaration) -> str:
    return (
        f"{made.producer_name} hace constar que el sistema informático {made.name}, en la versión "
        f"{made.version}, cumple con lo dispuesto en el artículo 29.2.j) de la Ley 58/2003, "
        "General Tributaria, en el Reglamento aprobado por el Real Decreto 1007/2023, en la Orden "
        "HAC/1177/2024 y en las especificaciones de la sede electrónica de la Agencia Estatal de "
        "Administración Tributaria que los completan."
    )


_TITLE = "DECLARACIÓN RESPONSABLE DEL SISTEMA INFORMÁTICO DE FACTURACIÓN"


def text(made: Declaration) -> str:
    """Write a declaration as plain text."""
    parts = [_TITLE, ""]
    for letter, title, contents in _rows(made):
        parts += [f"{letter}) {title}:", *(f"   {each}" for each in contents)]
    for title, contents in (("Contacto", made.contacts), ("Observaciones", made.remarks)):
        if contents:
            parts += ["", f"{title}:", *(f"   {each}" for each in contents)]
    return "\n".join(parts) + "\n"


def html(made: Declaration) -> str:
    """Write a declaration as a page in HTML that a program can show and print."""
    rows = [*((f"{letter}) {title}", contents) for letter, title, contents in _rows(made))]
    rows += [(t, c) for t, c in (("Contacto", made.contacts), ("Observaciones", made.remarks)) if c]
    body = "".join(
        f"<dt>{escape(title)}</dt>" + "".join(f"<dd>{escape(each)}</dd>" for each in contents)
        for title, contents in rows
    )
    return (
        f'<!DOCTYPE html>\n<html lang="es"><head><meta charset="utf-8"><title>{escape(made.name)}: '
        f"declaración responsable</title></head><body><h1>{_TITLE}</h1><dl>{body}</dl></body>"
        "</html>\n"
    )
