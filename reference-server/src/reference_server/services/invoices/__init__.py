"""Invoices: drafts that may change, and issued ones that never do."""
