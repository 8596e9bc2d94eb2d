"""The Peppol network: identifiers, the envelope of documents, messages, trust."""

__all__: list[str] = []
