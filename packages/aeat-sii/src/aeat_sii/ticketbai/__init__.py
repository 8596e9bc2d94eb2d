"""TicketBAI: the file of an invoice for the foral treasuries, its identifier and its QR.

Signing, sending and Batuz (LROE) are not built; see the limits. The rest follows the official
schema 1.2.2 and the specifications, version 1.1 of 27 April 2020.
"""

from aeat_sii.ticketbai.codes import check_digits, identifier, qr_url
from aeat_sii.ticketbai.making import NotForTicketBaiError, make
from aeat_sii.ticketbai.records import Detail, Device, Previous, TicketBai, read, write

__all__ = [
    "Detail",
    "Device",
    "NotForTicketBaiError",
    "Previous",
    "TicketBai",
    "check_digits",
    "identifier",
    "make",
    "qr_url",
    "read",
    "write",
]
