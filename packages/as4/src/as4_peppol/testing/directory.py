"""A directory of participants for tests, with the search of the Peppol Directory in its XML form.

Source: Peppol Directory, search 1.0.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs
from xml.sax.saxutils import escape, quoteattr

from as4_peppol.peppol.identifiers import DocumentTypeId, ParticipantId

__all__ = ["Directory", "Listed"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant that is listed.

    Args:
        participant: Its identifier.
        name: Of the business.
        country: Two letters.
        document_type: What it gets.
    """

    participant: ParticipantId
    name: str
    country: str
    document_type: DocumentTypeId

    def fits(self, terms: dict[str, str]) -> bool:
        """Whether it is what somebody looks for; a term that is not known fits nothing."""
        texts = (str(self.participant), self.name, self.country, str(self.document_type))
        found: dict[str, Callable[[str], bool]] = {
            "q": lambda term: any(term.casefold() in text.casefold() for text in texts),
            "participant": lambda term: term.lower() == str(self.participant).lower(),
            "name": lambda term: term.casefold() in self.name.casefold(),
            "country": lambda term: term == self.country,
            "doctype": lambda term: term == str(self.document_type),
        }
        return all(name in found and found[name](term) for name, term in terms.items())

    def match(self) -> str:
        """Write it as a result."""
        who, kind = self.participant, self.document_type
        return (
            f"<match><participantID scheme={quoteattr(who.scheme)}>{escape(who.value)}"
            f"</participantID><docTypeID scheme={quoteattr(kind.scheme)}>{escape(kind.value)}"
            f"</docTypeID><entity><name>{escape(self.name)}</name>"
            f"<countryCode>{escape(self.country)}</countryCode></entity></match>"
        )


@dataclass(slots=True)
class Directory:
    """The directory.

    Args:
        listed: Who stands in it, by the key of the participant.
    """

    listed: dict[str, Listed] = field(default_factory=dict)

    def add(self, entry: Listed) -> None:
        """List a participant, or change how it is listed."""
        self.listed[entry.participant.key] = entry

    def search(self, query: str) -> bytes | None:
        """Answer a search.

        Args:
            query: Of the address.

        Returns:
            The page of results; ``None`` where nothing is asked for, or not in a way to answer.
        """
        terms = {name: values[0] for name, values in parse_qs(query).items()}
        page, size = terms.pop("resultPageIndex", "0"), terms.pop("resultPageCount", "20")
        numbers = page + size
        if not terms or len(numbers) > 10 or not (numbers.isascii() and numbers.isdigit()):
            return None
        found = [each for each in list(self.listed.values()) if each.fits(terms)]
        first = int(page) * int(size)
        shown = "".join(each.match() for each in found[first : first + int(size)])
        return f'<resultlist total-result-count="{len(found)}">{shown}</resultlist>'.encode()
