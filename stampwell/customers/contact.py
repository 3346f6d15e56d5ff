"""What a customer's name, email, phone and birthday may be: the one rule of all doors, and the form in which they stay.

Each function takes what was typed and returns what is kept, "" for nothing. Lengths are those of the final form: some
letters grow when they are cleaned, others shrink.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.languages.typed import plain

LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 100, 254, 32
FEWEST_DIGITS, MOST_DIGITS = 3, 20  # of a phone number, with an extension
OLDEST_BIRTHDAY = date(1900, 1, 1)
_IN_PHONES = frozenset(" +()./-")
check_email = EmailValidator(allowlist=[])


class Unfit(ValueError):
    """`code` says what is wrong: too_long (then with `limit`), wrong_format or not_allowed."""

    def __init__(self, code: str, limit: int | None = None) -> None:
        super().__init__(code)
        self.code, self.limit = code, limit


def read_name(text: str) -> str:
    """Raises Unfit."""
    return _fitting(clean_text(text[:LONGEST_GIVEN]), LONGEST_NAME)


def read_email(text: str) -> str:
    """In small letters. Raises Unfit."""
    email = _fitting(plain(text).lower(), LONGEST_EMAIL)
    try:
        if email:
            check_email(email)
    except ValidationError:
        raise Unfit("wrong_format") from None
    return email


def read_phone(text: str) -> str:
    """In ASCII digits, with the blanks and signs that it was written with. Raises Unfit."""
    phone = _fitting(plain(text), LONGEST_PHONE)
    digits = sum(sign.isdecimal() for sign in phone)
    is_number = all(sign.isdecimal() or sign in _IN_PHONES for sign in phone) and "+" not in phone[1:]
    if phone and not (is_number and FEWEST_DIGITS <= digits <= MOST_DIGITS):
        raise Unfit("wrong_format")
    return phone


def read_birthday(day: date | None, *, today: date) -> date | None:
    """`today` is the shop's. Raises Unfit."""
    if day and not OLDEST_BIRTHDAY <= day <= today:
        raise Unfit("not_allowed")
    return day


def _fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Unfit("too_long", limit)
    return text
