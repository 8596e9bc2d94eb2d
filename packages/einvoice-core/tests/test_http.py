import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from einvoice_core import http
from einvoice_core.certificates import Credential
from einvoice_core.testing.authority import ThrowawayAuthority
from einvoice_core.testing.transport import Exchange, Scripted, cut_off, down, reply, slow

URL = "https://localhost/"


@pytest.fixture(scope="module")
def authority() -> ThrowawayAuthority:
    return ThrowawayAuthority(keys="ec")


def post(transport: Scripted, **options: object) -> http.Reply:
    with http.client(transport=transport) as client:
        request = client.build_request("POST", URL, content=b"question")
        return http.send(client, request, **options)  # type: ignore[arg-type]


def test_a_reply_is_read_whole() -> None:
    transport = Scripted([b"answer"])
    answer = post(transport)
    assert (answer.status, answer.body) == (200, b"answer")
    assert transport.requests[0].content == b"question"
    assert transport.is_done


def test_a_status_of_failure_is_an_answer_too() -> None:
    assert post(Scripted([reply(b"fault", 500)])).status == 500


def test_redirects_are_not_followed() -> None:
    elsewhere = Exchange(302, b"", headers={"Location": "https://example.org/"})
    assert post(Scripted([elsewhere])).status == 302


@pytest.mark.parametrize(
    ("exchange", "error", "delivery"),
    [
        (down(), http.UnreachableError, "none"),
        (slow(), http.TimedOutError, "unknown"),
        (cut_off(b"half an answer", 4), http.CutOffError, "unknown"),
        (reply(b"x" * 2000), http.ReplyTooLargeError, "unknown"),
    ],
)
def test_what_goes_wrong_has_a_name(
    exchange: Exchange, error: type[http.TransportError], delivery: str
) -> None:
    with pytest.raises(error) as caught:
        post(Scripted([exchange]), max_bytes=1000)
    assert caught.value.details["delivery"] == delivery


def test_a_reply_that_drips_is_given_up() -> None:
    times = iter([0.0, 200.0])
    with pytest.raises(http.TimedOutError):
        post(Scripted([b"answer"]), deadline_s=100, clock=lambda: next(times))


def test_a_compressed_reply_counts_by_its_true_size() -> None:
    import gzip

    bomb = Exchange(200, gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"})
    with pytest.raises(http.ReplyTooLargeError):
        post(Scripted([bomb]), max_bytes=100_000)


def test_garbage_instead_of_a_compressed_reply() -> None:
    garbage = Exchange(200, b"not gzip", {"Content-Encoding": "gzip"})
    with pytest.raises(http.CutOffError):
        post(Scripted([garbage]))


def test_the_caller_decides_about_further_attempts() -> None:
    transport = Scripted([down(), down(), b"answer"])
    waits: list[float] = []

    def retry(attempt: int, error: http.TransportError) -> float | None:
        return attempt * 2.0 if error.details["delivery"] == "none" else None

    assert post(transport, retry=retry, sleep=waits.append).body == b"answer"
    assert waits == [2.0, 4.0]


def test_attempts_end_when_the_caller_says_so() -> None:
    with pytest.raises(http.TimedOutError):
        post(Scripted([slow(), b"answer"]), retry=lambda attempt, error: None)


def test_the_asynchronous_client_is_the_same() -> None:
    async def ask(exchange: Exchange) -> http.Reply:
        async with http.async_client(transport=Scripted([exchange])) as client:
            return await http.send_async(client, client.build_request("POST", URL))

    assert asyncio.run(ask(reply(b"answer"))).body == b"answer"
    with pytest.raises(http.UnreachableError):
        asyncio.run(ask(down()))
    with pytest.raises(http.CutOffError):
        asyncio.run(ask(cut_off(b"answer", 2)))


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with http.client(trust=ThrowawayAuthority(keys="ec").pem) as client:
        request = client.build_request("GET", f"https://127.0.0.1:{port}/")
        with pytest.raises(http.UnreachableError):
            http.send(client, request)


@contextmanager
def tls_server(authority: ThrowawayAuthority, *, client_required: bool) -> Iterator[str]:
    """Answer one request over TLS with the subject of the client's certificate."""
    server = authority.issue_server("localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    http._load(context, server)
    if client_required:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority.pem.decode())
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        try:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                subject = str(secure.getpeercert()).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(subject)}\r\n\r\n"
                secure.sendall(head.encode() + subject)
        except OSError:
            return

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}/"
    finally:
        listener.close()
        thread.join(5)


def ask(url: str, trust: bytes, credential: Credential | None) -> http.Reply:
    with http.client(credential=credential, trust=trust) as client:
        return http.send(client, client.build_request("GET", url))


def test_the_server_sees_the_certificate_of_the_client(authority: ThrowawayAuthority) -> None:
    with tls_server(authority, client_required=True) as url:
        answer = ask(url, authority.pem, authority.issue("99999972C"))
    assert b"IDCES-99999972C" in answer.body


def test_no_certificate_where_one_is_required(authority: ThrowawayAuthority) -> None:
    with (
        tls_server(authority, client_required=True) as url,
        pytest.raises((http.TlsError, http.CutOffError)),
    ):
        ask(url, authority.pem, None)


def test_tls_settings_of_ones_own(authority: ThrowawayAuthority) -> None:
    context = http.tls_context(trust=authority.pem)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with tls_server(authority, client_required=False) as url, http.client(context=context) as own:
        assert http.send(own, own.build_request("GET", url)).status == 200
    stranger = http.tls_context(trust=ThrowawayAuthority(keys="ec").pem)
    with (
        tls_server(authority, client_required=False) as url,
        http.client(context=stranger) as own,
        pytest.raises(http.TlsError),
    ):
        http.send(own, own.build_request("GET", url))


def test_a_server_of_another_authority_is_refused(authority: ThrowawayAuthority) -> None:
    other = ThrowawayAuthority(keys="ec")
    with tls_server(other, client_required=False) as url, pytest.raises(http.TlsError):
        ask(url, authority.pem, None)


def test_the_key_does_not_stay_on_the_disk(
    authority: ThrowawayAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    http.tls_context(authority.issue("99999972C"), authority.pem)
    assert list(tmp_path.iterdir()) == []


def test_trust_that_is_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(http.TlsError):
        http.tls_context(trust=b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(http.TlsError):
        http.tls_context(trust=tmp_path / "missing.pem")


def test_trust_from_files(authority: ThrowawayAuthority, tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_bytes(authority.pem)
    context = http.tls_context(trust=[file, authority.pem])
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.cert_store_stats()["x509_ca"] >= 1
