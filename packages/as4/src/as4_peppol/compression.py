"""Compression of payloads (``application/gzip``), piece by piece and with limits.

Source: OASIS AS4 profile 1.0, section 3.1; RFC 1952.
"""

import zlib
from collections.abc import Iterable, Iterator

from as4_peppol.errors import EbmsError
from as4_peppol.spool import CHUNK_BYTES

__all__ = ["LEVEL", "compress", "decompress"]

LEVEL = 1
"""How hard to try: the first level shrinks XML to a tenth at a third of the cost of the sixth."""

_GZIP = 16 + zlib.MAX_WBITS


def compress(chunks: Iterable[bytes], level: int = LEVEL) -> Iterator[bytes]:
    """Yield octets in gzip form; equal octets give equal output."""
    engine = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if data := engine.compress(chunk):
            yield data
    yield engine.flush()


def decompress(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield what was compressed.

    Args:
        chunks: Octets in gzip form: one member, or several after each other.
        limit: Octets that may come out.

    Raises:
        EbmsError: EBMS:0303 when it is not gzip, ends early, or holds more than the limit.
    """
    engine = zlib.decompressobj(_GZIP)
    left, begun = limit, False
    for chunk in chunks:
        data = chunk
        while data:
            if engine.eof:
                engine, begun = zlib.decompressobj(_GZIP), False
            try:
                out = engine.decompress(data, CHUNK_BYTES)
            except zlib.error as error:
                raise EbmsError("EBMS:0303", "a payload is not what gzip writes") from error
            begun = True
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
            left -= len(out)
            if left < 0:
                raise EbmsError("EBMS:0303", f"a payload has more than {limit} octets")
            if out:
                yield out
    while not engine.eof:
        # What the window still holds comes out without further input.
        out = engine.decompress(b"", CHUNK_BYTES) if begun else b""
        if not out:
            raise EbmsError("EBMS:0303", "a payload ends before its gzip form does")
        left -= len(out)
        if left < 0:
            raise EbmsError("EBMS:0303", f"a payload has more than {limit} octets")
        yield out
