"""A certificate chain shaped like Apple's, so that the whole Apple path runs on a laptop.

Nobody else trusts it: an iPhone refuses its passes; every check that can be given a root accepts them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stampwell import clock
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.apple.signature import DEVELOPMENT_MAKER, PASS_TYPE_EXTENSION, load_identity
from stampwell.wallet.configuration import AppleFiles
from stampwell.whole_files import write_whole

CARD_TYPE = "pass.dev.stampwell.card"
VOUCHER_TYPE = "pass.dev.stampwell.voucher"
TEAM = "STAMPWELL0"  # Apple's team ids have ten characters
ROOT_LIFE = timedelta(days=20 * 365)
INTERMEDIATE_LIFE = timedelta(days=10 * 365)
LEAF_LIFE = timedelta(days=395)  # Apple's: thirteen months
REMAKE_BEFORE = timedelta(days=1)
INTERMEDIATE_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
PASS_SIGNING = x509.ObjectIdentifier("1.2.840.113635.100.4.14")


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the development chain lies."""

    root: Path
    intermediate: Path
    certificate: Path
    key: Path
    voucher_certificate: Path
    voucher_key: Path

    @property
    def files(self) -> AppleFiles:
        return AppleFiles(self.certificate, self.key, self.intermediate)

    @property
    def voucher_files(self) -> AppleFiles:
        return AppleFiles(self.voucher_certificate, self.voucher_key, self.intermediate)


@dataclass(frozen=True, slots=True)
class _Issuer:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def make_development_chain(folder: Path) -> Chain:
    """Root, intermediate and both pass certificates in `folder`; made again only if missing, broken or ended."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = ("root.pem", "wwdr.pem", "pass_type.pem", "pass_type.key", "voucher_type.pem", "voucher_type.key")
    chain = Chain(*(folder / name for name in names))
    with _alone(folder):  # bin/dev and a test may start at the same moment
        if not _still_good(chain):
            _make(chain)
    return chain


def _still_good(chain: Chain) -> bool:
    try:
        identities = [load_identity(files) for files in (chain.files, chain.voucher_files)]
        return chain.root.exists() and all(identity.time_left() > REMAKE_BEFORE for identity in identities)
    except CertificateProblem:
        return False


def _make(chain: Chain) -> None:
    # The keys of root and intermediate are thrown away: nothing else can ever be signed with them.
    now = clock.now()
    root = _make_root(now)
    intermediate = _make_intermediate(root, now)
    leaves = {CARD_TYPE: (chain.certificate, chain.key), VOUCHER_TYPE: (chain.voucher_certificate, chain.voucher_key)}
    for pass_type, (certificate, key) in leaves.items():
        leaf = _make_leaf(intermediate, pass_type, now)
        write_whole(key, _key_bytes(leaf.key), mode=0o600)
        write_whole(certificate, _pem(leaf.certificate), mode=0o644)
    write_whole(chain.root, _pem(root.certificate), mode=0o644)
    write_whole(chain.intermediate, _pem(intermediate.certificate), mode=0o644)


def _make_root(now: datetime) -> _Issuer:
    name = _name(
        (NameOID.COUNTRY_NAME, "US"),
        (NameOID.ORGANIZATION_NAME, DEVELOPMENT_MAKER),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Stands for the Apple Certification Authority"),
        (NameOID.COMMON_NAME, "Stampwell Development Root CA"),
    )
    key = _new_key()
    builder = _certificate(name, name, key, now, ROOT_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return _Issuer(_add_signing_usage(builder).sign(key, hashes.SHA256()), key)


def _make_intermediate(root: _Issuer, now: datetime) -> _Issuer:
    name = _name(
        (NameOID.COMMON_NAME, "Apple Worldwide Developer Relations Certification Authority"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "G4"),
        (NameOID.ORGANIZATION_NAME, DEVELOPMENT_MAKER),
        (NameOID.COUNTRY_NAME, "US"),
    )
    key = _new_key()
    builder = _certificate(name, root.certificate.subject, key, now, INTERMEDIATE_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = _add_signing_usage(builder).add_extension(_issued_by(root), critical=False)
    builder = builder.add_extension(x509.UnrecognizedExtension(INTERMEDIATE_MARK, b"\x05\x00"), critical=False)
    return _Issuer(builder.sign(root.key, hashes.SHA256()), key)


def _make_leaf(issuer: _Issuer, pass_type: str, now: datetime) -> _Issuer:
    name = _name(
        (NameOID.USER_ID, pass_type),
        (NameOID.COMMON_NAME, f"Pass Type ID: {pass_type}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM),
        (NameOID.ORGANIZATION_NAME, DEVELOPMENT_MAKER),
        (NameOID.COUNTRY_NAME, "US"),
    )
    key = _new_key()
    builder = _certificate(name, issuer.certificate.subject, key, now, LEAF_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_issued_by(issuer), critical=False)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING])
    builder = builder.add_extension(uses, critical=False)
    named = x509.UnrecognizedExtension(PASS_TYPE_EXTENSION, _utf8_string(pass_type))
    return _Issuer(builder.add_extension(named, critical=False).sign(issuer.key, hashes.SHA256()), key)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _add_signing_usage(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issued_by(issuer: _Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _utf8_string(text: str) -> bytes:
    assert len(text) < 128, "the short form of a DER length"
    return bytes([0x0C, len(text)]) + text.encode()


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_bytes(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
