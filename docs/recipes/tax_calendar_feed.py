"""Write the terms of a year as a calendar to subscribe to, with the holidays of the own place."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tax_es import calendar
from tax_es.calendar import Period, WorkingDays
from tax_es.errors import CalendarError

# 21 April 2025 was a working day in most of Spain; add what your town keeps.
town = WorkingDays.adding([date(2025, 4, 21)])
assert calendar.deadline("303", Period(2025, "1T")).due_on == date(2025, 4, 21)
assert calendar.deadline("303", Period(2025, "1T"), days=town).due_on == date(2025, 4, 22)

terms = calendar.deadlines(2025, ("303", "130", "111", "390", "190", "347"), days=town)
for term in terms[:3]:
    print(f"{term.due_on}: form {term.model} of {term.period}, {term.source}")

with TemporaryDirectory() as folder:
    feed = Path(folder) / "tax-es.ics"
    feed.write_text(calendar.icalendar(terms, stamp=date(2025, 1, 1)), "utf-8", newline="")
    lines = feed.read_bytes().split(b"\r\n")
assert lines.count(b"BEGIN:VEVENT") == len(terms) == 15

# The same in English, for whoever reads that.
assert "SUMMARY:Modelo 303" in calendar.icalendar(terms, stamp=date(2025, 1, 1))
assert "SUMMARY:Form 303" in calendar.icalendar(terms, stamp=date(2025, 1, 1), language="en")

# Invoices of the SII have four working days; a year whose holidays are not recorded is refused.
assert calendar.sii_deadline(date(2025, 12, 5)) == date(2025, 12, 12)
refused: dict[str, object] = {}
try:
    calendar.sii_deadline(date(2030, 1, 2))
except CalendarError as refusal:
    print(refusal.message)
    refused = dict(refusal.details)
assert refused == {"year": 2030}
