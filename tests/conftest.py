"""Fixtures that everybody uses: the two shops, and a product that really runs."""

import gc
import os
import signal
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

# Read when the routes are loaded, so it stands before anything imports them (test_answers.py proves it).
os.environ["STAMPWELL_CHECK_ANSWERS"] = "1"

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template import Context, Template
from django.template.base import PartialTemplate
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from django.utils.safestring import SafeString
from django.utils.translation import deactivate
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from stampwell.clock import stopped_at
from stampwell.database.leash import tie_to_parent
from stampwell.management import setting_up, settings_file
from stampwell.merchants.access import _merchant_id_of
from stampwell.wallet.apple import signature
from stampwell.wallet.google import account
from tests.distributable import _only_what_a_distributed_database_takes, watch_statements
from tests.emptying import empty_the_tables
from tests.kept import leave_unless_wanted, made_once, prepare_for
from tests.moments import START, TODAY, clock_of, move_the_machine, move_the_machine_for
from tests.serving import Product, running_product
from tests.world import Shop, open_lume, open_rossi

__all__ = ["_only_what_a_distributed_database_takes"]  # a fixture of every test


@pytest.fixture(scope="session", autouse=True)
def _closed_time() -> Iterator[None]:
    """What many tests share, such as a chain of certificates, is born when the tests begin."""
    with stopped_at(START):
        yield


@pytest.fixture(autouse=True)
def _stopped_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything of a test is born inside of its own moment; `stopped_at(START + …)` moves on from there."""
    assert isinstance(request.node, pytest.Item)
    with clock_of(request.node):
        yield


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """A request leaves its language behind in its thread, and here the next test has the same one."""
    deactivate()


@pytest.fixture(autouse=True)
def _forget_slugs() -> None:
    """A slug never changes hands in life; in tests every shop of the same name is another one."""
    _merchant_id_of.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _quiet_templates(django_test_environment: None) -> None:
    """Django would tell each test client of each of the hundred small templates of a page, and copy what it was given.

    So `response.templates` and `response.context` are empty here; `rendered` is for a test that asks.
    """
    Template._render = _render  # type: ignore[attr-defined]
    PartialTemplate._render = _render  # type: ignore[attr-defined]


def _render(template: Template, context: Context) -> SafeString:
    return template.nodelist.render(context)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Template]:
    """The templates that are rendered from now on, in their order."""
    found: list[Template] = []

    def note(template: Template, context: Context) -> SafeString:
        found.append(template)
        return _render(template, context)

    monkeypatch.setattr(Template, "_render", note)
    return found


@pytest.fixture(scope="session", autouse=True)
def _root_keeps_its_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As root, a test that names no file would read and write those of an installation on this machine."""
    place = setting_up.PLACE_OF_ROOT
    before = place.exists() and place.read_bytes()
    setting_up.PLACE_OF_ROOT = tmp_path_factory.mktemp("etc") / place.name
    settings_file.USUAL_PLACES = (setting_up.PLACE, setting_up.PLACE_OF_ROOT)
    yield
    assert (place.exists() and place.read_bytes()) == before, f"a program that a test started wrote {place}"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Whatever is made here stays, so nobody searches it for garbage six hundred times."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for test in items:
        if "product" in getattr(test, "fixturenames", ()):
            test.add_marker("machine_clock")


