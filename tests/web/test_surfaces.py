"""Every page belongs to a surface, and no visitor can make one up."""

from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from stampwell.web.surfaces import SURFACES, surface_of

PAGE = Path(__file__).parents[2] / "docs" / "operating" / "monitoring.md"


def routes(resolver: URLResolver, begin: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = begin + str(one.pattern).lstrip("^")
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from routes(one, path)


def test_every_route_has_a_surface() -> None:
    found = {route: surface_of(f"/{route}") for route in routes(get_resolver())}

    assert [route for route, surface in found.items() if surface == "other"] == []
    assert set(found.values()) == SURFACES - {"other"}


def test_what_is_none_of_ours_is_other() -> None:
    made_up = ("/wp-login.php", "/c2/x", "/.env", "//", "/API/v1", "x", "/%00", "/\n")

    assert {surface_of(path) for path in made_up} <= {"other", "desk"}
    assert surface_of("") == "desk"
    assert surface_of("/static/x.css") == "static"


def test_the_page_about_figures_names_each_surface() -> None:
    [line] = [line for line in PAGE.read_text().splitlines() if line.startswith("| `stampwell_requests_total`")]

    assert {surface for surface in SURFACES if f"`{surface}`" not in line} == set()
