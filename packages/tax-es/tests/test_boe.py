"""The watch over the gazette, on answers of our own in the shape of its API."""

import json
from datetime import date

import pytest

from einvoice_core.testing.transport import Exchange, Scripted, down, reply
from tax_es import boe, parameters
from tax_es.errors import ServiceError

LIVA = "BOE-A-1992-28740"


def summary(*titles: str) -> bytes:
    """Make a summary: one entry alone is an object there, several are a list."""
    items = [
        {"identificador": f"BOE-A-2026-{n}", "titulo": title, "url_html": "https://www.boe.es"}
        for n, title in enumerate(titles, 1)
    ]
    entry = items[0] if len(items) == 1 else items
    heading = {"nombre": "Medidas", "item": entry}
    section = {"codigo": "1", "departamento": {"nombre": "JEFATURA", "epigrafe": heading}}
    data = {"sumario": {"metadatos": {"fecha_publicacion": "20261125"},
                        "diario": [{"numero": "1", "seccion": [section]}]}}  # fmt: skip
    return json.dumps({"status": {"code": "200"}, "data": data}).encode()


BLOCK = b"""<?xml version="1.0" encoding="UTF-8"?>
<response><status><code>200</code></status><data>
<bloque id="a90" tipo="precepto" titulo="Art\xc3\xadculo 90">
<version id_norma="BOE-A-2012-9364" fecha_publicacion="20120714" fecha_vigencia="20120901">
<p class="articulo">El impuesto se exigira al tipo del 21 por ciento.</p></version>
<version id_norma="BOE-A-1992-28740" fecha_publicacion="19921229" fecha_vigencia="19930101">
<p>Al tipo del 15 por ciento.</p><p> </p></version>
</bloque></data></response>"""


@pytest.mark.parametrize(
    ("titles", "references"),
    [
        (["Real Decreto-ley 40/2026, que modifica la Ley 37/1992 del Impuesto sobre el Valor"],
         ["BOE-A-2026-1"]),
        (["Resolución de ayudas", "Orden que modifica la Ley 35/2006\u00a0de IRPF"],
         ["BOE-A-2026-2"]),
        (["Corrección de la Ley 37/19925"], []),
        (["Anuncio"], []),
    ],
)  # fmt: skip
def test_a_summary_that_touches_a_norm(titles: list[str], references: list[str]) -> None:
    with boe.Client(transport=Scripted([summary(*titles)])) as client:
        found = boe.touching(client.summary(date(2026, 11, 25)))
    assert [each.reference for each in found] == references
    assert all(each.parameters for each in found)


def test_the_address_names_the_day_and_the_article() -> None:
    transport = Scripted([summary("Anuncio"), BLOCK])
    with boe.Client(transport=transport) as client:
        client.summary(date(2026, 11, 5))
        client.article(LIVA, "a90")
    paths = [request.url.path for request in transport.requests]
    assert paths == [
        "/datosabiertos/api/boe/sumario/20261105",
        f"/datosabiertos/api/legislacion-consolidada/id/{LIVA}/texto/bloque/a90",
    ]


def test_a_new_version_becomes_a_proposal_and_nothing_else() -> None:
    before = parameters.version()
    versions = boe.read_block(BLOCK)
    assert [version.by for version in versions] == [LIVA, "BOE-A-2012-9364"]
    assert boe.propose(LIVA, versions, date(2012, 7, 14)) == ()
    (found,) = boe.propose(LIVA, versions, date(2012, 7, 13))
    assert "iva.general" in found.parameters
    assert "published = 2012-07-14" in found.patch
    assert "since     = 2012-09-01" in found.patch
    assert "> El impuesto se exigira" in found.patch
    assert parameters.version() == before


@pytest.mark.parametrize(
    "exchange",
    [
        down(),
        reply(b"", 404),
        reply(b"<html>"),
        reply(b"[]"),
        reply(b'{"status": {"code": "404"}}'),
        reply(b'{"data": ' + b'{"a":' * 60 + b"1" + b"}" * 61),
    ],
)
def test_a_gazette_that_does_not_answer(exchange: Exchange) -> None:
    with boe.Client(transport=Scripted([exchange])) as client, pytest.raises(ServiceError):
        client.summary(date(2026, 11, 25))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"{}",
        b"<response/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><response>&x;</response>',
        b"<response><version id_norma='BOE-A-2020-1'/></response>",
        b"<response><version fecha_publicacion='20209999'/></response>",
    ],
)
def test_an_article_that_is_none(block: bytes) -> None:
    with pytest.raises(ServiceError):
        boe.read_block(block)


def test_what_names_no_article_is_not_asked() -> None:
    with boe.Client(transport=Scripted()) as client:
        for reference, block in (("x", "a90"), (LIVA, "../../x"), (LIVA, "")):
            with pytest.raises(ServiceError):
                client.article(reference, block)


def test_norms_and_articles_that_are_watched() -> None:
    norms = boe.watched()
    assert "iva.general" in norms[LIVA]
    assert len(norms) > 30
    assert "90" in boe.articles_of(LIVA)
