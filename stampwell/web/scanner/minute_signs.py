"""The sign of the minute at the scanner, for staff to compare with the screen of a customer."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Reward
from stampwell.web.minute_signs import minute_signs
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.presence import Shift

KNOWN_AHEAD = timedelta(minutes=30)  # a phone shows signs for so long without a network, then none


def coming_signs(merchant: Merchant) -> list[dict[str, Any]]:
    """None where no reward, of whatever terms, is used by customers themselves."""
    if not Reward.objects.filter(merchant=merchant, path="self_redeem").exists():
        return []
    at = now()
    return minute_signs(merchant, at, at + KNOWN_AHEAD)


@require_safe
@on_shift
def show(request: HttpRequest, shift: Shift) -> HttpResponse:
    return render(request, "partials/minute_signs.html", {"minute_signs": coming_signs(shift.merchant)})