@pytest.hookimpl(tryfirst=True)  # before anything that the test shares with others is born
def pytest_runtest_setup(item: pytest.Item) -> None:
    move_the_machine_for(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.stash[_FOLLOWING] = nextitem


def pytest_report_header() -> list[str]:
    return [f"the machine's day: STAMPWELL_TEST_TODAY={TODAY}"] if TODAY else []


def pytest_collection_finish() -> None:
    """The modules and twelve thousand tests stay until the end; no search for garbage has to walk over them. And a
    search after each two thousand new things, as Python does it, took a twenty-fifth of the time of a test.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    os.environ.pop("STAMPWELL_TEST_TODAY", None)  # programs that a test starts are in their own day


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        tie_to_parent(signal.SIGTERM)  # a worker would finish its test first, with nobody to tell
    move_the_machine()
    ClientHandler.__call__ = _by_the_fast_lane  # type: ignore[method-assign,assignment]
    ClientHandler.load_middleware = _take_loaded_middleware  # type: ignore[method-assign,assignment]
    WhiteNoiseMiddleware.add_files_from_finders = _add_files_as_found_before
    # OpenSSL takes a sixteenth of a second to check an RSA key, and hundreds of tests read the same two or three.
    for reader in (signature, account):
        reader.load_pem_private_key = cache(reader.load_pem_private_key)  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = empty_the_tables  # type: ignore[attr-defined]
    watch_statements()
    settings.WEB_THREADS = 0  # a test may have more threads than a web process; test_bulkhead.py counts them itself
    settings.ALLOWED_HOSTS = ["*"]
    # Nothing is collected there, so that files are served under the names they have in the checkout.
    settings.STATIC_ROOT = Path(tempfile.mkdtemp(prefix="static-", dir=settings.DATA_DIR))
    # Real hashing takes a third of a second on purpose; a test signs in more often than a person.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


_by_django = ClientHandler.__call__
_load_middleware = ClientHandler.load_middleware
_loaded: dict[str, Any] = {}  # of the settings that were there when a test client last made a chain of middleware


def _take_loaded_middleware(handler: ClientHandler, **_facts: Any) -> None:
    """Each test client makes a chain of its own, and our clients of the API are new for each call. A chain remembers
    nothing but settings, so one serves them all until a test changes some.
    """
    if _loaded.get("settings") is not settings._wrapped:  # type: ignore[misc]
        _load_middleware(handler)
        _loaded.update(vars(handler), settings=settings._wrapped)  # type: ignore[misc]
    for name in ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain"):
        setattr(handler, name, _loaded[name])


def _by_the_fast_lane(handler: ClientHandler, environ: dict[str, Any]) -> HttpResponseBase:
    """As the web server hands a request over: what the fast lane cannot carry comes to Django."""
    from stampwell.web.api.fast_lane import carry  # noqa: PLC0415 - the API's own tests set something before that
    from stampwell.web.proxies import see_through_proxies  # noqa: PLC0415 - needs Django

    see_through_proxies(environ)
    carried = carry(environ)
    if carried is None:
        return _by_django(handler, environ)
    response = HttpResponse(carried.body, status=carried.status, headers=dict(carried.headers))
    response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]
    return response


_find_files = WhiteNoiseMiddleware.add_files_from_finders
_found_files: dict[str, Any] = {}


def _add_files_as_found_before(middleware: Any) -> None:
    """Each test client makes its own chain of middleware, and looked for all static files: a twentieth of a test."""
    if not _found_files:
        _find_files(middleware)
        _found_files.update(middleware.files)
    middleware.files.update(_found_files)


@pytest.fixture(scope="session")
def _unsearched() -> None:
    """The migrations make nine thousand classes of models: no search for garbage among them until they are done."""
    gc.disable()


@pytest.fixture(scope="session")
def django_db_setup(_unsearched: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """No commit here waits for the disk: the tests' database goes with the run, and what kills a server has its own."""
    gc.enable()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.close()


_FOLLOWING = pytest.StashKey[pytest.Item | None]()


@pytest.fixture
def _kept_world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    assert isinstance(request.node, pytest.Item)
    with django_db_blocker.unblock():
        prepare_for(request.node)
    yield
    with django_db_blocker.unblock():
        leave_unless_wanted(request.node.stash[_FOLLOWING])


@pytest.fixture
def _django_db_helper(_kept_world: None, _django_db_helper: None) -> None:
    """What the test finds made is there before its own transaction begins."""


@pytest.fixture
@made_once
def lume(db: None) -> Shop:
    return open_lume()


@pytest.fixture
@made_once
def rossi(db: None) -> Shop:
    return open_rossi()


@pytest.fixture
def product(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Stampwell as it is served to people: two web processes over the test's committed database."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running
