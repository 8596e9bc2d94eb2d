"""WS-Security as AS4 uses it: signature over header, body and parts; encryption of the parts."""

__all__: list[str] = []
