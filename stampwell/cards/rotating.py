"""Codes that change every 30 seconds: a picture of one is worthless a minute later.

RFC 6238 with HMAC-SHA1, steps of 30 s and eight digits, the form that Google Wallet can show too.
"""

import hmac
from uuid import UUID

from stampwell.cards.links import rotating_secret

STEP_SECONDS = 30
STEPS_OF_PAST = 4  # two minutes: as far as the clock of a device that had no network is believed
FURTHEST_AHEAD = 2  # steps: one that was accepted early, and one by which the clocks of two servers may differ


def code_at_step(secret: bytes, step: int) -> str:
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 100_000_000:08d}"


def used_step(last_step: int, *, seconds: float) -> int:
    """The last step that was accepted; 0 where it lies so far ahead that it was written while a clock was wrong."""
    return last_step if last_step <= seconds // STEP_SECONDS + FURTHEST_AHEAD else 0


def step_of(card_id: UUID, issue: int, code: str, *, seconds: float, around: int = 1) -> int | None:
    """The step that `code` belongs to: that of the moment, or one of `around` earlier or later. None for any other."""
    secret, present = rotating_secret(card_id, issue), int(seconds // STEP_SECONDS)
    steps = sorted(range(present - around, present + around + 1), key=lambda step: abs(step - present))
    return next((step for step in steps if hmac.compare_digest(code_at_step(secret, step), code)), None)


def rotating_text(short_number: str, code: str) -> str:
    """What the phone's QR code says."""
    return f"SW1:{short_number}:{code}"
