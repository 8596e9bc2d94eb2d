"""The services: each a folder with its routes, use cases, queries and tables."""
