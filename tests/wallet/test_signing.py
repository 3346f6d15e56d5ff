import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils.translation import override
from pytest_django import Settings

from stampwell import clock
from stampwell.wallet.apple import problems
from stampwell.wallet.apple.development_chain import CARD_TYPE, TEAM, Chain, make_development_chain
from stampwell.wallet.apple.signature import PassIdentity, load_identity, signing_identity
from stampwell.wallet.configuration import AppleFiles
from tests.wallet.openssl import describe_signature, verify_signature


def test_openssl_accepts_the_signature_under_the_development_root(
    chain: Chain, identity: PassIdentity, tmp_path: Path
) -> None:
    manifest = b'{"pass.json":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}'

    signature = identity.sign(manifest)

    assert verify_signature(signature, manifest, root=chain.root, folder=tmp_path)
    assert not verify_signature(signature, manifest + b" ", root=chain.root, folder=tmp_path)


def test_line_ends_in_a_manifest_are_signed_as_they_are(chain: Chain, identity: PassIdentity, tmp_path: Path) -> None:
    manifest = b'{\n "a": "1",\n "b": "2"\n}\n'

    signature = identity.sign(manifest)

    assert verify_signature(signature, manifest, root=chain.root, folder=tmp_path)


def test_signature_is_detached_with_sha256_signing_time_leaf_and_issuer(identity: PassIdentity, tmp_path: Path) -> None:
    signature = identity.sign(b"the manifest itself")

    text = describe_signature(signature, folder=tmp_path)
    assert b"the manifest itself" not in signature
    assert "eContent: <ABSENT>" in text
    assert "algorithm: sha256" in text
    assert "sha1" not in text.lower().replace("sha1with", "")
    for attribute in ("contentType", "signingTime", "messageDigest"):
        assert f"object: {attribute}" in text
    carried = load_der_pkcs7_certificates(signature)
    assert set(carried) == {identity.certificate, identity.intermediate}


def test_identity_takes_pass_type_and_team_from_the_certificate(identity: PassIdentity) -> None:
    assert (identity.pass_type, identity.team) == (CARD_TYPE, TEAM)
    assert identity.time_left() == timedelta(days=395)


def test_development_leaf_has_the_shape_of_apples(identity: PassIdentity) -> None:
    leaf = identity.certificate

    names = {attribute.oid: attribute.value for attribute in leaf.subject}
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    named = leaf.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")).value
    assert names[NameOID.USER_ID] == CARD_TYPE
    assert names[NameOID.COMMON_NAME] == f"Pass Type ID: {CARD_TYPE}"
    assert names[NameOID.ORGANIZATIONAL_UNIT_NAME] == TEAM
    assert {NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME} <= set(names)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert set(purposes) == {
        ExtendedKeyUsageOID.CLIENT_AUTH,
        x509.ObjectIdentifier("1.2.840.113635.100.4.14"),
    }
    assert isinstance(named, x509.UnrecognizedExtension)
    assert named.value == b"\x0c" + bytes([len(CARD_TYPE)]) + CARD_TYPE.encode()


def test_development_issuer_has_the_shape_of_apples(identity: PassIdentity) -> None:
    issuer = identity.intermediate

    limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
    names = {attribute.oid: attribute.value for attribute in issuer.subject}
    assert limits.critical
    assert (limits.value.ca, limits.value.path_length) == (True, 0)
    assert names[NameOID.COMMON_NAME] == "Apple Worldwide Developer Relations Certification Authority"
    assert names[NameOID.ORGANIZATIONAL_UNIT_NAME] == "G4"


def test_development_chain_is_made_once(tmp_path: Path) -> None:
    first = make_development_chain(tmp_path / "wallet")
    made = {path: path.read_bytes() for path in (first.root, first.intermediate, first.certificate, first.key)}

    second = make_development_chain(tmp_path / "wallet")

    assert second == first
    assert {path: path.read_bytes() for path in made} == made


def test_only_the_owner_reads_the_development_key(chain: Chain) -> None:
    assert {stat.S_IMODE(key.stat().st_mode) for key in (chain.key, chain.voucher_key)} == {0o600}
    assert sorted(path.name for path in chain.key.parent.glob("*.key")) == ["pass_type.key", "voucher_type.key"]


def test_ended_development_chain_is_made_again(tmp_path: Path) -> None:
    with clock.stopped_at(clock.now() - timedelta(days=395)):
        old = make_development_chain(tmp_path).certificate.read_bytes()

    chain = make_development_chain(tmp_path)

    assert chain.certificate.read_bytes() != old
    assert load_identity(chain.files).time_left() > timedelta(days=394)


def test_damaged_development_chain_is_made_again(tmp_path: Path) -> None:
    chain = make_development_chain(tmp_path)
    chain.key.write_bytes(chain.key.read_bytes()[:300])

    make_development_chain(tmp_path)

    assert load_identity(chain.files).pass_type == CARD_TYPE


