"""Apple's push service as a small real server: HTTP/2 over TLS, with the client's certificate or a signed token.

It refuses what Apple refuses, counts what it takes, and can be told to answer otherwise. As a program, for the
benchmark, it prints its port and serves until its input ends:

    python -m tests.doubles.apns FOLDER ROOT INTERMEDIATE
"""

import base64
import json
import re
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings

STREAMS = 1000
TOKEN = re.compile(r"[0-9a-f]{64}\Z")


@dataclass
class Said:
    """An answer that the test wants; `reset` breaks the stream off instead."""

    status: int = 200
    reason: str = ""
    timestamp: int | None = None
    reset: bool = False


@dataclass
class Seen:
    """A push as it arrived."""

    token: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushDouble:
    """`script` holds, for a push token, the answers to come; what is not scripted is taken."""

    folder: Path
    trusted: list[Path]
    keys: dict[str, tuple[str, ec.EllipticCurvePublicKey]] = field(default_factory=dict)  # id: team, key
    script: dict[str, list[Said]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    most_at_once: int = 0
    goaway_after: int | None = None  # answers on one connection, then it wants no more
    cut_after: int | None = None  # answers on one connection, then it is gone without a word
    pause: float = 0.0  # before each answer
    streams: int = STREAMS
    remembers: bool = True

    def __enter__(self) -> "PushDouble":
        self.ca, context = _server_context(self.folder, self.trusted)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._context, self._open = context, set[socket.socket]()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        with _ignored():
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()
        self._thread.join()
        for stream in list(self._open):
            with _ignored():
                stream.shutdown(socket.SHUT_RDWR)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                plain, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with _ignored():
            stream = self._context.wrap_socket(plain, server_side=True)
            self._open.add(stream)
            try:
                self.connections += 1
                _Talk(self, stream).hold()
            finally:
                self._open.discard(stream)
                stream.close()


class _Talk:
    """One connection."""

    def __init__(self, double: PushDouble, stream: ssl.SSLSocket) -> None:
        self.double, self.stream = double, stream
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        most = {SettingCodes.MAX_CONCURRENT_STREAMS: double.streams}
        self.http.local_settings = Settings(client=False, initial_values=most)
        self.asked: dict[int, Seen] = {}
        self.complete: list[int] = []
        self.topic = _topic_of(stream)
        self.answered = 0
        self.is_over = False

    def hold(self) -> None:
        self.http.initiate_connection()
        self._flush()
        while not self.is_over:
            data = self.stream.recv(65_536)
            if not data:
                return
            for event in self.http.receive_data(data):
                self._hear(event)
            while self.complete and not self.is_over:
                self._answer(self.complete.pop(0))
            self._flush()

    def _flush(self) -> None:
        if data := self.http.data_to_send():
            self.stream.sendall(data)

    def _hear(self, event: Event) -> None:
        match event:
            case RequestReceived():
                headers = {str(name): str(value) for name, value in event.headers}
                self.asked[event.stream_id] = Seen(headers[":path"].rpartition("/")[2], headers, b"")
                self.double.most_at_once = max(self.double.most_at_once, len(self.asked))
            case DataReceived():
                self.asked[event.stream_id].body += event.data
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                self.complete.append(event.stream_id)
            case ConnectionTerminated():
                self.is_over = True

    def _answer(self, number: int) -> None:
        double, seen = self.double, self.asked.pop(number)
        if double.pause:
            time.sleep(double.pause)
        said = double.script[seen.token].pop(0) if double.script.get(seen.token) else self._judge(seen)
        if double.remembers:
            double.seen.append(seen)
        if said.reset:
            self.http.reset_stream(number, ErrorCodes.REFUSED_STREAM)
        else:
            self._send(number, said)
        double.taken[seen.token] += said.status == 200 and not said.reset
        self.answered += 1
        self._end_as_told(number)

    def _send(self, number: int, said: Said) -> None:
        headers = [(":status", str(said.status))]
        if said.status == 200:
            self.http.send_headers(number, headers, end_stream=True)
            return
        body: dict[str, object] = {"reason": said.reason}
        if said.timestamp:
            body["timestamp"] = said.timestamp
        self.http.send_headers(number, headers)
        self.http.send_data(number, json.dumps(body).encode(), end_stream=True)

    def _end_as_told(self, number: int) -> None:
        if self.answered == self.double.cut_after:
            self._flush()
            self.is_over = True
        if self.answered == self.double.goaway_after:
            self.http.close_connection(last_stream_id=number)
            self._flush()
            self.is_over = True

    def _judge(self, seen: Seen) -> Said:
        """What Apple says to a push like this one."""
        headers = seen.headers
        if problem := self._sign_in_problem(headers):
            return Said(403, problem)
        wrong = [
            (headers[":method"] != "POST", 405, "MethodNotAllowed"),
            (not headers[":path"].startswith("/3/device/"), 404, "BadPath"),
            (not headers.get("apns-topic"), 400, "MissingTopic"),
            (self.topic and headers.get("apns-topic") != self.topic, 400, "BadTopic"),
            (not TOKEN.match(seen.token), 400, "BadDeviceToken"),
            (seen.body != b"{}", 400, "PayloadEmpty" if not seen.body else "PayloadNotEmpty"),
            (headers.get("apns-push-type") != "background", 400, "InvalidPushType"),
            (headers.get("apns-priority") != "5", 400, "BadPriority"),
        ]
        return next((Said(status, reason) for is_wrong, status, reason in wrong if is_wrong), Said())

    def _sign_in_problem(self, headers: dict[str, str]) -> str:
        if self.topic:
            return ""
        kind, _space, statement = headers.get("authorization", "").partition(" ")
        if kind != "bearer":
            return "MissingProviderToken"
        return _token_problem(statement, self.double.keys)


def _token_problem(statement: str, keys: dict[str, tuple[str, ec.EllipticCurvePublicKey]]) -> str:
    try:
        said, _dot, signature = statement.rpartition(".")
        head, claims = (json.loads(_bytes(part)) for part in said.split("."))
        team, key = keys[head["kid"]]
        raw = _bytes(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key.verify(der, said.encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, KeyError, InvalidSignature):
        return "InvalidProviderToken"
    if head["alg"] != "ES256" or claims["iss"] != team:
        return "InvalidProviderToken"
    return "ExpiredProviderToken" if abs(time.time() - claims["iat"]) > 3600 else ""


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _topic_of(stream: ssl.SSLSocket) -> str:
    """The pass type of the client's certificate; empty where it has shown none."""
    der = stream.getpeercert(binary_form=True)
    if not der:
        return ""
    return str(x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.USER_ID)[0].value)


def _server_context(folder: Path, trusted: list[Path]) -> tuple[Path, ssl.SSLContext]:
    """The server's own certificate, signed by itself: the file is also what a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "push double")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    builder = builder.not_valid_after(now + timedelta(days=30)).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(
        x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        ),
        critical=True,
    )
    certificate = builder.sign(key, hashes.SHA256())
    ca, own = folder / "push-double-ca.pem", folder / "push-double.pem"
    ca.write_bytes(certificate.public_bytes(Encoding.PEM))
    own.write_bytes(ca.read_bytes() + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.set_alpn_protocols(["h2"])
    # Who signs in with a key shows no certificate; one that is shown must be of our chain.
    context.verify_mode = ssl.CERT_OPTIONAL
    for file in trusted:
        context.load_verify_locations(file)
    return ca, context


class _ignored:
    """A client that goes away in the middle is nothing to report."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_rest: Any) -> bool:
        return kind is not None and issubclass(kind, OSError)


def main(folder: str, *trusted: str) -> None:
    with PushDouble(Path(folder), [Path(file) for file in trusted], remembers=False) as double:
        print(double.port, double.ca, flush=True)
        for _line in sys.stdin:
            print(sum(double.taken.values()), len(double.taken), double.connections, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
