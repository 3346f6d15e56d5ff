from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from stampwell import clock
from stampwell.wallet.apple.signature import PassIdentity, check_identity, sign_whole
from tests.wallet.authorities import Key, pass_certificate
from tests.wallet.openssl import describe_signature, verify_signature

MANIFEST = b'{"pass.json":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}'


def test_cast_signature_is_the_librarys_byte_for_byte(identity: PassIdentity) -> None:
    assert identity.mould is not None

    at, whole = _sign_within_a_second(identity)

    assert identity.mould.fill(MANIFEST, at) == whole


def test_signing_time_is_the_clocks(identity: PassIdentity, tmp_path: Path) -> None:
    at = clock.now().replace(microsecond=999_999)
    with clock.stopped_at(at):
        signature = identity.sign(MANIFEST)

    assert f"UTCTIME:{at:%b %e %H:%M:%S %Y} GMT" in describe_signature(signature, folder=tmp_path)


@pytest.mark.parametrize("bits", [2048, 4096])
def test_key_of_any_length_is_cast(bits: int, tmp_path: Path) -> None:
    identity = _identity_of(rsa.generate_private_key(65537, bits))

    signature = identity.sign(MANIFEST)

    assert identity.mould is not None
    assert _is_good(identity, signature, tmp_path)


def test_key_of_an_elliptic_curve_signs_through_the_library(tmp_path: Path) -> None:
    identity = _identity_of(ec.generate_private_key(ec.SECP256R1()))

    signature = identity.sign(MANIFEST)

    assert identity.mould is None
    assert _is_good(identity, signature, tmp_path)


def test_certificate_that_outlives_the_short_form_of_a_year_signs_through_the_library(tmp_path: Path) -> None:
    identity = _identity_of(rsa.generate_private_key(65537, 2048), years=40)

    signature = identity.sign(MANIFEST)

    assert identity.mould is None
    assert _is_good(identity, signature, tmp_path)


def _sign_within_a_second(identity: PassIdentity) -> tuple[datetime, bytes]:
    """The library takes the system's time, so it is asked until the second has not changed meanwhile."""
    while True:
        at = datetime.now(UTC)
        whole = sign_whole(MANIFEST, identity.certificate, identity.key, identity.intermediate)
        if datetime.now(UTC).replace(microsecond=0) == at.replace(microsecond=0):
            return at, whole


def _identity_of(key: Key, *, years: int = 1) -> PassIdentity:
    leaf, issuer = pass_certificate(key, years=years)
    return check_identity(certificates=[leaf], key=key, intermediates=[issuer])


def _is_good(identity: PassIdentity, signature: bytes, folder: Path) -> bool:
    root = folder / "root.pem"
    root.write_bytes(identity.intermediate.public_bytes(Encoding.PEM))
    return verify_signature(signature, MANIFEST, root=root, folder=folder)
