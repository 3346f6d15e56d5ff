"""Routes of whoever runs the server."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.operator import overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="operator"),
]
