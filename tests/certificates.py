"""Certificates for https, as an authority would issue them."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from stampwell.management.tls_files import Pair


def make_pair(
    folder: Path,
    host: str,
    begins: datetime,
    lasts: timedelta = timedelta(days=90),
    *,
    form: PrivateFormat = PrivateFormat.PKCS8,
) -> Pair:
    """Signed by itself. Writing into the same folder again replaces it, as a renewal does."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(exist_ok=True)
    pair = Pair(folder / "fullchain.pem", folder / "privkey.pem")
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))
    pair.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    return pair
