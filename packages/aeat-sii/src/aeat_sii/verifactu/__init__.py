"""VERI*FACTU: records, their chain, the tax QR, the rules and the client."""
