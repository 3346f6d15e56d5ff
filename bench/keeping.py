"""Memory after 100,000 signed passes, against that after the first 5,000: it must not grow."""

import resource
import sys
from pathlib import Path

from bench.figures import LIMITS, Figure
from bench.signing import GOAL, REWARDS
from stampwell.wallet.apple.archive import sign_pass
from stampwell.wallet.apple.assembly import prepare_card
from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.apple.signature import PassIdentity, load_identity
from stampwell.wallet.apple.signed_cache import keep_signed
from stampwell.wallet.look.card_pass import CardFace, CardPass

WARM_UP, PASSES = 5_000, 100_000


def measure_memory(_url: str, folder: Path) -> Figure:
    identity = load_identity(make_development_chain(folder / "wallet").files)
    face = CardFace("lume", "coffee.v1", "Café Lume", {"en": "Coffee card", "lv": "Kafijas karte"}, "en", GOAL, REWARDS)
    for number in range(WARM_UP):
        _make(identity, face, number)
    before = _resident()
    for number in range(WARM_UP, PASSES):
        _make(identity, face, number)
    remarks = "Each of another card, kept as the web service keeps them."
    name, yardstick = f"memory after {PASSES:,} passes", f"after {WARM_UP:,}"
    return Figure(name, _resident(), before, "MB", yardstick, LIMITS["memory"], grows=True, remarks=remarks)


def _make(identity: PassIdentity, face: CardFace, number: int) -> None:
    card = CardPass(
        face=face,
        serial=f"{number:032x}",
        authentication_token=f"{number:032x}",
        barcode_message=f"C{number:032X}",
        short_number=f"{number:08d}",
        stamps=number % (GOAL + 1),
        web_url=f"https://stampwell.example/c/lume/{number:032x}",
    )
    unsigned = prepare_card(identity, card)
    assert keep_signed((number, unsigned.digest), lambda: sign_pass(identity, unsigned)).startswith(b"PK")


def _resident() -> float:
    """The most that this process ever had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
