"""A small real server that speaks HTTP/2 over TLS, with a certificate of its own that a client is told to trust."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings

# The TLS library asks the machine for the day, whatever day it is in a test.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
STREAMS = 1000  # that one connection may have open


@dataclass
class Request:
    """As it arrived; pseudo headers such as `:path` are among the headers."""

    headers: dict[str, str]
    body: bytes = b""


class Talk:
    """One connection. Whoever inherits says in `answer` what becomes of a request."""

    def __init__(self, stream: ssl.SSLSocket, *, streams: int = STREAMS) -> None:
        self.stream = stream
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        most = {SettingCodes.MAX_CONCURRENT_STREAMS: streams}
        self.http.local_settings = Settings(client=False, initial_values=most)
        self.asked: dict[int, Request] = {}
        self.is_over = False
        self._complete: list[int] = []

    def hold(self) -> None:
        """Until either side ends it."""
        self.http.initiate_connection()
        self.flush()
        while not self.is_over:
            data = self.stream.recv(65_536)
            if not data:
                return
            for event in self.http.receive_data(data):
                self._hear(event)
            while self._complete and not self.is_over:
                number = self._complete.pop(0)
                self.answer(number, self.asked.pop(number))
            self.flush()

    def answer(self, number: int, request: Request) -> None:
        raise NotImplementedError

    def send(self, number: int, status: int, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()) -> None:
        self.http.send_headers(number, [(":status", str(status)), *headers], end_stream=not body)
        size = self.http.max_outbound_frame_size
        for start in range(0, len(body), size):
            self.http.send_data(number, body[start : start + size], end_stream=start + size >= len(body))

    def flush(self) -> None:
        if data := self.http.data_to_send():
            self.stream.sendall(data)

    def cut(self) -> None:
        """Gone without a word, after what was answered."""
        self.flush()
        self.is_over = True

    def go_away(self, last: int) -> None:
        """Says which request was the last that counts, and ends."""
        self.http.close_connection(last_stream_id=last)
        self.cut()

    def let_go(self) -> None:
        """Reads on until the client has ended it too, and looks at nothing: a connection that is closed with something
        unread is reset, and what was answered last may then be lost on the way.
        """
        self.stream.settimeout(5)
        self.stream.shutdown(socket.SHUT_WR)
        while self.stream.recv(65_536):
            pass

    def _hear(self, event: Event) -> None:
        match event:
            case RequestReceived():
                self.asked[event.stream_id] = Request({str(name): str(value) for name, value in event.headers})
            case DataReceived():
                self.asked[event.stream_id].body += event.data
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                self._complete.append(event.stream_id)
            case ConnectionTerminated():
                self.is_over = True


@dataclass
class Http2Server:
    """Listens from `start` to `stop`; every connection is a talk in a thread of its own."""

    context: ssl.SSLContext
    talk: Callable[[ssl.SSLSocket], Talk]
    connections: int = 0
    _open: set[ssl.SSLSocket] = field(default_factory=set)

    def start(self) -> int:
        """The port."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def stop(self) -> None:
        with _gone_clients_ignored():
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()
        self._thread.join()
        self.cut_all()

    def cut_all(self) -> None:
        """Ends every connection, also those that rest."""
        for stream in list(self._open):
            with _gone_clients_ignored():
                stream.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                plain, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with _gone_clients_ignored():
            stream = self.context.wrap_socket(plain, server_side=True)
            self._open.add(stream)
            try:
                self.connections += 1
                talk = self.talk(stream)
                talk.hold()
                talk.let_go()
            finally:
                self._open.discard(stream)
                stream.close()


def server_context(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate signed by itself for this machine; the file is what a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, name)
    ca, own = folder / f"{name}-ca.pem", folder / f"{name}.pem"
    ca.write_bytes(certificate.public_bytes(Encoding.PEM))
    own.write_bytes(ca.read_bytes() + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.set_alpn_protocols(["h2"])
    return ca, context


def _certificate(key: ec.EllipticCurvePrivateKey, name: str) -> x509.Certificate:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    here: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    uses = {
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName(here), False),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.KeyUsage(digital_signature=True, key_cert_sign=True, **uses), True),
    ]
    builder = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(ALWAYS[0])
    builder = builder.not_valid_after(ALWAYS[1])
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key, hashes.SHA256())


class _gone_clients_ignored:
    """A client that goes away in the middle is nothing to report."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_rest: Any) -> bool:
        return kind is not None and issubclass(kind, OSError)
