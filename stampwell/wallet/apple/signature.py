"""The signature of a pass: certificate and key are loaded once, checked, and sign each manifest."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from stampwell import clock
from stampwell.wallet.apple import problems
from stampwell.wallet.apple.mould import Mould, make_mould
from stampwell.wallet.configuration import AppleFiles, apple_files, apple_voucher_files
from stampwell.wallet.sealed_files import SealedElsewhere, read_secret_file

DEVELOPMENT_MAKER = "Stampwell development"  # the organisation in our own certificates
PASS_TYPE_EXTENSION = x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")
# Without Binary the manifest is hashed with its line ends rewritten; an attached one no iPhone takes.
SIGNATURE = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities]

type SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class PassIdentity:
    """Who signs: one pass type of one team, with its certificate, key and the issuer's certificate."""

    pass_type: str
    team: str
    certificate: x509.Certificate
    key: SigningKey
    intermediate: x509.Certificate
    expires: datetime
    mould: Mould | None  # spares work where the key allows it

    def sign(self, manifest: bytes) -> bytes:
        """A detached CMS signature of exactly these bytes (DER): SHA-256, signing time, leaf and issuer."""
        at = clock.now()
        _check_time(self.certificate, self.intermediate, at)
        if self.mould:
            return self.mould.fill(manifest, at)
        return sign_whole(manifest, self.certificate, self.key, self.intermediate)

    @property
    def is_for_development(self) -> bool:
        """Signed by our own chain, which no phone of Apple's trusts."""
        return _subject(self.intermediate, NameOID.ORGANIZATION_NAME) == DEVELOPMENT_MAKER

    def time_left(self) -> timedelta:
        """Until the certificate ends; passes in phones stay then, but none can be made or changed."""
        return self.expires - clock.now()


def signing_identity() -> PassIdentity:
    """The configured identity, read again only when one of its files has changed."""
    return _load_configured(apple_files())


def _load_configured(files: AppleFiles) -> PassIdentity:
    paths = (files.certificate, files.key, files.intermediate)
    identity = _load_once(files, tuple(file_changed(path) for path in paths))
    _check_time(identity.certificate, identity.intermediate, clock.now())  # it may have ended since it was read
    return identity


def voucher_identity() -> PassIdentity:
    """The one that signs vouchers as passes of their own."""
    return _load_configured(apple_voucher_files())


def load_identity(files: AppleFiles) -> PassIdentity:
    """Reads and checks the three files; what is wrong with them is a `CertificateProblem` that says it."""
    return check_identity(
        certificates=_read_certificates(files.certificate),
        key=_read_key(files.key, files.key_password),
        intermediates=_read_certificates(files.intermediate) if files.intermediate.exists() else [],
    )


def check_identity(
    *, certificates: Sequence[x509.Certificate], key: SigningKey, intermediates: Sequence[x509.Certificate]
) -> PassIdentity:
    """The identity that these make; the issuer may also come along in the certificate's own file."""
    leaf = certificates[0]
    pass_type, team = _named_pass_type(leaf), _subject(leaf, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if not team:
        raise problems.NotAPassCertificate(subject=leaf.subject.rfc4514_string())
    if _public_bytes(key.public_key()) != _public_bytes(leaf.public_key()):
        raise problems.KeyDoesNotMatch
    intermediate = _find_issuer(leaf, [*intermediates, *certificates[1:]])
    _check_time(leaf, intermediate, clock.now())
    mould = make_mould(key, leaf.not_valid_after_utc, lambda sample: sign_whole(sample, leaf, key, intermediate))
    return PassIdentity(pass_type, team, leaf, key, intermediate, leaf.not_valid_after_utc, mould)


def sign_whole(manifest: bytes, leaf: x509.Certificate, key: SigningKey, intermediate: x509.Certificate) -> bytes:
    """The same by the library alone, with the system's time."""
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(leaf, key, hashes.SHA256())
    return builder.add_certificate(intermediate).sign(Encoding.DER, SIGNATURE)


def read_push_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The .p8 file of a push key. Raises CertificateProblem."""
    key = _read_key(path, None)
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise problems.KeyUnreadable(file=str(path))
    return key


@lru_cache(maxsize=8)
def _load_once(files: AppleFiles, _changed_at: tuple[int, ...]) -> PassIdentity:
    return load_identity(files)


def file_changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read(path: Path) -> bytes:
    try:
        return read_secret_file(path)
    except SealedElsewhere:
        raise problems.SealedElsewhere(file=str(path)) from None
    except OSError as problem:
        raise problems.FileUnreadable(file=str(path), reason=problem.strerror or "") from None


def _read_certificates(path: Path) -> list[x509.Certificate]:
    """PEM with one or more certificates, or the DER file that Apple's pages hand out."""
    data = _read(path)
    try:
        found = (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError:
        found = []
    if not found:
        raise problems.CertificateUnreadable(file=str(path))
    return found


def _read_key(path: Path, password: str | None) -> SigningKey:
    data, secret = _read(path), password.encode() if password else None
    load = load_pem_private_key if b"-----BEGIN" in data else load_der_private_key
    try:
        key = load(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The text of the original error may quote the file: it stays out of logs.
        raise problems.KeyUnreadable(file=str(path)) from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise problems.KeyUnreadable(file=str(path))
    return key


def _named_pass_type(leaf: x509.Certificate) -> str:
    """The pass type id of the subject; the extension must name the same one (a renewed one once did not)."""
    pass_type = _subject(leaf, NameOID.USER_ID)
    if not pass_type:
        raise problems.NotAPassCertificate(subject=leaf.subject.rfc4514_string())
    with suppress(x509.ExtensionNotFound):
        extension = leaf.extensions.get_extension_for_oid(PASS_TYPE_EXTENSION).value
        assert isinstance(extension, x509.UnrecognizedExtension)
        # DER of a short UTF8String: one byte of type, one of length, the text.
        named = extension.value[2:].decode(errors="replace")
        if named != pass_type:
            raise problems.PassTypesDisagree(subject=pass_type, extension=named)
    return pass_type


def _find_issuer(leaf: x509.Certificate, candidates: Sequence[x509.Certificate]) -> x509.Certificate:
    if not candidates:
        raise problems.IntermediateMissing(issuer=leaf.issuer.rfc4514_string())
    for candidate in candidates:
        with suppress(ValueError, TypeError, InvalidSignature):
            leaf.verify_directly_issued_by(candidate)
            return candidate
    raise problems.WrongIntermediate(issuer=leaf.issuer.rfc4514_string(), given=candidates[0].subject.rfc4514_string())


def _check_time(leaf: x509.Certificate, intermediate: x509.Certificate, now: datetime) -> None:
    if now >= leaf.not_valid_after_utc:
        raise problems.CertificateExpired(expired=leaf.not_valid_after_utc)
    if now < leaf.not_valid_before_utc:
        raise problems.CertificateNotYetValid(starts=leaf.not_valid_before_utc)
    if now >= intermediate.not_valid_after_utc:
        raise problems.IntermediateExpired(expired=intermediate.not_valid_after_utc)


def _subject(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""


def _public_bytes(key: object) -> bytes:
    assert hasattr(key, "public_bytes")
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
