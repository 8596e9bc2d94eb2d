"""Services of the Spanish tax agency: records, fingerprints, QR, clients, and a local sandbox.

Import the subject that you need: ``from aeat_sii import verifactu``, ``from aeat_sii import
sandbox``, ``from aeat_sii.environments import TEST``.
"""

__all__: list[str] = []
