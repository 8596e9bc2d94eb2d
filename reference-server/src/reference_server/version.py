"""Version of the server, from its package."""

from importlib.metadata import version

__all__ = ["VERSION"]

VERSION = version("einvoice-es-server")
