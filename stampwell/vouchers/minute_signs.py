"""The sign of the minute: a shape and a colour that a shop's scanners show, and the screen of a reward just used.

Both change each minute. A shape comes again after seven minutes at the earliest and a colour after five, when such a
screen is over, so that a picture or a film of one is known. Only the server can tell which is next. The shape alone is
enough: not everybody tells colours apart.
"""

import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.tokens import passing_secret

SHAPES = ("cup", "scissors", "bread", "car", "flower", "star", "heart", "paw", "sun", "bell", "cake", "key")
COLOURS = ("red", "orange", "yellow", "green", "blue", "violet", "white", "black")
MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MinuteSign(msgspec.Struct, frozen=True):
    """`begins` is when its minute does."""

    begins: datetime
    shape: str
    colour: str


def signs_between(merchant_id: UUID, first: datetime, last: datetime) -> list[MinuteSign]:
    """The signs of all minutes from that of `first` to that of `last`."""
    secret = passing_secret("minute-sign", merchant_id, size=16)
    minutes = range((first - _EPOCH) // MINUTE, (last - _EPOCH) // MINUTE + 1)
    return [
        MinuteSign(_EPOCH + minute * MINUTE, _turn(SHAPES, secret, minute), _turn(COLOURS, secret, minute))
        for minute in minutes
    ]


def _turn(names: tuple[str, ...], secret: bytes, minute: int) -> str:
    """One half of the names follows the other, each time in an order of its own."""
    turn, place = divmod(minute, len(names) // 2)
    some = names[turn % 2 :: 2]
    order = sorted(some, key=lambda name: hmac.digest(secret, f"{turn} {name}".encode(), "sha256"))
    return order[place]
