"""Help for tests, of this package and of its users: invented records, and strategies for many.

Import from the modules: :mod:`~aeat_sii.testing.examples`, :mod:`~aeat_sii.testing.strategies`.
"""
