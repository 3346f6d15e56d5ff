"""With which browsers an account has signed in: each keeps a secret in a cookie, and here is the hash of it alone."""

import msgspec
from django.db import transaction

from stampwell.clock import now
from stampwell.requests.models import KnownBrowser
from stampwell.tokens import new_secret, secret_hash

MOST = 20  # of an account, the latest ones: who always signs in with a new window fills no table


class Met(msgspec.Struct, frozen=True):
    """`secret` is what the browser keeps from now on. `is_first` where the account had no browser before."""

    secret: str
    is_new: bool
    is_first: bool


def meet_browser(user_id: int, secret: str) -> Met:
    """Somebody signs in; `secret` is what their browser shows, or "".

    A browser that is new for the account gets a fresh secret, also in the place of one that other accounts know it by:
    so nobody who put a cookie of their own into a browser is taken for it later.
    """
    at, known = now(), KnownBrowser.objects.filter(user_id=user_id)
    with transaction.atomic():
        if secret and known.filter(secret_hash=secret_hash(secret)).update(seen=at):
            return Met(secret, is_new=False, is_first=False)
        is_first, fresh = not known.exists(), new_secret()
        if secret:
            KnownBrowser.objects.filter(secret_hash=secret_hash(secret)).update(secret_hash=secret_hash(fresh))
        KnownBrowser.objects.create(user_id=user_id, secret_hash=secret_hash(fresh), seen=at)
        known.exclude(id__in=list(known.order_by("-seen", "-id").values_list("id", flat=True)[:MOST])).delete()
    return Met(fresh, is_new=True, is_first=is_first)
