"""Where a phone says to be, as its form sends it."""

from collections.abc import Mapping
from math import isfinite

from stampwell.vouchers.nearness import Spot


def read_spot(sent: Mapping[str, str]) -> Spot | None:
    """None where it does not say, or nothing that could be a place on earth."""
    try:
        latitude, longitude, accuracy = (float(sent.get(name, "")[:30]) for name in ("lat", "lon", "accuracy"))
    except ValueError:
        return None
    if not (isfinite(accuracy) and accuracy >= 0 and abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Spot(latitude, longitude, accuracy)
