"""Services of the Spanish tax agency: records, fingerprints, QR, clients, and a local sandbox."""

__all__: list[str] = []
