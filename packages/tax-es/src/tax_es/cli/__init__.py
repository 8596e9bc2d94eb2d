"""Command line ``tax-es``: JSON in, JSON out.

The exit code is 0 for an answer, 1 when something was found (an invalid identifier, an anomaly, a
case that differs), 2 for wrong use and for typed refusals, whose text and code go to standard
error. Needs the extra ``cli``.
"""

from tax_es.cli.program import main

__all__ = ["main"]
