"""One pass, from what stands on the card, ready to be signed."""

from functools import lru_cache

from stampwell.wallet.apple.archive import PackedFiles, UnsignedPass, assemble_pass, pack_files
from stampwell.wallet.apple.pass_json import write_card
from stampwell.wallet.apple.pass_texts import word_card, word_voucher
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.apple.voucher_json import write_voucher
from stampwell.wallet.look.card_pass import CardPass, VoucherPass
from stampwell.wallet.look.design import CardDesign
from stampwell.wallet.look.pictures import icon_pictures, logo_pictures, strip_pictures

MEDIA_TYPE = "application/vnd.apple.pkpass"
FILE_NAME = "card.pkpass"
VOUCHER_FILE_NAME = "reward.pkpass"


def prepare_card(identity: PassIdentity, card: CardPass) -> UnsignedPass:
    """The card's pass without its signature. Pictures and words are drawn on first use, then only copied."""
    face = card.face
    wording = word_card(face, card.ready, card.note)
    prepared = (
        _pack_brand(face.design),
        _pack_strip(face.design, min(card.stamps, face.goal), face.goal, face.milestones, card.direction),
        wording.files,
    )
    return assemble_pass(write_card(identity, card, wording), prepared)


def prepare_voucher(identity: PassIdentity, shown: VoucherPass) -> UnsignedPass:
    """The pass of one voucher without its signature."""
    wording = word_voucher(shown)
    prepared = (_pack_brand(shown.face.design), wording.files)
    return assemble_pass(write_voucher(identity, shown, wording), prepared)


@lru_cache(maxsize=256)
def _pack_brand(design: CardDesign) -> PackedFiles:
    return pack_files({**icon_pictures(design), **logo_pictures(design)})


@lru_cache(maxsize=256)  # about 65 kB each
def _pack_strip(design: CardDesign, stamps: int, goal: int, milestones: tuple[int, ...], direction: str) -> PackedFiles:
    return pack_files(strip_pictures(design, stamps, goal, milestones, direction))
