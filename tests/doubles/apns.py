"""Apple's push service as a small real server: HTTP/2 over TLS, with the client's certificate or a signed token.

It refuses what Apple refuses, counts what it takes, and can be told to answer otherwise. As a program, for the
benchmark, it prints its port and serves until its input ends:

    python -m tests.doubles.apns FOLDER ROOT INTERMEDIATE
"""

import base64
import json
import re
import ssl
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID
from h2.errors import ErrorCodes

from stampwell.clock import now
from tests.doubles.http2 import STREAMS, Http2Server, Request, Talk, server_context

# The day of a test is not the day of the TLS library, which has no other clock than the machine's.
ANY_DAY = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME
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
    at: float = field(default_factory=time.monotonic)


@dataclass
class PushDouble:
    """`script` holds, for a push token, the answers to come; what is not scripted is taken."""

    folder: Path
    trusted: list[Path]
    keys: dict[str, tuple[str, ec.EllipticCurvePublicKey]] = field(default_factory=dict)  # id: team, key
    script: dict[str, list[Said]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    goaway_after: int | None = None  # answers on one connection, then it wants no more
    cut_after: int | None = None  # answers on one connection, then it is gone without a word
    pause: float = 0.0  # before each answer
    streams: int = STREAMS
    remembers: bool = True

    def __enter__(self) -> "PushDouble":
        self.ca, context = server_context(self.folder, "push-double")
        # Who signs in with a key shows no certificate; one that is shown must be of our chain.
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= ANY_DAY
        for file in self.trusted:
            context.load_verify_locations(file)
        self._server = Http2Server(context, lambda stream: _PushTalk(self, stream))
        self.port = self._server.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.stop()

    @property
    def connections(self) -> int:
        return self._server.connections

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


class _PushTalk(Talk):
    """One connection."""

    def __init__(self, double: PushDouble, stream: ssl.SSLSocket) -> None:
        super().__init__(stream, streams=double.streams)
        self.double = double
        self.topic = _topic_of(stream)
        self.answered = 0

    def answer(self, number: int, request: Request) -> None:
        double, seen = self.double, Seen(request.headers[":path"].rpartition("/")[2], request.headers, request.body)
        double.most_at_once = max(double.most_at_once, len(self.asked) + 1)
        if double.pause:
            time.sleep(double.pause)
        said = double.script[seen.token].pop(0) if double.script.get(seen.token) else self._judge(seen)
        if double.remembers:
            double.seen.append(seen)
        if said.reset:
            self.http.reset_stream(number, ErrorCodes.REFUSED_STREAM)
        else:
            self._say(number, said)
        double.taken[seen.token] += said.status == 200 and not said.reset
        self.answered += 1
        self._end_as_told(number)

    def _say(self, number: int, said: Said) -> None:
        body: dict[str, object] = {"reason": said.reason}
        if said.timestamp:
            body["timestamp"] = said.timestamp
        self.send(number, said.status, b"" if said.status == 200 else json.dumps(body).encode())

    def _end_as_told(self, number: int) -> None:
        if self.answered == self.double.cut_after:
            self.cut()
        if self.answered == self.double.goaway_after:
            self.go_away(number)

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
    return "ExpiredProviderToken" if abs(now().timestamp() - claims["iat"]) > 3600 else ""


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _topic_of(stream: ssl.SSLSocket) -> str:
    """The pass type of the client's certificate; empty where it has shown none."""
    der = stream.getpeercert(binary_form=True)
    if not der:
        return ""
    return str(x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.USER_ID)[0].value)


def main(folder: str, *trusted: str) -> None:
    with PushDouble(Path(folder), [Path(file) for file in trusted], remembers=False) as double:
        print(double.port, double.ca, flush=True)
        for _line in sys.stdin:
            print(sum(double.taken.values()), len(double.taken), double.connections, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
