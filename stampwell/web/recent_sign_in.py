"""Whether somebody showed a short while ago that it is still them: a session left open is not its owner."""

import time
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from stampwell.merchants.models import User

RECENT = timedelta(minutes=30)


def is_recent(request: HttpRequest) -> bool:
    """A moment that lies ahead was noted while the clock was wrong, and says nothing."""
    assert isinstance(request.user, User), "somebody is signed in"
    records = get_authentication_records(request, request.user)
    return any(0 <= time.time() - record["at"] < RECENT.total_seconds() for record in records)


def confirm_first(then: str) -> HttpResponse:
    """To the page that asks for the password or a passkey, and from there to the path `then`."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}")
