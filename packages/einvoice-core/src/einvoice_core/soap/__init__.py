"""SOAP 1.1 and 1.2: envelopes and faults.

Import from the modules: :mod:`~einvoice_core.soap.envelope`, :mod:`~einvoice_core.soap.fault`.
"""
