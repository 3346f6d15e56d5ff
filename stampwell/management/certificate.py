"""Whether a certificate and its key can be used for https, and until when."""

import ssl
from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from stampwell.findings import Finding, amber, good, red
from stampwell.management.tls_files import CertificateTrouble, Pair
from stampwell.watch.shown_certificate import SOON


def look_at_pair(pair: Pair, host: str, now: datetime) -> Iterator[Finding]:
    try:
        first = _load(pair)
    except CertificateTrouble as trouble:
        yield red(str(trouble))
        return
    if not _names(first, host):
        yield amber(
            f"The certificate in {pair.certificate} is not for {host}: browsers will refuse it. Get one that is."
        )
    ends = first.not_valid_after_utc
    if ends <= now:
        yield amber(
            f"The certificate in {pair.certificate} ended on {ends:%d %B %Y}: browsers refuse it. Renew it now."
        )
    elif ends - now < SOON:
        yield amber(
            f"The certificate in {pair.certificate} ends on {ends:%d %B %Y}. Renew it; it is read by itself then."
        )
    elif first.not_valid_before_utc > now:
        yield amber(f"The certificate in {pair.certificate} holds from {first.not_valid_before_utc:%d %B %Y} on only.")
    else:
        yield good(f"The certificate for {host} holds until {ends:%d %B %Y}.")


def _load(pair: Pair) -> x509.Certificate:
    """The server's own certificate, which stands first, when the key belongs to it."""
    try:
        chain = x509.load_pem_x509_certificates(pair.certificate.read_bytes())
        key = load_pem_private_key(pair.key.read_bytes(), None)
    except OSError as error:
        raise CertificateTrouble(
            f"{error.filename} cannot be read: {error.strerror}. Let the user that serves read it."
        ) from error
    except (ValueError, TypeError) as error:  # TypeError: the key wants a password
        raise CertificateTrouble(
            f"{pair.certificate} is no certificate in PEM, or {pair.key} no key in PEM without a password."
        ) from error
    known, own = (
        one.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for one in (chain[0].public_key(), key.public_key())
    )
    if known != own:
        raise CertificateTrouble(
            f"The key in {pair.key} does not belong to the first certificate in {pair.certificate}. "
            "The server's own certificate stands first, then those that issued it."
        )
    _require_tls_takes_it(pair)
    return chain[0]


def _require_tls_takes_it(pair: Pair) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pair.certificate, pair.key)
    except (ssl.SSLError, OSError) as error:
        raise CertificateTrouble(f"{pair.certificate} and {pair.key} cannot be used for https: {error}.") from error


def _names(certificate: x509.Certificate, host: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    wanted = {host, f"*.{host.partition('.')[2]}"}
    return bool(wanted & {name.lower() for name in names.get_values_for_type(x509.DNSName)}) or host in addresses
