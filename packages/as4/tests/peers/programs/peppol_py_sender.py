"""peppol-py as a peer of tests: sends a document to an access point that is named.

URL RECEIVER_PEM KEY_PEM CERTIFICATE_PEM XMLSEC DOCUMENT. Its look-up and its check of certificates
know only the network itself, so the answers of both are given to it.
"""

import sys
from pathlib import Path

from peppol_py import sender


def main(arguments: list[str]) -> None:
    """Send, and say what came of it."""
    url, receiver, key, certificate, xmlsec, document = arguments
    found = ("peppol-transport-as4-v2_0", url, Path(receiver).read_bytes())
    sender.get_service_info_for_participant_from_smp = lambda *rest, **options: found
    sender.validate_certificate = lambda *rest: None
    try:
        sender.send_peppol_document(
            Path(document).read_bytes(),
            xmlsec,
            key,
            "",
            certificate,
            sender_id="9920:ESB12345674",
            receiver_id="9915:test",
            sender_country="ES",
            document_type_version="2.1",
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what came of it
        print("failed", repr(error).replace("\n", " "))
    else:
        print("sent")


if __name__ == "__main__":
    main(sys.argv[1:])
