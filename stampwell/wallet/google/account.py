"""The service account that signs for an issuer, as Google hands it out: one JSON file with a private key."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.wallet.configuration import google_account_file, google_issuer
from stampwell.wallet.sealed_files import SealedElsewhere, read_secret_file
from stampwell.whole_files import write_first

DEVELOPMENT_EMAIL = "wallet@stampwell-development.iam.gserviceaccount.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret


class AccountProblem(Exception):
    """The service account cannot be used; `explain()` says why and never quotes its key."""

    code: ClassVar[str] = "google_account_unusable"
    text: ClassVar[str | Promise] = _(
        "The Google service account in %(file)s cannot be read. Download its JSON key again."
    )

    def __init__(self, file: Path) -> None:
        super().__init__(self.code, str(file))
        self.file = file

    def explain(self) -> str:
        return str(self.text) % {"file": self.file}


class AccountSealedElsewhere(AccountProblem):
    code = "google_account_sealed_elsewhere"
    text = _(
        "The Google service account in %(file)s was sealed with the key of another installation, or is damaged. "
        "Replace it with the JSON key as Google gave it, and seal that here."
    )


@dataclass(frozen=True, slots=True)
class GoogleAccount:
    """Who signs save links and asks for access, for which issuer."""

    issuer: str  # digits
    email: str
    key: rsa.RSAPrivateKey
    key_id: str
    token_url: str = TOKEN_URL  # where Google gives access for a signed claim


class _AccountFile(msgspec.Struct):
    client_email: str
    private_key: str
    private_key_id: str
    token_uri: str = TOKEN_URL
    type: str = "service_account"
    project_id: str = ""


def google_account() -> GoogleAccount:
    """The configured account. Its file is read again only when it has changed."""
    file = google_account_file()
    return _load_once(file, google_issuer(), file.stat().st_mtime_ns if file.exists() else 0)


def load_account(file: Path, issuer: str) -> GoogleAccount:
    """The file may lie sealed. Raises AccountProblem."""
    try:
        read = msgspec.json.decode(read_secret_file(file), type=_AccountFile)
        key = load_pem_private_key(read.private_key.encode(), None)
    except SealedElsewhere:
        raise AccountSealedElsewhere(file) from None
    except (OSError, msgspec.MsgspecError, ValueError, TypeError, UnsupportedAlgorithm):
        raise AccountProblem(file) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise AccountProblem(file)
    return GoogleAccount(issuer, read.client_email, key, read.private_key_id, read.token_uri)


def sign_claims(account: GoogleAccount, claims: Mapping[str, object]) -> str:
    """The claims as a JWT that only this account can have made (RS256)."""
    header = {"alg": "RS256", "typ": "JWT", "kid": account.key_id}
    signed = b".".join(_base64(msgspec.json.encode(part)) for part in (header, claims))
    signature = account.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return b".".join((signed, _base64(signature))).decode()


def make_development_account(folder: Path) -> Path:
    """A service account that Google has never heard of, in Google's file format; made once, for its owner only."""
    file = folder / "google_account.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_first(file, msgspec.json.encode(_new_account()))
    return file


@lru_cache(maxsize=4)
def _load_once(file: Path, issuer: str, _changed_at: int) -> GoogleAccount:
    return load_account(file, issuer)


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _new_account() -> _AccountFile:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _AccountFile(
        client_email=DEVELOPMENT_EMAIL,
        private_key=pem.decode(),
        private_key_id=os.urandom(20).hex(),
        project_id="stampwell-development",
    )
