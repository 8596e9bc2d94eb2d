import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from as4_peppol.compression import compress, decompress
from as4_peppol.errors import EbmsError


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@given(st.binary(max_size=3000), st.integers(1, 400))
def test_what_is_compressed_comes_back_and_others_read_it(data: bytes, size: int) -> None:
    made = b"".join(compress(pieces(data, size)))
    assert gzip.decompress(made) == data
    assert b"".join(decompress(pieces(made, size), 3000)) == data


@given(st.binary(max_size=3000), st.integers(1, 400))
def test_what_others_compress_is_read(data: bytes, size: int) -> None:
    assert b"".join(decompress(pieces(gzip.compress(data), size), 3000)) == data


def test_several_members_are_one_text() -> None:
    assert b"".join(decompress([gzip.compress(b"a") + gzip.compress(b"b")], 10)) == b"ab"


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    out: list[int] = []
    with pytest.raises(EbmsError, match="more than") as caught:
        out.extend(len(chunk) for chunk in decompress([bomb], 1_000_000))
    assert caught.value.ebms == "EBMS:0303"
    assert sum(out) <= 1_000_000


@pytest.mark.parametrize(
    "data",
    [b"", b"plain", gzip.compress(b"x" * 100, mtime=0)[:-9], b"\x1f\x8b\x08\x00" + b"\xff" * 20],
    ids=["empty", "plain", "cut off", "damaged"],
)
def test_what_is_not_gzip(data: bytes) -> None:
    with pytest.raises(EbmsError) as caught:
        list(decompress([data], 1000))
    assert caught.value.ebms == "EBMS:0303"


def test_a_wrong_checksum_is_noticed() -> None:
    made = bytearray(gzip.compress(b"hello"))
    made[-8] ^= 1
    with pytest.raises(EbmsError):
        list(decompress([bytes(made)], 1000))
