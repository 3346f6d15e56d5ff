"""A database that wants TLS and a certificate of ours: what does not fit is told, with what to do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from stampwell.database.address import read_address
from stampwell.database.explaining import explain_refusal
from stampwell.database.pooler import connect
from tests.certificates import Chain, make_chain
from tests.other_server import OtherServer, find_programs, running_server
from tests.serving import free_port

PROGRAMS = find_programs()
RULES = "hostssl all all 127.0.0.1/32 cert"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL of the system: apt-get install postgresql."),
    pytest.mark.machine_clock,
]


class Place:
    """The server with its chain, and what its clients may show: ours, and one of somebody else."""

    def __init__(self, server: OtherServer, chain: Chain, ours: Chain, theirs: Chain) -> None:
        self.server, self.chain, self.ours, self.theirs = server, chain, ours, theirs

    def url(self, host: str = "localhost", **changes: str) -> str:
        given = {
            "sslmode": "verify-full",
            "sslrootcert": str(self.chain.root),
            "sslcert": str(self.ours.pair.certificate),
            "sslkey": str(self.ours.pair.key),
            **changes,
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in given.items() if value)
        return f"postgresql://stampwell@{host}:{self.server.port}/stampwell?{query}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, begins = tmp_path_factory.mktemp("tls"), datetime.now(UTC) - timedelta(days=1)
    chain = make_chain(folder / "server", "localhost", begins)
    clients = [make_chain(folder / name, name, begins) for name in ("stampwell", "somebody")]
    for client in clients:
        client.pair.key.chmod(0o600)
    files = {
        "server.crt": chain.pair.certificate.read_bytes(),
        "server.key": chain.pair.key.read_bytes(),
        "clients.crt": b"".join(client.root.read_bytes() for client in clients),
    }
    tls = {"ssl": "on", "ssl_ca_file": "clients.crt", "listen_addresses": "127.0.0.1"}
    assert PROGRAMS is not None
    with running_server(PROGRAMS, rules=RULES, files=files, port=free_port(), **tls) as server:
        yield Place(server, chain, *clients)


def refusal(url: str) -> str:
    with pytest.raises(psycopg.OperationalError) as refused, closing(connect(read_address(url))):
        pass
    return explain_refusal(refused.value)


def test_an_address_names_the_authority_and_our_certificate(place: Place) -> None:
    with closing(connect(read_address(place.url()))) as link:
        row = link.execute(
            "SELECT ssl, client_dn, current_setting('lock_timeout') FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()

    assert row == (True, "/CN=stampwell", "5s")


def test_the_wrong_authority_and_the_wrong_name_are_told(place: Place) -> None:
    assert "not in the file of sslrootcert: name that one." in refusal(place.url(sslrootcert=str(place.ours.root)))
    assert "Write the name that stands in the server's certificate" in refusal(place.url("127.0.0.1"))
    assert "verify-full needs sslrootcert=FILE" in refusal(place.url(sslrootcert="/nowhere/ca.pem"))


def test_what_is_wrong_with_our_certificate_is_told(place: Place, tmp_path: Path) -> None:
    open_to_all = tmp_path / "key.pem"
    open_to_all.write_bytes(place.ours.pair.key.read_bytes())
    open_to_all.chmod(0o644)
    theirs = {"sslcert": str(place.theirs.pair.certificate), "sslkey": str(place.theirs.pair.key)}

    assert "Name ours in DATABASE_URL with sslcert=FILE" in refusal(place.url(sslcert="", sslkey=""))
    assert "The name (CN) in the certificate of sslcert" in refusal(place.url(**theirs))
    assert "nobody else may read it: chmod 600." in refusal(place.url(sslkey=str(open_to_all)))
    assert "Name the key of sslcert with sslkey=FILE." in refusal(place.url(sslkey="/nowhere/key.pem"))
    assert "The server wants TLS: add sslmode=verify-full" in refusal(place.url(sslmode="disable"))


def test_a_server_without_tls_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_say_no, args=(listening,), daemon=True).start()
        port = listening.getsockname()[1]
        said = refusal(f"postgresql://stampwell@127.0.0.1:{port}/stampwell?sslmode=require")

    assert "Let the server have a certificate (ssl = on)." in said


def _say_no(listening: socket.socket) -> None:
    """As a server without a certificate answers whoever asks for TLS."""
    client, _address = listening.accept()
    with client:
        client.recv(8)
        client.sendall(b"N")
        client.recv(1)
