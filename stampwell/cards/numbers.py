"""The short number of a card: eight digits to read out and type."""

import secrets

_DOUBLED = str.maketrans("0123456789", "0246813579")  # and of 10 and more the sum of the digits


def new_short_number() -> str:
    """The last digit checks the others, so a slip of the finger is noticed."""
    digits = f"{secrets.randbelow(10_000_000):07d}"
    return digits + luhn_digit(digits)


def is_short_number(digits: str) -> bool:
    """Whether a card could have it: eight ASCII digits of which the last one fits."""
    return len(digits) == 8 and luhn_digit(digits[:-1]) == digits[-1]


def group_digits(short_number: str) -> str:
    """13916564 as people read it out: 1391 6564."""
    return f"{short_number[:4]} {short_number[4:]}"


def luhn_digit(digits: str) -> str:
    weighed = digits[-1::-2].translate(_DOUBLED) + digits[-2::-2]
    return str(-sum(map(int, weighed)) % 10)
