"""Changes to a signed document, for tests of whoever verifies it.

Each change names the checks of which at least one must fail because of it. One that names none
touches nothing that is signed: the document may pass, and then what is returned of it must be the
same as before.
"""

from einvoice_core.testing.tampering._harmful import HARMFUL
from einvoice_core.testing.tampering._harmless import HARMLESS
from einvoice_core.testing.tampering._work import Attacker, Change, Tampering, Work, tamper

__all__ = ["HARMFUL", "HARMLESS", "Attacker", "Change", "Tampering", "Work", "tamper"]
