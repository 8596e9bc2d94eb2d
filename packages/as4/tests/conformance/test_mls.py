"""Message level status: the official samples, each bad one named after the rule it breaks."""

from lxml import etree

from as4_peppol.peppol import mls
from einvoice_core.testing.judges import official


def test_good_samples_are_read_and_written_again() -> None:
    paths = sorted((official("as4/mls") / "good").glob("*.xml"))
    assert len(paths) >= 6
    for path in paths:
        status = mls.read(path.read_bytes())
        assert mls.read(mls.write(status)) == status, path.name


def test_bad_samples_break_the_rule_of_their_name() -> None:
    paths = sorted((official("as4/mls") / "bad").glob("*.xml"))
    assert len(paths) >= 45
    missed = {}
    for path in paths:
        found = {f.rule for f in mls.check(path.read_bytes())}
        if f"SCH-MLS-{path.stem[4:6]}" not in found:
            missed[path.name] = found
    assert missed == {}


def test_what_is_written_follows_the_schema() -> None:
    path = official("ubl") / "2.1/maindoc/UBL-ApplicationResponse-2.1.xsd"
    schema = etree.XMLSchema(etree.parse(str(path)))
    for sample in sorted((official("as4/mls") / "good").glob("*.xml")):
        schema.assertValid(etree.fromstring(mls.write(mls.read(sample.read_bytes()))))
