"""Who is calling: a bearer key, and the scope that the call needs."""

from collections.abc import Callable
from typing import Self

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from dmr import Controller
from dmr.endpoint import Endpoint
from dmr.metadata import EndpointMetadata
from dmr.openapi.objects import Reference, SecurityRequirement, SecurityScheme
from dmr.security import SyncAuth
from dmr.serializer import BaseSerializer

from stampwell.merchants.access import ApiCaller, Scope, find_api_caller, remember_api_caller
from stampwell.transactions import relying_on
from stampwell.web.api.limiting import count_request
from stampwell.web.api.refusals import ScopeMissing, TooManyRequests, Unauthorized

SCHEME = "api_key"


class KeyWith(SyncAuth):
    """A valid key that has `scope`; without one, any valid key."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope

    def __call__(self, endpoint: Endpoint, controller: Controller[BaseSerializer]) -> Self:
        """Refuses: Unauthorized, TooManyRequests, ScopeMissing."""
        request = controller.request
        caller = find_caller(request)
        request.caller = caller  # type: ignore[attr-defined]
        request.rate = rate = count_request(caller.key_id)  # type: ignore[attr-defined]
        if rate.remaining < 0:
            raise TooManyRequests(seconds=rate.seconds)
        if self.scope and self.scope not in caller.scopes:
            raise ScopeMissing(scope=self.scope.value)
        return self

    @property
    def www_authenticate_challenge(self) -> str | None:
        return None  # set where a refusal becomes an answer

    def security_schemes(
        self, metadata: EndpointMetadata, controller_cls: type[Controller[BaseSerializer]]
    ) -> dict[str, SecurityScheme | Reference]:
        return {
            SCHEME: SecurityScheme(
                type="http", scheme="bearer", description="A key from the settings page: sk_<merchant>_<secret>"
            )
        }

    def security_requirements(
        self, metadata: EndpointMetadata, controller_cls: type[Controller[BaseSerializer]]
    ) -> list[SecurityRequirement]:
        return [{SCHEME: [self.scope.value] if self.scope else []}]


def find_caller(request: HttpRequest) -> ApiCaller:
    """Refuses: Unauthorized."""
    remembered: ApiCaller | None = getattr(request, "remembered_caller", None)
    if remembered:
        return remembered
    key = _key_in(request)
    caller = _ask_for(key) if key else None
    if caller is None:
        raise Unauthorized
    return caller


def answer_for_caller[Answer](request: HttpRequest, answer: Callable[[HttpRequest], Answer]) -> Answer:
    """Answers for the caller as it was last found, and confirms that on the way, mostly in the first packet of the
    route's own transaction: a revoked key stops at once, and costs no packet of its own.

    Where that fails nothing was committed and nothing was told, so the route simply runs again and asks first.
    """
    key = _key_in(request)
    remembered = remember_api_caller(key) if key else None
    if remembered is None:
        return answer(request)
    request.remembered_caller, premise = remembered  # type: ignore[attr-defined]
    try:
        with relying_on(premise):
            answered = answer(request)
            if hasattr(request, "caller"):  # the route wanted a key
                premise.confirm()
            return answered
    except Exception:
        if premise.is_confirmed:
            raise
    request.remembered_caller = None  # type: ignore[attr-defined]
    return answer(request)


def _key_in(request: HttpRequest) -> str:
    scheme, _blank, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _ask_for(key: str) -> ApiCaller | None:
    """Asks the database, on a new connection if the old one is gone: this is the first question of a request, so
    nothing is lost by asking it twice, and a restart of the database costs nobody an answer."""
    try:
        return find_api_caller(key)
    except (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return find_api_caller(key)
