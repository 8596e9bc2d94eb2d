"""The customers of a company."""
