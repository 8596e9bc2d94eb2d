"""Business cards and results of the directory, as others wrote them."""

from datetime import date

from lxml import etree

from as4_peppol.peppol.cards import read_card, read_matches
from as4_peppol.testing import RECIPIENT, Pair
from as4_peppol.testing.publisher import Publisher
from einvoice_core.testing.judges import official


def test_cards_of_all_versions_are_read() -> None:
    paths = sorted(official("as4/business-cards").glob("v*.xml"))
    assert len(paths) >= 17
    for path in paths:
        root, card = etree.parse(str(path)).getroot(), read_card(path.read_bytes())
        assert len(card.entities) == len(root.findall("{*}BusinessEntity")), path.name
        for name in ("Name", "Identifier", "WebsiteURI", "Contact"):
            theirs = len(root.findall(f"{{*}}BusinessEntity/{{*}}{name}"))
            field = {"Name": "names", "WebsiteURI": "websites"}.get(name, f"{name.lower()}s")
            assert sum(len(getattr(e, field)) for e in card.entities) == theirs, path.name
        assert all(len(e.country) == 2 for e in card.entities)


def test_a_card_says_what_it_says() -> None:
    path = official("as4/business-cards") / "v3-business-card-test1.xml"
    first, second = read_card(path.read_bytes()).entities
    assert ("BRZ", "de") in first.names
    assert first.registered_on == date(2010, 7, 6)
    assert second.registered_on is None
    assert first.contacts[0].email == "support-erb@brz.gv.at"
    assert second.identifiers == (("ZIPCode", "1020"),)


def test_results_of_the_directory_are_read() -> None:
    path = official("as4/directory-samples") / "test1.xml"
    root, found = etree.parse(str(path)).getroot(), read_matches(path.read_bytes())
    assert found.total == len(found.found) == 1
    match = found.found[0]
    assert str(match.participant) == "iso6523-actorid-upis::9915:b"
    assert len(match.document_types) == len(root.findall("match/docTypeID"))
    assert len(match.entities) == len(root.findall("match/entity")) >= 1
    assert all(e.names and len(e.country) == 2 for e in match.entities)


def test_the_cards_of_the_sandbox_follow_the_schema(pair: Pair) -> None:
    publisher = Publisher(pair.pki, pair.receiver.certificate, "https://smp.example.test")
    publisher.card(RECIPIENT, "Panadería Sol & Luna", "ES")
    (answer,) = publisher.answers.values()
    path = official("as4/xsd/business-card") / "peppol-directory-business-card-20180621.xsd"
    etree.XMLSchema(etree.parse(str(path))).assertValid(etree.fromstring(answer().read()))
