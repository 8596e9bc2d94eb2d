"""Records of the SII: what is sent to each book (libro registro), in the order of the schema.

Records are checked for lengths, forms and code lists when they are made; relations between fields
are rules (:mod:`aeat_sii.sii.rules`).
"""

from aeat_sii.sii.records import common, igic, invoices, others, registers, submissions
from aeat_sii.sii.records.common import *  # noqa: F403 - __all__ of each says what is public
from aeat_sii.sii.records.igic import *  # noqa: F403 - __all__ of each says what is public
from aeat_sii.sii.records.invoices import *  # noqa: F403 - __all__ of each says what is public
from aeat_sii.sii.records.others import *  # noqa: F403 - __all__ of each says what is public
from aeat_sii.sii.records.registers import *  # noqa: F403 - __all__ of each says what is public
from aeat_sii.sii.records.submissions import *  # noqa: F403 - __all__ of each says what is public

__all__: list[str] = []
__all__ += common.__all__
__all__ += igic.__all__
__all__ += invoices.__all__
__all__ += others.__all__
__all__ += registers.__all__
__all__ += submissions.__all__
