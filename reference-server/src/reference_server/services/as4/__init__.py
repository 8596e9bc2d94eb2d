"""Peppol over AS4: documents sent to other access points, and those that they send here."""
