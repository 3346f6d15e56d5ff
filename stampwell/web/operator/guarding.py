"""Only an operator comes in; what lasts asks for a recent sign-in, too."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from stampwell.merchants.models import User
from stampwell.refusal import NotFound
from stampwell.web.recent_sign_in import confirm_first, is_recent
from stampwell.web.visitors import keep_private

type View = Callable[..., HttpResponse]


def for_operators(view: View) -> View:
    """The view gets the operator as its second argument. Refuses: NotFound for everybody else."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **of_route: object) -> HttpResponse:
        operator = request.user
        if not (isinstance(operator, User) and operator.operates):
            raise NotFound
        return keep_private(view(request, operator, *args, **of_route))

    return guarded


def confirmed(*, back: str) -> Callable[[View], View]:
    """For who signed in, or confirmed it, a short while ago; others do so first and come to the page `back`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, operator: User, **of_route: object) -> HttpResponse:
            if is_recent(request):
                return view(request, operator, **of_route)
            return confirm_first(reverse(back, kwargs=of_route))

        return wrapped

    return decorate
