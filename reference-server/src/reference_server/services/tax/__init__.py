"""Questions about identifiers and rates."""
