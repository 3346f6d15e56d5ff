"""How a code is written whose receipt has a number that counts up: it tells its receipt itself, so no row has to.

It looks like every other (`codes`): R, 25 letters, a check sign. What the letters hold is divided otherwise: 20 bits of
the number of its series, 10 of the end of the receipt's number, 11 of the minutes by which it ends before its series,
30 of an amount in minor units, and 54 of tag. Whoever has not the secret of the series finds one code of 2^54 by
trying; a visitor may try 30 in ten minutes (`web.joining`), so a thousand of them find one in ten million years.
"""

import re
from hashlib import blake2b
from hmac import compare_digest
from secrets import randbits
from uuid import UUID

import msgspec

from stampwell.receipts.codes import Code, code_with, letters_of, number_of

LONGEST_RECEIPT = 100  # its number
MOST_DIGITS = 3
MOST_IN_SERIES = 10**MOST_DIGITS
MADE_BYTES = MOST_IN_SERIES // 8  # a bit for each receipt of a series: whether it has got its code
NUMBER_BITS, _SERIAL, _MINUTES, _AMOUNT, _TAG = 20, 10, 11, 30, 54
_PLACE = NUMBER_BITS + _SERIAL + _MINUTES + _AMOUNT
_LETTERS, _BYTES = (_PLACE + _TAG) // 5, -(-(_PLACE + _TAG) // 8)
_ID_TAG = 122 - _PLACE  # an id has six bits that say which kind of id it is
_ID_VERSION = 8
_COUNTED = re.compile(rf"(.*?)([0-9]{{1,{MOST_DIGITS}}})", re.DOTALL)


class CountedReceipt(msgspec.Struct, frozen=True):
    """The number of a receipt in two parts: how it `begins`, and so many last digits that count up."""

    begins: str
    digits: int
    serial: int


class Place(msgspec.Struct, frozen=True):
    """What a code says of itself: the number of its series, its receipt there, the minutes by which it ends before its
    series, and the amount in minor units (0 where the series says what it is worth)."""

    series: int
    serial: int
    minutes: int = 0
    amount: int = 0


def count_receipt(receipt_id: str) -> CountedReceipt | None:
    """None where its last sign is no digit: what does not count up has a row of its own."""
    found = _COUNTED.fullmatch(receipt_id)
    return CountedReceipt(found[1], len(found[2]), int(found[2])) if found else None


def new_series_number() -> int:
    return randbits(NUMBER_BITS)


def write_code_at(place: Place, secret: bytes) -> str:
    return code_with(letters_of(_signed(place, secret), _LETTERS))


def place_in_code(code: Code) -> Place:
    """What a code says if it is in a series; nobody has looked at its tag yet."""
    return _unpack(number_of(code.letters) >> _TAG)


def is_code_at(code: Code, place: Place, secret: bytes) -> bool:
    told = number_of(code.letters).to_bytes(_BYTES)
    return compare_digest(told, _signed(place, secret).to_bytes(_BYTES))


def id_at(place: Place, secret: bytes) -> UUID:
    """The id of the code as a batch of one: its place, and a tag, so that nobody but us makes one. It tells no code."""
    packed = _pack(place)
    bits = packed << _ID_TAG | _keyed(packed, secret, b"receipt-batch-id", _ID_TAG)
    return UUID(int=bits >> 74 << 80 | _ID_VERSION << 76 | (bits >> 62 & 0xFFF) << 64 | 2 << 62 | bits & (1 << 62) - 1)


def place_in_id(batch_id: UUID) -> Place | None:
    """None for the id of any other batch; nobody has looked at the tag yet."""
    if batch_id.version != _ID_VERSION:
        return None
    whole = batch_id.int
    bits = whole >> 80 << 74 | (whole >> 64 & 0xFFF) << 62 | whole & (1 << 62) - 1
    return _unpack(bits >> _ID_TAG)


def _signed(place: Place, secret: bytes) -> int:
    packed = _pack(place)
    return packed << _TAG | _keyed(packed, secret, b"receipt-series", _TAG)


def _pack(place: Place) -> int:
    assert 0 <= place.minutes < 1 << _MINUTES, "a series ends a day later at most"
    assert 0 <= place.amount < 1 << _AMOUNT, "no door takes as much"
    return ((place.series << _SERIAL | place.serial) << _MINUTES | place.minutes) << _AMOUNT | place.amount


def _unpack(packed: int) -> Place:
    amount, packed = packed & (1 << _AMOUNT) - 1, packed >> _AMOUNT
    minutes, packed = packed & (1 << _MINUTES) - 1, packed >> _MINUTES
    return Place(packed >> _SERIAL, packed & (1 << _SERIAL) - 1, minutes, amount)


def _keyed(packed: int, secret: bytes, purpose: bytes, bits: int) -> int:
    digest = blake2b(packed.to_bytes(9), key=secret, digest_size=8, person=purpose).digest()
    return int.from_bytes(digest) >> 64 - bits
