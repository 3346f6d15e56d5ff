"""The certificate that stands at a public address: for whom it is asked, and until when it holds."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult

import msgspec
from cryptography.x509 import load_der_x509_certificate

from stampwell.environment import usual_port

SOON = timedelta(days=14)


class ShownCertificate(msgspec.Struct, frozen=True):
    host: str
    begins: datetime
    ends: datetime

    @property
    def renewal_time(self) -> timedelta:
        """How long before its end it should have been renewed: some certificates live for six days only."""
        return min(SOON, (self.ends - self.begins) / 4)


def read_shown(address: SplitResult, context: ssl.SSLContext, *, patience: float) -> ShownCertificate:
    """Raises OSError, of which ssl.SSLError is one, where nobody answers or `context` does not trust what it sees."""
    host = address.hostname or ""
    with (
        socket.create_connection((host, address.port or usual_port("https")), timeout=patience) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        shown = connection.getpeercert(binary_form=True)
    assert shown, "a server shows one"
    read = load_der_x509_certificate(shown)
    return ShownCertificate(host, read.not_valid_before_utc.astimezone(UTC), read.not_valid_after_utc.astimezone(UTC))
