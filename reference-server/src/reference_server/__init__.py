"""The whole suite behind one HTTP API; the knowledge is in the packages, the plumbing here."""
