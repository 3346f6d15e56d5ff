"""The short number of a card: eight digits to read out and type."""

import secrets


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
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
