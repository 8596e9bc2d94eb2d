"""Companies, their users and their certificates."""
