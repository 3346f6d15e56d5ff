"""The code by which a till learns what becomes of each sign that its barcode scanner reads."""

from functools import cache
from string import ascii_letters, digits

from django.utils.safestring import SafeString

from stampwell.redeem_codes.formats import draw_qr

SIGNS = f"{digits}{ascii_letters}-./:"  # all that our codes and links are made of


@cache
def draw_signs() -> SafeString:
    """All of them twice: what comes the same way twice, and is of the right length, came whole."""
    return SafeString(draw_qr(SIGNS * 2, level="M"))
