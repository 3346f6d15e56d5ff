"""The chance behind draws: a seed for each day, all of them fixed and committed to before the first draw.

The seeds of a program are a chain that is made from its end: each is the SHA-256 of that of the next day, and the
SHA-256 of the first day's is the commitment, which is public from the beginning. Whoever knows the seed of a day can
tell that it belongs to the commitment, and knows those of the days before, but of no day to come. So a seed is told as
soon as its day is over, and nothing has to be written for that. Days are those of UTC: no shop's clock brings one back.
"""

from datetime import date
from hashlib import sha256
from hmac import digest

DAYS = 3_653  # ten years: how long a chain lasts
SEED_BYTES = 32
PARTS = 10_000  # a value is below; odds are told in as many parts, hundredths of a percent


def seed_of(secret: bytes, begins: date, day: date, *, days: int = DAYS) -> bytes:
    """Of a day from `begins` on; `secret` is the seed of the last of `days`."""
    return _hashed(secret, days - 1 - _place(begins, day, days))


def commitment_of(secret: bytes, *, days: int = DAYS) -> bytes:
    return _hashed(secret, days)


def is_committed(seed: bytes, commitment: bytes, begins: date, day: date, *, days: int = DAYS) -> bool:
    """Whether it is the seed of this day that was committed to."""
    return _hashed(seed, _place(begins, day, days) + 1) == commitment


def is_within(begins: date, day: date, *, days: int = DAYS) -> bool:
    return 0 <= (day - begins).days < days


def draw_value(seed: bytes, card_id: str, round: int, stamps: int) -> int:
    """From 0 to 9999, by the public id of the card and the milestone: who draws has nothing to choose.

    It is the whole HMAC-SHA256 as one number, modulo 10,000; no value is likelier than another by more than 10^-73.
    """
    message = f"{card_id}/{round}/{stamps}".encode()
    return int.from_bytes(digest(seed, message, "sha256")) % PARTS


def _place(begins: date, day: date, days: int) -> int:
    assert is_within(begins, day, days=days), "a chain has seeds for its own days"
    return (day - begins).days


def _hashed(seed: bytes, times: int) -> bytes:
    for _ in range(times):
        seed = sha256(seed).digest()
    return seed
