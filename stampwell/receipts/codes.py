"""How a receipt code is written: R, the number of its batch, its serial in it, a tag that proves it, and a check sign.

27 signs that a QR code holds in its alphanumeric mode and a receipt printer prints: 40 bits of number, 20 of serial, 65
of tag; `series_codes` divides them otherwise. The letters are those of Crockford's base 32, so I, L and O are read as
the digits that they look like. The tag is a keyed hash: whoever has not the secret of the batch finds one of 2^65 by
trying. The check sign tells a slip of the finger from a forgery, without asking the database.
"""

import secrets
from hashlib import blake2b
from hmac import compare_digest

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.languages.typed import plain_code, plain_path
from stampwell.refusal import Kind, Refusal

KIND = "R"
LENGTH = 27
MOST_CODES = 2**20  # of a batch
SECRET_BYTES = 16
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_AS_DIGITS = str.maketrans(_LETTERS, "0123456789ABCDEFGHIJKLMNOPQRSTUV")  # as Python reads a number to the base 32
_READ_AS = str.maketrans("ILO", "110", "-")
_NUMBER, _SERIAL, _TAG = 8, 4, 13  # letters
_TAG_BYTES = 9


class UnknownReceiptCode(Refusal):
    """Of another shop, made up, or so old that nothing is known of it any more."""

    code = "unknown_receipt_code"
    kind = Kind.NOT_FOUND
    title = _("Unknown receipt code")
    staff_text = _("This receipt code is not known in this shop.")
    customer_text = _("This receipt code is not known in this shop.")
    what_to_do = _("Check that the receipt is from this shop. If it is, stamp the card instead.")
    what_customer_can_do = _("Check that the receipt is from this shop, or show it to the staff next time.")


class ReceiptCodeIncomplete(UnknownReceiptCode):
    """The half of a code, from a torn receipt or half typed in."""

    code = "receipt_code_incomplete"
    title = _("Part of the code is missing")
    staff_text = _("Part of this receipt code is missing.")
    customer_text = _("Part of this receipt code is missing.")
    what_to_do = _("Type in the whole code printed below the QR code. It has 27 letters and digits.")
    what_customer_can_do = what_to_do


class ReceiptCodeMistyped(UnknownReceiptCode):
    code = "receipt_code_mistyped"
    title = _("There is a mistake in the code")
    staff_text = _("A letter or digit in this receipt code is wrong.")
    customer_text = _("A letter or digit in this receipt code is wrong.")
    what_to_do = _("Compare it with the code on the receipt and type it again.")
    what_customer_can_do = what_to_do


class Code(msgspec.Struct, frozen=True):
    """A code whose check sign fits; nobody has looked at its tag yet."""

    number: int
    serial: int
    tag: str
    letters: str  # of all three


def new_number() -> int:
    return secrets.randbits(5 * _NUMBER)


def write_code(secret: bytes, number: int, serial: int) -> str:
    return code_with(letters_of(number, _NUMBER) + letters_of(serial, _SERIAL) + _tag(secret, serial))


def code_with(letters: str) -> str:
    """The whole code: with its kind, and its check sign."""
    body = KIND + letters
    return body + _check_sign(body)


def is_genuine(code: Code, secret: bytes) -> bool:
    return compare_digest(code.tag, _tag(secret, code.serial))


def read_code(text: str) -> Code:
    """Refuses: UnknownReceiptCode, and as such ReceiptCodeIncomplete and ReceiptCodeMistyped."""
    signs = plain_signs(text)
    if not signs.startswith(KIND) or any(sign not in _VALUES for sign in signs):
        raise UnknownReceiptCode
    if len(signs) < LENGTH:
        raise ReceiptCodeIncomplete
    if len(signs) > LENGTH or _check_sign(signs[:-1]) != signs[-1]:
        raise ReceiptCodeMistyped
    number, serial = signs[1 : 1 + _NUMBER], signs[1 + _NUMBER : 1 + _NUMBER + _SERIAL]
    return Code(number_of(number), number_of(serial), signs[1 + _NUMBER + _SERIAL : -1], signs[1:-1])


def plain_signs(text: str) -> str:
    """A code as it was typed, pasted or scanned, also with the link that it stands in."""
    path = plain_path(text)
    return plain_code(path.rpartition("/")[2] if path else text).upper().translate(_READ_AS)


def looks_like_code(text: str) -> bool:
    """Whether it is one, or what is left of one: nothing else that a shop shows begins like it and is as long."""
    signs = plain_signs(text)
    return len(signs) > LENGTH // 3 and signs.startswith(KIND) and all(sign in _VALUES for sign in signs)


def group_signs(code: str) -> str:
    """As people read it out and type it: in groups of four."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def number_of(letters: str) -> int:
    return int(letters.translate(_AS_DIGITS), 32)


def _tag(secret: bytes, serial: int) -> str:
    digest = blake2b(serial.to_bytes(4), key=secret, digest_size=_TAG_BYTES, person=b"receipt-code").digest()
    return letters_of(int.from_bytes(digest) >> (8 * _TAG_BYTES - 5 * _TAG), _TAG)


def letters_of(value: int, length: int) -> str:
    return "".join(_LETTERS[value >> 5 * place & 31] for place in reversed(range(length)))


def _check_sign(body: str) -> str:
    """Luhn's, for 32 signs: it finds every wrong sign, and two neighbours that changed places but for one pair."""
    total = 0
    for place, letter in enumerate(reversed(body)):
        doubled = _VALUES[letter] * (2 if place % 2 == 0 else 1)
        total += doubled // 32 + doubled % 32
    return _LETTERS[-total % 32]
