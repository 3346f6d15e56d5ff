"""Asking once more who it is, before something that lasts: a session left open at a desk is not its owner."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from stampwell.merchants.models import User
from stampwell.web.dashboard.desk import Desk, DeskView

RECENT = timedelta(minutes=30)


def confirmed(*, back: str) -> Callable[[DeskView], DeskView]:
    """For who signed in, or confirmed it, a short while ago; others do so first and come to the page `back`.

    What was sent is not kept meanwhile: a session is no place for somebody's PIN.
    """

    def decorate(view: DeskView) -> DeskView:
        @wraps(view)
        def wrapped(request: HttpRequest, desk: Desk, **of_route: object) -> HttpResponse:
            if is_recent(request):
                return view(request, desk, **of_route)
            onwards = urlencode({"next": reverse(back, kwargs=of_route)})
            return redirect(f"{reverse('account_reauthenticate')}?{onwards}")

        return wrapped

    return decorate


def is_recent(request: HttpRequest) -> bool:
    """A moment that lies ahead was noted while the clock was wrong, and says nothing."""
    assert isinstance(request.user, User), "somebody is signed in at the desk"
    records = get_authentication_records(request, request.user)
    return any(0 <= time.time() - record["at"] < RECENT.total_seconds() for record in records)
