"""Certificates of other authorities, as far as a test needs them."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from stampwell import clock

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def pass_certificate(key: Key, *, years: int = 1) -> tuple[x509.Certificate, x509.Certificate]:
    """One for a pass type that holds this key, and its issuer's."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Some authority")])
    authority, life = ec.generate_private_key(ec.SECP256R1()), timedelta(days=366 * years)
    owner = [(NameOID.USER_ID, "pass.example.card"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "EXAMPLE123")]
    subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in owner])
    leaf = _begin(subject, name, key, life).sign(authority, hashes.SHA256())
    issuer = _begin(name, name, authority, life).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    return leaf, issuer.sign(authority, hashes.SHA256())


def certificate_of(organisation: str) -> x509.Certificate:
    """Signed by itself; only its name matters."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    return _begin(name, name, key, timedelta(days=365)).sign(key, hashes.SHA256())


def _begin(subject: x509.Name, issuer: x509.Name, key: Key, life: timedelta) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    now = clock.now()
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + life)
