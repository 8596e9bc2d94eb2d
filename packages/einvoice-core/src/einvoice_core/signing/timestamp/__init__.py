"""Timestamps of an authority: ask for one, read the answer, check what it proves.

::

    query = request(data, nonce=secrets.randbits(64))
    token = read_response(authority.send(query), query)
    check(token, data, trust=roots)

:class:`~einvoice_core.signing.timestamp.service.TimestampService` does the first two over HTTP.

Source: RFC 3161 with RFC 5816 (ESSCertIDv2), RFC 5652 (CMS). Tokens are read in DER; the signature
of a token may be RSA (PKCS #1 v1.5) or ECDSA.
"""

from einvoice_core.signing.timestamp._checking import (
    TimestampCheck,
    TimestampCheckName,
    TimestampReport,
    check,
    examine,
)
from einvoice_core.signing.timestamp._messages import (
    REPLY_TYPE,
    REQUEST_TYPE,
    TimestampClient,
    Token,
    read_response,
    read_token,
    request,
)
from einvoice_core.signing.timestamp.errors import (
    NotGrantedError,
    TimestampError,
    TimestampRefused,
    TimestampUnreadable,
)

__all__ = [
    "REPLY_TYPE",
    "REQUEST_TYPE",
    "NotGrantedError",
    "TimestampCheck",
    "TimestampCheckName",
    "TimestampClient",
    "TimestampError",
    "TimestampRefused",
    "TimestampReport",
    "TimestampUnreadable",
    "Token",
    "check",
    "examine",
    "read_response",
    "read_token",
    "request",
]
