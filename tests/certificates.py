"""Certificates for https, as an authority would issue them."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Authority:
    """Who issues certificates: the name stands in them, the key signs them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Chain:
    """`root` is what a client trusts; `pair` is what a server shows: its own certificate, then the intermediate one."""

    root: Path
    pair: Pair
    leaf_alone: Path


def make_chain(folder: Path, host: str, begins: datetime, lasts: timedelta = timedelta(days=90)) -> Chain:
    """Root, intermediate and the server's own, as an authority of the internet issues them."""
    folder.mkdir(exist_ok=True)
    root = _make_authority("Test Root", begins, above=None)
    intermediate = _make_authority("Test Intermediate", begins, above=root)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        _begin(host, key, begins, lasts, intermediate)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_names_key_of(intermediate.key), critical=False)
        .sign(intermediate.key, hashes.SHA256())
    )
    pair = Pair(folder / "fullchain.pem", folder / "privkey.pem")
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pair.certificate.write_bytes(_pem(leaf) + _pem(intermediate.certificate))
    chain = Chain(folder / "root.pem", pair, folder / "leaf.pem")
    chain.root.write_bytes(_pem(root.certificate))
    chain.leaf_alone.write_bytes(_pem(leaf))
    return chain


def _make_authority(name: str, begins: datetime, *, above: Authority | None) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begin(name, key, begins, timedelta(days=3650), above)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_names_key_of(above.key if above else key), critical=False)
        .add_extension(_SIGNS_OTHERS, critical=True)
        .sign(above.key if above else key, hashes.SHA256())
    )
    return Authority(certificate, key)


_SIGNS_OTHERS = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def _begin(
    name: str, key: ec.EllipticCurvePrivateKey, begins: datetime, lasts: timedelta, above: Authority | None
) -> x509.CertificateBuilder:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(above.certificate.subject if above else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
    )


def _names_key_of(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
