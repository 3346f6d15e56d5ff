"""What a certificate can say wrongly although every file can be read."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stampwell import clock
from stampwell.wallet.apple import problems
from stampwell.wallet.apple.development_chain import Chain
from stampwell.wallet.apple.signature import PASS_TYPE_EXTENSION, check_identity, load_identity
from stampwell.wallet.configuration import AppleFiles

PASS_TYPE, TEAM = "pass.example.card", "EXAMPLE123"
AUTHORITY = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Some authority")])
YEAR = timedelta(days=365)


class Papers:
    """A certificate of a pass type and its issuer's, with what a test wants wrong."""

    def __init__(
        self, *, names: tuple[str, ...] = (PASS_TYPE, TEAM), extension: str = PASS_TYPE, issuer_lasts: timedelta = YEAR
    ) -> None:
        self.key, authority = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        kinds = (NameOID.USER_ID, NameOID.ORGANIZATIONAL_UNIT_NAME)
        attributes = [x509.NameAttribute(kind, name) for kind, name in zip(kinds, names, strict=False)]
        named = b"\x0c" + bytes([len(extension)]) + extension.encode()
        leaf = self._begin(x509.Name(attributes), self.key, YEAR)
        leaf = leaf.add_extension(x509.UnrecognizedExtension(PASS_TYPE_EXTENSION, named), critical=False)
        self.leaf = leaf.sign(authority, hashes.SHA256())
        issuer = self._begin(AUTHORITY, authority, issuer_lasts)
        issuer = issuer.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.issuer = issuer.sign(authority, hashes.SHA256())

    def _begin(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, life: timedelta) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(AUTHORITY, subject, key.public_key(), x509.random_serial_number())
        begun = clock.now() - timedelta(days=1)
        return builder.not_valid_before(begun).not_valid_after(begun + life)

    def check(self) -> str:
        return check_identity(certificates=[self.leaf], key=self.key, intermediates=[self.issuer]).pass_type


def test_papers_in_order_are_taken() -> None:
    assert Papers().check() == PASS_TYPE


def test_a_certificate_that_names_two_pass_types_is_refused_with_both() -> None:
    with pytest.raises(problems.PassTypesDisagree) as refused:
        Papers(extension="pass.example.other").check()

    assert f"{PASS_TYPE} and pass.example.other" in refused.value.explain()


def test_a_certificate_without_a_team_is_refused() -> None:
    with pytest.raises(problems.NotAPassCertificate):
        Papers(names=(PASS_TYPE,)).check()


def test_an_issuer_that_ended_is_refused_with_its_date() -> None:
    papers = Papers(issuer_lasts=timedelta(days=30))

    with clock.stopped_at(papers.issuer.not_valid_after_utc), pytest.raises(problems.IntermediateExpired) as refused:
        papers.check()

    assert str(papers.issuer.not_valid_after_utc.year) in refused.value.explain()


@pytest.mark.parametrize("part", ["certificate", "key"])
def test_a_file_that_cannot_be_read_is_named(chain: Chain, tmp_path: Path, part: str) -> None:
    paths = {"certificate": chain.certificate, "key": chain.key} | {part: tmp_path}

    with pytest.raises(problems.FileUnreadable) as refused:
        load_identity(AppleFiles(paths["certificate"], paths["key"], chain.intermediate))

    assert str(tmp_path) in refused.value.explain()
