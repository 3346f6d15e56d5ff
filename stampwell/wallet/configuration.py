"""Where the wallets' keys, certificates and pictures lie: the only place here that reads the settings."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

LAPTOPS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class AppleFiles:
    """The three files that sign a pass; PEM or DER."""

    certificate: Path
    key: Path
    intermediate: Path
    key_password: str | None = None


def apple_files() -> AppleFiles:
    made = development_folder()
    return AppleFiles(
        certificate=_path("WALLET_APPLE_CERTIFICATE", made / "pass_type.pem"),
        key=_path("WALLET_APPLE_KEY", made / "pass_type.key"),
        intermediate=_path("WALLET_APPLE_INTERMEDIATE", made / "wwdr.pem"),
        key_password=getattr(settings, "WALLET_APPLE_KEY_PASSWORD", "") or None,
    )


def apple_voucher_files() -> AppleFiles:
    """Those of the vouchers' own pass type; one issuer signs both."""
    made = development_folder()
    return AppleFiles(
        certificate=_path("WALLET_APPLE_VOUCHER_CERTIFICATE", made / "voucher_type.pem"),
        key=_path("WALLET_APPLE_VOUCHER_KEY", made / "voucher_type.key"),
        intermediate=apple_files().intermediate,
        key_password=getattr(settings, "WALLET_APPLE_VOUCHER_KEY_PASSWORD", "") or None,
    )


def is_apple_begun() -> bool:
    """Whether a certificate for cards was configured; whether it can sign is another question."""
    return bool(settings.WALLET_APPLE_CERTIFICATE)


def is_apple_voucher_begun() -> bool:
    return bool(settings.WALLET_APPLE_VOUCHER_CERTIFICATE)


def offers_development_wallets() -> bool:
    """For developers: whether wallets are offered that no real phone opens."""
    return bool(settings.WALLET_OFFER_DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class PushKey:
    """A key of the developer account that signs in to the push service."""

    file: Path
    key_id: str


def apple_push_key() -> PushKey | None:
    """None: the pass certificate signs in."""
    given = str(settings.WALLET_APPLE_PUSH_KEY)
    return PushKey(Path(given), str(settings.WALLET_APPLE_PUSH_KEY_ID)) if given else None


def apple_push_host() -> tuple[str, int] | None:
    """Host and port of the push service; None where none was named, which means Apple's own."""
    host, _colon, port = str(settings.WALLET_APPLE_PUSH_HOST).partition(":")
    return (host, int(port or 443)) if host else None


def apple_push_ca() -> str | None:
    """The file that the push host's certificate is checked against; None for the system's authorities."""
    return str(settings.WALLET_APPLE_PUSH_CA) or None


def google_account_file() -> Path:
    """The service account's JSON file as Google hands it out."""
    return _path("WALLET_GOOGLE_ACCOUNT", development_folder() / "google_account.json")


def google_issuer() -> str:
    """The number of the issuer account; the default is nobody's."""
    return str(getattr(settings, "WALLET_GOOGLE_ISSUER", "") or "3388000000000000000")


def is_google_connected() -> bool:
    """Whether a real account is configured: with the development one Google is never asked."""
    return bool(settings.WALLET_GOOGLE_ACCOUNT and settings.WALLET_GOOGLE_ISSUER)


def google_api() -> str:
    return str(settings.WALLET_GOOGLE_API).rstrip("/")


def google_ca() -> str | None:
    """The file that Google's certificates are checked against; None for the authorities that everybody trusts."""
    return str(settings.WALLET_GOOGLE_CA) or None


def google_requests_a_second() -> float:
    return float(settings.WALLET_GOOGLE_REQUESTS_A_SECOND)


def google_callback_keys() -> str:
    """Where Google publishes the keys that its callbacks are signed under."""
    return str(settings.WALLET_GOOGLE_CALLBACK_KEYS)


def google_callback_sender() -> str:
    return str(settings.WALLET_GOOGLE_CALLBACK_SENDER)


def is_served_in_public() -> bool:
    """Whether the base address is one that phones everywhere can ask."""
    address = urlsplit(settings.BASE_URL)
    return address.scheme == "https" and address.hostname not in LAPTOPS


def development_folder() -> Path:
    """The development chain's folder; what a real shop configures never lies in it."""
    return Path(settings.DATA_DIR) / "wallet" / "development"


def strips_folder() -> Path:
    return Path(settings.DATA_DIR) / "strips"


def strips_limit() -> int:
    """How many bytes of drawn pictures are kept on disk."""
    return int(getattr(settings, "WALLET_STRIPS_LIMIT", 256 * 1024 * 1024))


def _path(name: str, default: Path) -> Path:
    given = getattr(settings, name, "")
    return Path(given) if given else default
