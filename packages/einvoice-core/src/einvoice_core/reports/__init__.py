"""Reports about files, for people and for programs: text, JSON, SARIF, JUnit, SVRL.

Results are written as they come, so that ten thousand files take no more memory than one.

=========  =========================================================================================
``text``   one line for each finding, as compilers write them
``json``   a list of ``{file, valid, layers, findings: [{rule, severity, message, path, line}]}``,
           where ``layers`` is ``{run: [name], skipped: {name: reason}}``; a finding that could not
           be decided has ``undecided: true``, a report that was cut ``truncated: true``
``sarif``  SARIF 2.1.0, for code scanning
``junit``  test cases, for continuous integration
``svrl``   Schematron validation report, for tools that know the official artefacts
=========  =========================================================================================

A file that cannot be read is not valid; its one finding has the code of the error as its rule.
"""

from einvoice_core.reports._results import Described, FileReport, Problem, Summary, Tool
from einvoice_core.reports._writing import ReportFormat, write

__all__ = ["Described", "FileReport", "Problem", "ReportFormat", "Summary", "Tool", "write"]
