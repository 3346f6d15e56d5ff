"""Somebody who signed in just now, as the log-in page leaves it."""

import time

from allauth.account.internal.flows import login
from django.conf import settings
from django.test import Client

from stampwell.merchants.models import User


def sign_in(client: Client, user: User, *, seconds_ago: float = 0) -> None:
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - seconds_ago}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
