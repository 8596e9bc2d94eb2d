"""What a document really holds: each group and each term 0, 1 or many times, with its place.

The strict records of :mod:`ubl_peppol.model` cannot hold a document in which a term occurs twice or
is not a number; the reading can, and rules run on it::

    for totals in reading.groups("BG-22"):
        stated = totals.amount("BT-106")
"""

from ubl_peppol.reading.document import Reading, read
from ubl_peppol.reading.group import GroupReading
from ubl_peppol.reading.values import Value

__all__ = ["GroupReading", "Reading", "Value", "read"]
