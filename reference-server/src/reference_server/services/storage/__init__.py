"""Files that are never changed: signed documents, pages, answers."""
