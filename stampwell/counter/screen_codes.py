"""The code on a kiosk's own screen, for customers who scan it with their phone: another one every fifteen seconds.

The one before is still good, for it takes a moment to point a phone; so a picture of it is worth nothing after thirty.
"""

from hmac import compare_digest

from django.utils.crypto import salted_hmac

from stampwell.clock import now
from stampwell.merchants.models import Station

STEP_SECONDS = 15


def screen_code(station: Station) -> str:
    """What the screen shows now: 128 bits."""
    return _code_at(station, _present_step())


def is_on_screen(station: Station, code: str) -> bool:
    step = _present_step()
    return any(compare_digest(_code_at(station, one).encode(), code.encode()) for one in (step, step - 1))


def _present_step() -> int:
    return int(now().timestamp() // STEP_SECONDS)


def _code_at(station: Station, step: int) -> str:
    return salted_hmac("stampwell.screen-code", f"{station.id.hex}:{step}", algorithm="sha256").hexdigest()[:32]
