"""XML: a hardened parser, records bound to elements, schemas.

Import from the modules: :mod:`~einvoice_core.xml.parsing`, :mod:`~einvoice_core.xml.binding`,
:mod:`~einvoice_core.xml.schema`.
"""
