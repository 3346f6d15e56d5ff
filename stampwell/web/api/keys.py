"""Who is calling: a bearer key, and the scope that the call needs."""

from typing import Self

from django.db import connection
from django.http import HttpRequest
from dmr import Controller
from dmr.components import QueryComponent
from dmr.endpoint import Endpoint
from dmr.metadata import EndpointMetadata
from dmr.openapi.objects import Reference, SecurityRequirement, SecurityScheme
from dmr.security import SyncAuth
from dmr.serializer import BaseSerializer

from stampwell.merchants.access import ApiCaller, Scope, find_api_caller
from stampwell.refusal import RequestInProgress
from stampwell.transactions.outages import OUTAGES
from stampwell.web.api.limiting import Rate, count_request, tell_if_due
from stampwell.web.api.reading import escape_pointer
from stampwell.web.api.refusals import InvalidRequest, ScopeMissing, TooManyRequests, Unauthorized

SCHEME = "api_key"
# Notes that the fast lane leaves for a request that it could not carry: names that no header can have.
RATE = "stampwell.rate"  # it is counted
WAITED = "stampwell.waited"  # as long as one waits for a lock


class KeyWith(SyncAuth):
    """A valid key that has `scope`; without one, any valid key."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope

    def __call__(self, endpoint: Endpoint, controller: Controller[BaseSerializer]) -> Self:
        """Refuses: Unauthorized, TooManyRequests, ScopeMissing, InvalidRequest, RequestInProgress."""
        request = controller.request
        let_in(request, self.scope)
        _check_query(request, endpoint)
        if request.META.get(WAITED):
            raise RequestInProgress
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


def let_in(request: HttpRequest, scope: Scope | None) -> ApiCaller:
    """Notes on the request who asks. Refuses: Unauthorized, TooManyRequests, ScopeMissing."""
    caller = find_caller(request)
    request.caller = caller  # type: ignore[attr-defined]
    request.rate = rate = _rate_of(request, caller)  # type: ignore[attr-defined]
    check_rights(caller, rate, scope)
    return caller


def _check_query(request: HttpRequest, endpoint: Endpoint) -> None:
    """Of all calls alike, also of those that take no parameters: `?dry_run=1` would else be taken for done.

    Refuses: InvalidRequest for a parameter that the call does not know, or that is there twice and is no list.
    """
    if not request.GET:
        return
    models = [
        model
        for parser, model, _meta, _default in endpoint.metadata.component_parsers
        if isinstance(parser, QueryComponent)
    ]
    known = {name for model in models for name in model.__struct_encode_fields__}
    lists = {name for model in models for name in getattr(model, "__dmr_force_list__", ())}
    for name in request.GET:
        if name not in known:
            raise InvalidRequest(f"?{escape_pointer(name)}", "unknown_field")
        if name not in lists and len(request.GET.getlist(name)) > 1:
            raise InvalidRequest(f"?{escape_pointer(name)}", "duplicate_key")


def _rate_of(request: HttpRequest, caller: ApiCaller) -> Rate:
    """Counts a request once, whether or not the fast lane has done so."""
    counted: Rate | None = request.META.get(RATE)
    return (tell_if_due(caller.key_id) or counted) if counted else count_request(caller.key_id)


def check_rights(caller: ApiCaller, rate: Rate, scope: Scope | None) -> None:
    """Refuses: TooManyRequests, ScopeMissing."""
    if rate.remaining < 0:
        raise TooManyRequests(seconds=rate.seconds)
    if scope and scope not in caller.scopes:
        raise ScopeMissing(scope=scope.value)


def check_override(caller: ApiCaller, *, override: bool) -> None:
    """Refuses: ScopeMissing."""
    if override and Scope.STAMPS_OVERRIDE not in caller.scopes:
        raise ScopeMissing(scope=Scope.STAMPS_OVERRIDE.value)


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
    except OUTAGES:
        if connection.in_atomic_block:
            raise
        connection.close()
        return find_api_caller(key)
