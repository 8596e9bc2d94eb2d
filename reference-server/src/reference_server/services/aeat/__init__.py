"""The tax agency: submission of records, answers, and the audit of the chain."""
