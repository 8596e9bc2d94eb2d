"""EN 16931, UBL and Peppol."""
