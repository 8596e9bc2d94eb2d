"""Help for tests, of this suite and of its users: certificates, judges, vectors, transports.

Import from the modules: :mod:`~einvoice_core.testing.authority`,
:mod:`~einvoice_core.testing.databases`, :mod:`~einvoice_core.testing.judges`,
:mod:`~einvoice_core.testing.vectors`, :mod:`~einvoice_core.testing.transport`.
"""
