"""Passes signed a second on one core, against the bare RSA-2048 signatures that OpenSSL makes there.

Both count processor time, not the clock's, so a busy neighbour falls out of the ratio.
"""

import io
import re
import subprocess
import time
import zipfile
from pathlib import Path

from bench.figures import LIMITS, Figure, alternate
from stampwell.wallet.apple.archive import sign_pass
from stampwell.wallet.apple.assembly import prepare_card
from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.apple.signature import PassIdentity, load_identity
from stampwell.wallet.look.card_pass import CardFace, CardPass, RewardStep

GOAL = 10
REWARDS = (RewardStep(5, {"en": "A biscuit"}), RewardStep(GOAL, {"en": "A free coffee", "lv": "Kafija bez maksas"}))


def measure_passes(_url: str, folder: Path) -> Figure:
    identity = load_identity(make_development_chain(folder / "wallet").files)
    face = CardFace("lume", "coffee.v1", "Café Lume", {"en": "Coffee card", "lv": "Kafijas karte"}, "en", GOAL, REWARDS)
    for stamps in range(GOAL + 1):
        _check(_build(identity, _card(face, stamps)), stamps)  # each picture is drawn once
    made = _Maker(identity, face)
    ours, theirs = alternate(made.run, _sign_with_openssl, seconds=2.0)
    _check(made.last, made.count % (GOAL + 1))
    remarks = f"{len(made.last):,} bytes each; {_openssl('version').split(' (')[0].strip()}."
    return Figure("passes", ours, theirs, "/s on a core", "openssl speed rsa2048", LIMITS["passes"], remarks=remarks)


def _build(identity: PassIdentity, card: CardPass) -> bytes:
    return sign_pass(identity, prepare_card(identity, card))


class _Maker:
    """Builds one card's pass after the other, each of another card with another count of stamps."""

    def __init__(self, identity: PassIdentity, face: CardFace) -> None:
        self.identity, self.face = identity, face
        self.count, self.last = 0, b""

    def run(self, seconds: float) -> float:
        begun, before = time.process_time(), self.count
        while time.process_time() - begun < seconds:
            self.count += 1
            self.last = _build(self.identity, _card(self.face, self.count % (GOAL + 1), self.count))
        return (self.count - before) / (time.process_time() - begun)


def _card(face: CardFace, stamps: int, number: int = 0) -> CardPass:
    return CardPass(
        face=face,
        serial=f"{number:032x}",
        authentication_token=f"{number:032x}",
        barcode_message=f"C{number:032X}",
        short_number=f"{number:08d}",
        stamps=stamps,
        web_url=f"https://stampwell.example/c/lume/{number:032x}",
    )


def _check(made: bytes, stamps: int) -> None:
    """It is a whole archive with a signature, and says how many stamps there are."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {"pass.json", "manifest.json", "signature", "strip.png"} <= set(archive.namelist())
        assert str(stamps) in archive.read("pass.json").decode()


def _sign_with_openssl(seconds: float) -> float:
    told = _openssl("speed", "-seconds", f"{seconds:.0f}", "rsa2048")
    found = re.search(r"^rsa +2048 bits +\S+ +\S+ +([\d.]+)", told, re.MULTILINE)
    assert found, told
    return float(found[1])


def _openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout
