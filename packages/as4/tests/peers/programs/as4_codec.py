"""Runs in the environment of the package ``as4`` from the public index: builds and reads messages.

One line of JSON comes in for each task, one goes out; octets are Base64.
"""

import base64
import json
import sys
import time
from typing import Any

from as4.core.common import AS4LocalPrivateKey
from as4.peppol import (
    build_peppol_message,
    create_peppol_external_party,
    create_peppol_internal_party,
    parse_peppol_message,
    parse_peppol_receipt,
    peppol_security_policy,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def octets(text: str) -> bytes:
    return base64.b64decode(text)


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def build(task: dict[str, Any]) -> dict[str, Any]:
    key = AS4LocalPrivateKey(load_pem_private_key(octets(task["key"]), None))
    certificate = x509.load_pem_x509_certificate(octets(task["certificate"]))
    other = x509.load_pem_x509_certificate(octets(task["other"]))
    begun = time.perf_counter()
    message = build_peppol_message(
        payload=octets(task["payload"]),
        local_party=create_peppol_internal_party(task["seat"], certificate, key),
        remote_party=create_peppol_external_party(task["other_seat"], other),
        sender=task["sender"],
        recipient=task["recipient"],
        sender_country_id="ES",
        document_type_identifier_scheme="busdox-docid-qns",
        document_type_identifier_value=task["document_type"],
        process_identifier=task["process"],
    )
    body, boundary = message.get_request_data()
    seconds = time.perf_counter() - begun
    state["message"], state["other"] = message, other
    headers = message.get_http_headers(boundary)
    return {"headers": headers, "body": text_of(body), "seconds": seconds}


def check(task: dict[str, Any]) -> dict[str, Any]:
    receipt = parse_peppol_receipt(octets(task["body"]), state["other"])
    errors = [error.error_code for error in receipt.errors]
    if not errors:
        receipt.verify_non_repudiation(state["message"].signed_references)
    return {"errors": errors}


def receive(task: dict[str, Any]) -> dict[str, Any]:
    key = AS4LocalPrivateKey(load_pem_private_key(octets(task["key"]), None))
    certificate = x509.load_pem_x509_certificate(octets(task["certificate"]))
    anchors = x509.load_pem_x509_certificates(octets(task["anchors"]))
    begun = time.perf_counter()
    received = parse_peppol_message(
        request_headers=task["headers"],
        request_body=octets(task["body"]),
        local_party=create_peppol_internal_party(task["seat"], certificate, key),
        security_policy=peppol_security_policy(anchors[0], intermediates=anchors[1:]),
    )
    headers, signal = received.build_signal()
    seconds = time.perf_counter() - begun
    payload = next(iter(received.message.decrypted_data.values())) if received.successful else b""
    return {
        "successful": received.successful,
        "headers": headers,
        "signal": text_of(signal),
        "payload": text_of(payload),
        "seconds": seconds,
    }


state: dict[str, Any] = {}
TASKS = {"build": build, "check": check, "receive": receive}

for line in sys.stdin:
    task = json.loads(line)
    try:
        answer = TASKS[task["do"]](task)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test shall say it
        answer = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
