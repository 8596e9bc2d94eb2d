"""The official rules as a second opinion: Schematron that you have, run by Saxon.

The extra ``ubl-peppol[schematron]`` brings it.

::

    with SecondOpinion(["PEPPOL-EN16931-UBL.xslt"]) as official:
        report = official.judge(xml)

No official file comes with this package. What you give is recognised by its SHA-256
(:func:`recognise`), and the report says which files ran and which did not, and why.
"""

from ubl_peppol.schematron.manifest import KnownRelease, recognise
from ubl_peppol.schematron.opinion import SecondOpinion

__all__ = ["KnownRelease", "SecondOpinion", "recognise"]
