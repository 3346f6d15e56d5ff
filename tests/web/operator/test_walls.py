"""Nobody but an operator comes to the pages of the server: to an owner they are not there."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver

from stampwell.web.operator.urls import urlpatterns
from tests.web.dashboard.desk import DeskClient
from tests.world import Shop

ID = "0" * 32


def addresses() -> Iterator[str]:
    """Every page of the server, with some id where one belongs."""
    for route in urlpatterns:
        assert isinstance(route, URLPattern)
        path = str(route.pattern)
        for name, prefix in (("shop", "mer"), ("job", "job"), ("invitation", "inv")):
            path = path.replace(f"<str:{name}>", f"{prefix}_{ID}")
        yield f"/operator/{path}"


def test_every_address_is_tried() -> None:
    assert [path for path in addresses() if "<" in path] == []
    assert all(get_resolver().resolve(path) for path in addresses())


@pytest.mark.parametrize("path", list(addresses()))
def test_to_an_owner_the_pages_of_the_server_are_not_there(lume: Shop, path: str) -> None:
    desk = DeskClient(lume.owner)

    assert desk.open(path).status_code == 404
    assert desk.send(path).status_code in (404, 405)


@pytest.mark.parametrize("path", list(addresses()))
def test_a_stranger_is_asked_to_sign_in(db: None, path: str) -> None:
    answer = Client().get(path)

    assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) in (
        (302, "/accounts/login/"),
        (405, ""),
    )


@pytest.mark.parametrize("path", list(addresses()))
def test_what_an_operator_sees_is_kept_by_no_browser(operator: DeskClient, path: str) -> None:
    answer = operator.open(path)

    assert answer.status_code == 405 or "no-store" in answer.headers["Cache-Control"]


def test_who_runs_the_server_no_longer_is_shut_out_at_once(operator: DeskClient) -> None:
    assert operator.open("/operator/").status_code == 200

    call_command("user", "operator", "nils@server.example", "--off")

    assert operator.open("/operator/").status_code == 404
