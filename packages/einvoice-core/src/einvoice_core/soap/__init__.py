"""SOAP 1.1 and 1.2: envelopes, faults, WS-Security.

Import from the modules: :mod:`~einvoice_core.soap.envelope`, :mod:`~einvoice_core.soap.fault`,
:mod:`~einvoice_core.soap.security`.
"""
