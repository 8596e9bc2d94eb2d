"""The header of ebMS messages: records, and what is read and written around them."""

__all__: list[str] = []
