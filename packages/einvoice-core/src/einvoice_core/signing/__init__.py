"""XML signatures: made, verified, and described by profiles.

Import from the modules: :mod:`~einvoice_core.signing.xades`,
:mod:`~einvoice_core.signing.xmldsig`, :mod:`~einvoice_core.signing.report`,
:mod:`~einvoice_core.signing.algorithms`, :mod:`~einvoice_core.signing.errors`.
"""
