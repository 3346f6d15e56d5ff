"""What somebody sees who is signed in is kept by no browser and no proxy."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.world import Shop

NOBODYS = {  # what everybody gets alike
    "stamp-icons/",
    "static/",
}


def routes_of(resolver: URLResolver, start: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = start + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes_of(one, path)
        elif "<" not in path and "(?P" not in path:
            yield path


@pytest.mark.parametrize("path", sorted(set(routes_of(get_resolver("stampwell.urls")))))
def test_no_page_of_somebody_who_is_signed_in_is_kept(lume: Shop, path: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(lume.owner)

    kept = client.get(f"/{path.lstrip('^')}").headers["Cache-Control"]

    assert "no-store" in kept or kept in ("no-cache", "public, max-age=300"), kept
