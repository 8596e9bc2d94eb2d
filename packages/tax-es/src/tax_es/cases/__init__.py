"""Worked cases: the input of one, as JSON has it, and what the engine makes of it.

A case is an object such as the ones of the agency's manuals: amounts are texts, ``expected`` holds
known answers. :func:`compute` gives every output that a case of its kind can have; :func:`compare`
says where they differ from what is expected.
"""

from tax_es.cases.choices import choices
from tax_es.cases.engine import Difference, compare, compute, topic_of, topics

__all__ = ["Difference", "choices", "compare", "compute", "topic_of", "topics"]
