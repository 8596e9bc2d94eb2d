"""Facturae 3.2, 3.2.1 and 3.2.2: read, write, compute, check, sign and verify."""

from typing import TYPE_CHECKING

from facturae_es._surface import load

if TYPE_CHECKING:
    from facturae_es import codes, errors, face, model, signing
    from facturae_es.building import batch, build, invoice
    from facturae_es.fixing import fix_totals
    from facturae_es.parts import centre, company, correction, person, transfer
    from facturae_es.reader import Examined, examine, read
    from facturae_es.signing import (
        check_signature,
        check_signer,
        examine_signature,
        sign,
        verify,
    )
    from facturae_es.totals import Adjustment, Line, Rounding, Tax, Withholding
    from facturae_es.validation import validate, validate_record
    from facturae_es.versions import Version, convert
    from facturae_es.writer import write

__all__ = [
    "Adjustment",
    "Examined",
    "Line",
    "Rounding",
    "Tax",
    "Version",
    "Withholding",
    "batch",
    "build",
    "centre",
    "check_signature",
    "check_signer",
    "codes",
    "company",
    "convert",
    "correction",
    "errors",
    "examine",
    "examine_signature",
    "face",
    "fix_totals",
    "invoice",
    "model",
    "person",
    "read",
    "sign",
    "signing",
    "transfer",
    "validate",
    "validate_record",
    "verify",
    "write",
]


def __getattr__(name: str) -> object:
    """Import what is asked for: who reads invoices needs neither signatures nor FACe."""
    value = globals()[name] = load(name)
    return value
