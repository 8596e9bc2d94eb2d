"""Electronic invoices of EN 16931: semantic model, UBL 2.1 and the official rules."""
