import socket

from einvoice_core.testing.databases import postgresql


def test_a_server_answers_while_it_is_wanted() -> None:
    with postgresql() as address:
        port = int(dict(word.split("=") for word in address.split())["port"])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            # A request for TLS: the server says whether it speaks it.
            connection.sendall(bytes.fromhex("0000000804d2162f"))
            assert connection.recv(1) in {b"S", b"N"}
    with socket.socket() as closed:
        assert closed.connect_ex(("127.0.0.1", port)) != 0
