"""What the web server loads in each of its workers."""

import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import get_resolver

from stampwell.log_secrets import log_what_nobody_catches

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
log_what_nobody_catches()
settings.DATABASES["default"].update(settings.DATABASE_POOLER)  # only a web process asks through the pooler
pages = get_wsgi_application()
for routes in (None, "stampwell.web.api.urls"):
    _ = get_resolver(routes).url_patterns  # all pages are imported now, not while the first visitor waits

from stampwell.transactions import bulkhead  # noqa: E402 - only now are the apps loaded
from stampwell.watch.health import Health, Readiness  # noqa: E402
from stampwell.web.api.fast_lane import carry  # noqa: E402
from stampwell.web.body_sizes import longest_body  # noqa: E402
from stampwell.web.proxies import see_through_proxies, visitor_behind  # noqa: E402
from stampwell.web.request_ids import HEADER, begin_request, end_request  # noqa: E402
from stampwell.web.seen import note_request  # noqa: E402
from stampwell.web.turned_away import turn_away  # noqa: E402
from stampwell.web.visitors import of_one  # noqa: E402
from stampwell.web_front import Answer, Front, Give, Reason, Scope  # noqa: E402

if settings.WEB_THREADS:
    bulkhead.arm(settings.WEB_THREADS)
readiness = Readiness()
# Whoever wants no mails and no figures does not pay for what they need.
if settings.ALARM_TO:
    from stampwell.watch.lookout import Lookout

    Lookout(settings.DATA_DIR).start()
if settings.METRICS_ADDRESS:
    from stampwell.watch.metrics import Counts, write_page
    from stampwell.watch.metrics_server import serve_metrics
    from stampwell.web.seen import count_with
    from stampwell.web.surfaces import SURFACES

    count_with(Counts(SURFACES))
    serve_metrics(settings.METRICS_ADDRESS, write_page)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An answer that is there in one piece is handed over as a list."""
    see_through_proxies(environ)
    request = begin_request(environ)
    if carried := carry(environ):
        start_response(f"{carried.status:d} {carried.status.phrase}", [*carried.headers, (HEADER, request)])
        return [carried.body]
    response = pages(environ, _with_id(request, start_response))
    if not isinstance(response, HttpResponse):
        return response
    response.close()
    return [response.content]


def _with_id(request: str, start_response: Callable[..., Any]) -> Callable[..., Any]:
    return lambda status, headers, *error: start_response(status, [*headers, (HEADER, request)], *error)


def _refuse(environ: dict[str, Any], reason: Reason) -> Answer:
    see_through_proxies(environ)
    request = begin_request(environ)
    refused = turn_away(pages, environ, reason)
    return refused._replace(headers=[*refused.headers, (HEADER, request)])


def _seen(scope: Scope, status: int, seconds: float | None) -> None:
    note_request(scope.method, scope.path, status, seconds)
    end_request()


def _who_sends(peer: str, forwarded_for: str) -> str:
    return of_one(visitor_behind(peer, forwarded_for) if settings.TRUSTED_PROXIES else peer)


def _say_alive(give: Give) -> None:
    give(_for_programs(HTTPStatus.OK, b'{"status":"alive"}'))


def _say_ready(give: Give) -> None:
    def tell(health: Health) -> None:
        give(_for_programs(health.http_status, msgspec.json.encode(health)))

    readiness.ask(tell)


def _for_programs(status: HTTPStatus, said: bytes) -> Answer:
    """The host that was asked for is not looked at: who checks by address may, and nothing of it is repeated."""
    headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return Answer(status, headers, said)


front = Front(
    application,
    threads=max(settings.WEB_THREADS, 1),
    longest=longest_body,
    turn_away=_refuse,
    visitor=_who_sends,
    folder=settings.DATA_DIR,
    seen=_seen,
    aside={"/health/live": _say_alive, "/health/ready": _say_ready},
)