def test_identity_is_loaded_once_until_its_files_change(settings: Settings, tmp_path: Path) -> None:
    make_development_chain(tmp_path / "wallet" / "development")

    first = signing_identity()
    again = signing_identity()

    assert again is first
    (tmp_path / "wallet" / "development" / "wwdr.pem").unlink()
    with pytest.raises(problems.IntermediateMissing):
        signing_identity()


def test_key_of_another_certificate_is_refused(chain: Chain, tmp_path: Path) -> None:
    other = _write_key(tmp_path / "other.key", rsa.generate_private_key(65537, 2048))

    with pytest.raises(problems.KeyDoesNotMatch):
        load_identity(AppleFiles(chain.certificate, other, chain.intermediate))


def test_ended_certificate_is_refused_with_its_date(chain: Chain) -> None:
    with (
        clock.stopped_at(clock.now() + timedelta(days=400)),
        pytest.raises(problems.CertificateExpired) as refused,
    ):
        load_identity(chain.files)

    assert str(load_identity(chain.files).expires.year) in refused.value.explain()


def test_certificate_that_ends_while_the_process_runs_signs_no_more(identity: PassIdentity) -> None:
    with clock.stopped_at(identity.expires), pytest.raises(problems.CertificateExpired):
        identity.sign(b"{}")


def test_certificate_of_tomorrow_is_refused(chain: Chain) -> None:
    with (
        clock.stopped_at(clock.now() - timedelta(days=1)),
        pytest.raises(problems.CertificateNotYetValid),
    ):
        load_identity(chain.files)


def test_missing_issuer_is_refused_by_name(chain: Chain, tmp_path: Path) -> None:
    with pytest.raises(problems.IntermediateMissing) as refused:
        load_identity(AppleFiles(chain.certificate, chain.key, tmp_path / "nowhere.pem"))

    assert "Worldwide Developer Relations" in refused.value.explain()


def test_issuer_may_lie_in_the_certificates_own_file(chain: Chain, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(chain.certificate.read_bytes() + chain.intermediate.read_bytes())

    identity = load_identity(AppleFiles(both, chain.key, tmp_path / "nowhere.pem"))

    assert identity.intermediate == x509.load_pem_x509_certificate(chain.intermediate.read_bytes())


def test_issuer_of_another_chain_with_the_same_name_is_refused(chain: Chain, tmp_path: Path) -> None:
    other = make_development_chain(tmp_path)

    with pytest.raises(problems.WrongIntermediate):
        load_identity(AppleFiles(chain.certificate, chain.key, other.intermediate))


def test_certificate_of_something_else_is_refused(chain: Chain) -> None:
    with pytest.raises(problems.NotAPassCertificate):
        load_identity(AppleFiles(chain.root, chain.key, chain.intermediate))


@pytest.mark.parametrize(
    "content",
    [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x82\xff\xff junk"],
)
def test_malformed_certificate_is_refused_with_its_file(chain: Chain, tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_bytes(content)

    with pytest.raises(problems.CertificateUnreadable, match=r"broken\.pem"):
        load_identity(AppleFiles(broken, chain.key, chain.intermediate))


def test_malformed_key_is_refused_without_quoting_it(chain: Chain, tmp_path: Path) -> None:
    broken = tmp_path / "broken.key"
    broken.write_bytes(b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")

    with pytest.raises(problems.KeyUnreadable) as refused:
        load_identity(AppleFiles(chain.certificate, broken, chain.intermediate))

    assert "c2VjcmV0" not in str(refused.value)


def test_key_with_a_password_needs_the_right_one(chain: Chain, tmp_path: Path) -> None:
    key = load_pem_private_key(chain.key.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    locked = _write_key(tmp_path / "locked.key", key, password=b"open sesame")

    opened = load_identity(AppleFiles(chain.certificate, locked, chain.intermediate, "open sesame"))

    assert opened.pass_type == CARD_TYPE
    for password in (None, "wrong"):
        with pytest.raises(problems.KeyUnreadable):
            load_identity(AppleFiles(chain.certificate, locked, chain.intermediate, password))


def test_files_as_apple_hands_them_out_are_read(chain: Chain, tmp_path: Path) -> None:
    certificate, issuer = tmp_path / "pass.cer", tmp_path / "AppleWWDRCAG4.cer"
    for path, source in ((certificate, chain.certificate), (issuer, chain.intermediate)):
        path.write_bytes(x509.load_pem_x509_certificate(source.read_bytes()).public_bytes(Encoding.DER))

    assert load_identity(AppleFiles(certificate, chain.key, issuer)).pass_type == CARD_TYPE


@pytest.mark.parametrize("problem", problems.CertificateProblem.__subclasses__())
def test_every_problem_explains_itself(problem: type[problems.CertificateProblem]) -> None:
    facts = dict.fromkeys(("file", "reason", "subject", "extension", "issuer", "given", "ours"), "…")
    moments = dict.fromkeys(("expired", "starts"), clock.now())

    with override("en"):
        said = problem(**facts, **moments).explain()

    assert said.endswith((".", "…"))
    assert "%(" not in said


def _write_key(path: Path, key: rsa.RSAPrivateKey, *, password: bytes | None = None) -> Path:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return path
