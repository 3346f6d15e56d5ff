"""Which wallets this installation can offer: those whose passes a real phone opens.

The development chain signs passes that no phone of Apple's opens, and Google has never heard of the development
account. They are offered only where a developer asks for it (`STAMPWELL_OFFER_DEVELOPMENT_WALLETS`): to everybody else
a button for them would lead nowhere.
"""

from collections.abc import Callable

from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.apple.signature import PassIdentity, signing_identity, voucher_identity
from stampwell.wallet.configuration import (
    is_apple_begun,
    is_apple_voucher_begun,
    is_google_connected,
    offers_development_wallets,
)
from stampwell.wallet.google.account import AccountProblem, google_account


def offered_wallets() -> list[str]:
    """The wallets that a card can be put into, by name."""
    can = {"apple": offers_apple, "google": offers_google}
    return [wallet for wallet, offers in can.items() if offers()]


def offers_apple() -> bool:
    """Whether a certificate is there to sign cards with."""
    return _can_sign(signing_identity, is_begun=is_apple_begun())


def offers_voucher_passes() -> bool:
    """Whether a certificate is there to sign vouchers with."""
    return _can_sign(voucher_identity, is_begun=is_apple_voucher_begun())


def offers_google() -> bool:
    if not (is_google_connected() or offers_development_wallets()):
        return False
    try:
        google_account()
    except AccountProblem:
        return False
    return True


def _can_sign(find_identity: Callable[[], PassIdentity], *, is_begun: bool) -> bool:
    if not (is_begun or offers_development_wallets()):
        return False  # asked at each card that is shown: no file is looked at
    try:
        identity = find_identity()
    except CertificateProblem:
        return False
    return offers_development_wallets() or not identity.is_for_development
