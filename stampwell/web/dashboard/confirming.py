"""Asking once more who it is, before something that lasts: a session left open at a desk is not its owner."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from stampwell.web.dashboard.desk import Desk, DeskView
from stampwell.web.recent_sign_in import confirm_first, is_recent


def confirmed(*, back: str) -> Callable[[DeskView], DeskView]:
    """For who signed in, or confirmed it, a short while ago; others do so first and come to the page `back`.

    What was sent is not kept meanwhile: a session is no place for somebody's PIN.
    """

    def decorate(view: DeskView) -> DeskView:
        @wraps(view)
        def wrapped(request: HttpRequest, desk: Desk, **of_route: object) -> HttpResponseBase:
            if is_recent(request):
                return view(request, desk, **of_route)
            return confirm_first(reverse(back, kwargs=of_route))

        return wrapped

    return decorate
