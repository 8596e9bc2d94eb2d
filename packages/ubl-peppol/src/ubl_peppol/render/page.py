"""From a view to HTML and PDF.

Jinja2 fills the template in a sandbox, Babel writes numbers and dates, segno draws the QR and
WeasyPrint makes the page. All four are imported when a page is made, not before.
"""

import base64
import io
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ubl_peppol.render.errors import MissingLibraryError, RenderError, TemplateError
from ubl_peppol.render.view import Embedded, InvoiceView
from ubl_peppol.render.words import WORDS, Language
from ubl_peppol.render.writing import Writing, iban

__all__ = ["SYSTEM_PACKAGES", "html", "pdf"]

SYSTEM_PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
)
"""Debian packages that no wheel brings."""

_QR_PIXELS_PER_MODULE = 8


def html(
    invoice: InvoiceView,
    *,
    language: Language = Language.SPANISH,
    templates: Path | None = None,
) -> str:
    """Fill the page of an invoice.

    Args:
        invoice: What to show.
        language: Words, numbers and dates.
        templates: Folder with an own ``invoice.html.j2`` and ``invoice.css``; a file that is not
            there is taken from the package.

    Returns:
        A whole HTML document that refers to nothing outside itself.

    Raises:
        TemplateError: The template is wrong or uses what the sandbox forbids.
    """
    import jinja2

    environment = _environment(templates)
    writing = Writing(language, invoice.currency)
    environment.filters.update(
        number=writing.number, money=writing.money, day=writing.day, iban=iban, css_text=_css_text
    )
    try:
        page: str = environment.get_template("invoice.html.j2").render(
            invoice=invoice,
            language=language.value,
            words=WORDS[language],
            css=_css(templates),
            has_discounts=any(line.discount is not None for line in invoice.lines),
            qr_image=_qr_image(invoice.qr.url) if invoice.qr else "",
        )
        return page
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise TemplateError(f"the template of the invoice cannot be filled: {error}") from error


def pdf(
    invoice: InvoiceView,
    *,
    language: Language = Language.SPANISH,
    templates: Path | None = None,
    embedded: Embedded | None = None,
) -> bytes:
    """Make the PDF of an invoice.

    Args:
        invoice: As for :func:`html`.
        language: As for :func:`html`.
        templates: As for :func:`html`.
        embedded: The invoice as data. With it the file is a PDF/A-3b (ISO 19005-3) that carries
            the data as an alternative of the page.

    Raises:
        MissingLibraryError: Pango or a font is missing; the text names the Debian packages.
        TemplateError: As for :func:`html`.
        RenderError: The page cannot be drawn.
    """
    page = html(invoice, language=language, templates=templates)
    weasyprint = _weasyprint()
    # A page refers to what it carries itself, and to nothing on a disk or in a network.
    fetcher = weasyprint.urls.URLFetcher(
        allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True
    )
    try:
        document = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(
            **_archival(weasyprint, embedded)
        )
    except weasyprint.urls.FatalURLFetchingError as error:
        raise RenderError(f"the page refers to something it does not carry: {error}") from error
    except (ValueError, OSError, ArithmeticError) as error:
        raise RenderError(f"the page cannot be drawn: {error}") from error
    return bytes(document)


def _archival(weasyprint: Any, embedded: Embedded | None) -> dict[str, Any]:  # noqa: ANN401 - untyped
    """Return what makes a file one to be kept, with its data in it."""
    if embedded is None:
        return {}
    attachment = weasyprint.Attachment(
        string=embedded.data,
        name=embedded.name,
        description=embedded.description,
        relationship="Alternative",
    )
    return {"pdf_variant": "pdf/a-3b", "attachments": [attachment]}


def _weasyprint() -> Any:  # noqa: ANN401 - an untyped library, used in one place
    try:
        import weasyprint  # type: ignore[import-untyped] # it ships no types
        import weasyprint.urls  # type: ignore[import-untyped] # likewise
    except OSError as error:
        raise MissingLibraryError(
            "a library of the system is missing; install " + " ".join(SYSTEM_PACKAGES),
            packages=SYSTEM_PACKAGES,
        ) from error
    return weasyprint


def _environment(templates: Path | None) -> Any:  # noqa: ANN401 - jinja2 is imported late
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own = [jinja2.FileSystemLoader(templates)] if templates else []
    packaged = jinja2.FunctionLoader(_packaged)
    return ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader([*own, packaged]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _packaged(name: str) -> str | None:
    file = resources.files("ubl_peppol.render").joinpath("templates", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _css(templates: Path | None) -> Any:  # noqa: ANN401 - Markup, from a library imported late
    from markupsafe import Markup

    own = templates / "invoice.css" if templates else None
    text = own.read_text(encoding="utf-8") if own and own.is_file() else _packaged("invoice.css")
    return Markup(text or "")  # noqa: S704 - a style sheet of ours or of the one who deploys


def _css_text(value: str) -> Any:  # noqa: ANN401 - Markup, from a library imported late
    """Write a text as a string of CSS; whatever is not a plain letter is escaped by its number."""
    from markupsafe import Markup

    escaped = "".join(c if c.isalnum() or c in " .,·-" else f"\\{ord(c):x} " for c in value)
    return Markup(f'"{escaped}"')  # noqa: S704 - every other character is escaped


def _qr_image(url: str) -> str:
    import segno

    buffer = io.BytesIO()
    segno.make_qr(url, error="m", boost_error=False).save(
        buffer, kind="png", scale=_QR_PIXELS_PER_MODULE, border=0
    )
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
