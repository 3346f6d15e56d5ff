"""Certificates of other authorities, as far as a test needs them."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stampwell import clock


def certificate_of(organisation: str) -> x509.Certificate:
    """Signed by itself; only its name matters."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    now = clock.now()
    return builder.not_valid_before(now).not_valid_after(now + timedelta(days=365)).sign(key, hashes.SHA256())
