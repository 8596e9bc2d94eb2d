"""The Spanish public solution for invoices between businesses (SPFE): profile ``es-spfe-1.0.0``.

::

    report = spfe.validate(xml)
    code = spfe.unique_code(ubl25.read(xml))

Needs the extra ``[spfe]``. The regulation is public; services, error catalogue and official rules
are not yet: :func:`facts` says of each check how far it can be trusted, and :class:`Readings`
holds the places where the texts leave several readings.
"""

from tax_es.calendar import WorkingDays
from ubl_peppol.spfe import messages
from ubl_peppol.spfe.building import Charge, Correction, LineInput, SpfeParty, build
from ubl_peppol.spfe.copying import FaithfulCopy, faithful_copy
from ubl_peppol.spfe.lists import BUSINESS_PROCESS, SPECIFICATION, codes
from ubl_peppol.spfe.migration import Lack, migrate
from ubl_peppol.spfe.readings import Readings
from ubl_peppol.spfe.rules import RuleFact, facts, invoice_rules, message_rules, validate
from ubl_peppol.spfe.solution import (
    DuplicateInvoiceError,
    LocalSolution,
    Refusal,
    RefusedBySolutionError,
    Registered,
    Solution,
    SolutionError,
)
from ubl_peppol.spfe.terms import StatusTerm, outage_grace, payment_report_needed, status_term
from ubl_peppol.spfe.unique import UniqueCode, unique_code

__all__ = [
    "BUSINESS_PROCESS",
    "SPECIFICATION",
    "Charge",
    "Correction",
    "DuplicateInvoiceError",
    "FaithfulCopy",
    "Lack",
    "LineInput",
    "LocalSolution",
    "Readings",
    "Refusal",
    "RefusedBySolutionError",
    "Registered",
    "RuleFact",
    "Solution",
    "SolutionError",
    "SpfeParty",
    "StatusTerm",
    "UniqueCode",
    "WorkingDays",
    "build",
    "codes",
    "facts",
    "faithful_copy",
    "invoice_rules",
    "message_rules",
    "messages",
    "migrate",
    "outage_grace",
    "payment_report_needed",
    "status_term",
    "unique_code",
    "validate",
]
