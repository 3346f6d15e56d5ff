"""How hard a passphrase is to guess. The page says so while it is typed (static/js/passphrase.js, by the same rule).

What counts is its length: whoever has the file can try as long as they like, and each try costs them scrypt's time.
"""

from typing import Literal

from stampwell.backups.sealing import SHORTEST

Strength = Literal["weak", "fair", "strong"]
STRONG = 20  # characters
FEWEST = 6  # different ones


def strength_of(passphrase: str) -> Strength:
    if len(passphrase) < SHORTEST or len(set(passphrase)) < FEWEST:
        return "weak"
    return "strong" if len(passphrase) >= STRONG else "fair"
