"""What a pass that was handed out shows now."""

from contextlib import suppress

from stampwell.merchants.models import Merchant
from stampwell.wallet.apple.archive import UnsignedPass
from stampwell.wallet.apple.assembly import prepare_card, prepare_voucher
from stampwell.wallet.apple.handed_out import HeldPass
from stampwell.wallet.apple.problems import CertificateProblem, PassTypeNotOurs
from stampwell.wallet.apple.signature import PassIdentity, signing_identity, voucher_identity
from stampwell.wallet.content import fill_pass
from stampwell.wallet.voucher_content import fill_voucher_pass


def look_at(merchant: Merchant, held: HeldPass) -> UnsignedPass:
    """Refuses: NotFound. Raises CertificateProblem, also where its pass type is not signed here any more."""
    identity = identity_of(held)
    if held.voucher_id:
        return prepare_voucher(identity, fill_voucher_pass(merchant, held.voucher_id, issue=held.issue))
    return prepare_card(identity, fill_pass(merchant, held.card_id, issue=held.issue))


def identity_of(held: HeldPass) -> PassIdentity:
    """Who signs this pass. Raises CertificateProblem."""
    identity = voucher_identity() if held.voucher_id else signing_identity()
    if identity.pass_type != held.pass_type:
        raise PassTypeNotOurs(given=held.pass_type, ours=identity.pass_type)
    return identity


def identities() -> dict[str, PassIdentity]:
    """Who can sign now, by pass type."""
    found: dict[str, PassIdentity] = {}
    for read in (signing_identity, voucher_identity):
        with suppress(CertificateProblem):
            identity = read()
            found[identity.pass_type] = identity
    return found
