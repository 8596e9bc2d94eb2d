"""What tests of programs that use the server need: a server with a sandbox of the agency."""

from reference_server.testing.bench import BUYER, PASSWORD, SELLER, Bench, company, running

__all__ = ["BUYER", "PASSWORD", "SELLER", "Bench", "company", "running"]
