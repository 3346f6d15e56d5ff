"""Which wallets this installation can offer: those for which it has certificate or account."""

from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.apple.signature import signing_identity, voucher_identity
from stampwell.wallet.google.account import AccountProblem, google_account


def offers_apple() -> bool:
    """Whether a certificate is there to sign passes with."""
    try:
        signing_identity()
    except CertificateProblem:
        return False
    return True


def offers_google() -> bool:
    try:
        google_account()
    except AccountProblem:
        return False
    return True


def offers_voucher_passes() -> bool:
    """Whether a certificate is there that signs vouchers."""
    try:
        voucher_identity()
    except CertificateProblem:
        return False
    return True
