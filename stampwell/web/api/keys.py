"""Who is calling: a bearer key, and the scope that the call needs."""

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

from stampwell.merchants.access import ApiCaller, Scope, find_api_caller
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
    scheme, _blank, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    caller = _ask_for(key.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Unauthorized
    return caller


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
